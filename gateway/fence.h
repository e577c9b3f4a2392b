/* fence -- closes one folder to this process and to all that it starts, for ever: they can
 * open, list, run, make, move and remove nothing in it, by whatever name they reach it.
 *
 * The kernel does it (Landlock, Linux 5.13): it also keeps who is fenced from looking into
 * processes that are not (/proc/PID/mem and its like). It allows and cannot forbid, so what is
 * allowed is everything beside the folder, at each level above it: the folders above
 * themselves cannot be listed or written into any more.
 *
 * Not covered by the kernel: changing modes and owners, and connecting to a socket.
 */
#ifndef GATEWAY_FENCE_H
#define GATEWAY_FENCE_H

#include <stdbool.h>

/* 0: this kernel has no Landlock, or it is switched off. */
int fence_version(void);

/* `folder`: absolute, without links. `but`: a file that stays open to be read and run, also
 * when it lies in the folder. False (errno): nothing is closed. Allocates nothing of ours. */
bool fence_close(const char *folder, const char *but);

#endif
