/* client -- asks the daemon: one request, one answer, over the local bus (gateway/control.h).
 *
 * Nothing here waits for ever: nobody listening is noticed at once, a daemon that went away
 * within seconds, and a silent one when the patience of the request is over. nng repeats a
 * request by itself when the connection was lost and came back; the daemon knows it by its id.
 */
#ifndef CLI_CLIENT_H
#define CLI_CLIENT_H

#include <stdbool.h>

#include <jansson.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/uuid.h"

/* Patience, in seconds: what the daemon knows itself, and what it must do first. */
#define CLIENT_SOON 30
#define CLIENT_LATER 120

struct client;

/* To a socket ("ipc:///path"); `home` is for the advice in faults. FAULT_DAEMON when none
 * listens, FAULT_PERMISSION when it does not listen to us. client_close() it. */
bool client_connect(const char *url, const char *home, struct client **client,
                    struct fault *fault) MUST_CHECK;
void client_close(struct client **client);
#define SCOPED_CLIENT __attribute__((cleanup(client_close)))

/* Asks `name` with `arguments` (taken over; NULL: none). *result is the caller's:
 * json_decref(). The daemon's own faults, FAULT_ANSWER when its answer is none, FAULT_DAEMON
 * when it went away, FAULT_TEMPORARY when it did not answer in time. */
bool client_ask(struct client *client, const char *name, json_t *arguments, int seconds,
                json_t **result, struct fault *fault) MUST_CHECK;

/* The same under an id (UUID) of the caller's choice, within CLIENT_LATER: a request that
 * changes something and is asked again with its id is done once, and answered the same. */
bool client_ask_by(struct client *client, const char *id, const char *name, json_t *arguments,
                   json_t **result, struct fault *fault) MUST_CHECK;

/* A file to the daemon, in pieces; `file` is what later requests call it. */
bool client_upload(struct client *client, const struct buf *content, char file[UUID_SIZE],
                   struct fault *fault) MUST_CHECK;

/* A file of a handover from the daemon, in pieces: what is bericht, dossier or
 * ontvangstbevestiging. Appends to content. */
bool client_download(struct client *client, const char *id, const char *what,
                     struct buf *content, struct fault *fault) MUST_CHECK;

#endif
