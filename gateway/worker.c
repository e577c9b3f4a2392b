/* worker -- see worker.h: a ring of jobs, one lock, threads that end when it is empty. */
#include "gateway/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "codecs/base/mem.h"

struct job {
    worker_job *run;
    void *argument;
};

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
    struct job *queue; /* a ring: `queued` jobs from `first` */
    size_t first, queued, queue_max;
    size_t thread_count;
    pthread_t threads[];
};

/* Waits for a job; false: there is none and there will be none. */
static bool take(struct workers *workers, struct job *job)
{
    pthread_mutex_lock(&workers->lock);
    while (workers->queued == 0 && !workers->stopping)
        pthread_cond_wait(&workers->changed, &workers->lock);
    bool found = workers->queued > 0;
    if (found) {
        *job = workers->queue[workers->first];
        workers->first = (workers->first + 1) % workers->queue_max;
        workers->queued--;
    }
    pthread_mutex_unlock(&workers->lock);
    return found;
}

static void *work(void *argument)
{
    struct job job;

    while (take(argument, &job))
        job.run(job.argument);
    return NULL;
}

/* Signals are for the thread that started us: these begin with all of them blocked. */
static void start_threads(struct workers *workers)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (size_t i = 0; i < workers->thread_count; i++)
        if (pthread_create(&workers->threads[i], NULL, work, workers) != 0)
            abort(); /* as when memory has run out: a restart resumes */
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct workers *workers_create(size_t threads, size_t queue_max)
{
    struct workers *workers = mem_alloc(sizeof(*workers) + threads * sizeof(pthread_t));

    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->changed, NULL);
    workers->queue = mem_alloc(queue_max * sizeof(*workers->queue));
    workers->queue_max = queue_max;
    workers->thread_count = threads;
    start_threads(workers);
    return workers;
}

bool workers_submit(struct workers *workers, worker_job *job, void *argument)
{
    pthread_mutex_lock(&workers->lock);
    bool room = workers->queued < workers->queue_max;
    if (room) {
        size_t last = (workers->first + workers->queued++) % workers->queue_max;
        workers->queue[last] = (struct job){ job, argument };
        pthread_cond_signal(&workers->changed);
    }
    pthread_mutex_unlock(&workers->lock);
    return room;
}

void workers_destroy(struct workers *workers)
{
    if (!workers)
        return;
    pthread_mutex_lock(&workers->lock);
    workers->stopping = true;
    pthread_cond_broadcast(&workers->changed);
    pthread_mutex_unlock(&workers->lock);
    for (size_t i = 0; i < workers->thread_count; i++)
        pthread_join(workers->threads[i], NULL);
    pthread_cond_destroy(&workers->changed);
    pthread_mutex_destroy(&workers->lock);
    free(workers->queue);
    free(workers);
}
