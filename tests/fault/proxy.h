/* proxy -- a bad road to a port of this host, below TLS: cuts, delays, throttles, falls
 * silent.
 *
 * Each connection follows the script that was current when it was accepted. Listens on a free
 * port of the loopback. Anything that goes wrong while starting aborts.
 */
#ifndef TESTS_FAULT_PROXY_H
#define TESTS_FAULT_PROXY_H

#include <stdbool.h>

/* One direction. Zero: as if there were no proxy. */
struct proxy_lane {
    long long cut;  /* after so many bytes both directions end, with FIN or RST */
    long long mute; /* after so many bytes nothing more passes, either way, and nothing ends */
    int delay_ms;   /* of each piece */
    int rate;       /* bytes per second */
};

struct proxy_script {
    bool deaf;                  /* connections are made by the kernel and never looked at */
    bool refuse;                /* reset as soon as they are made */
    bool reset;                 /* a cut is a RST */
    struct proxy_lane up, down; /* from client to server, and back */
};

struct proxy_count {
    int connections;
    long long up, down; /* bytes that were passed on */
};

struct proxy;

struct proxy *proxy_start(int target);
void proxy_stop(struct proxy *proxy); /* ends the connections too */
int proxy_port(const struct proxy *proxy);

/* For connections from now on; the script is copied. NULL: an honest road. */
void proxy_follow(struct proxy *proxy, const struct proxy_script *script);
void proxy_lead_to(struct proxy *proxy, int target);
/* Ends every connection there is, and returns when both sides have heard of it. */
void proxy_drop(struct proxy *proxy);
/* Counted from the start, or from the last proxy_count_anew(). */
struct proxy_count proxy_counted(struct proxy *proxy);
void proxy_count_anew(struct proxy *proxy);

#endif
