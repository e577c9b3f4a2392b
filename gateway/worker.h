/* worker -- a few threads that do the CPU work in straight lines. */
#ifndef GATEWAY_WORKER_H
#define GATEWAY_WORKER_H

#include <stdbool.h>
#include <stddef.h>

struct workers;

typedef void worker_job(void *argument);

struct workers *workers_create(size_t threads, size_t queue_max);
/* False when the queue is full: the caller answers 503. */
bool workers_submit(struct workers *workers, worker_job *job, void *argument);
/* Finishes what is queued, then joins. */
void workers_destroy(struct workers *workers);

#endif
