#ifndef CLINUX_H
#define CLINUX_H

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/types.h>

/* accept4: the new descriptor is non-blocking and not inherited. -1 and errno on failure. */
int clinux_accept(int descriptor);

/* SO_PEERCRED. -1 and errno on failure. */
int clinux_peer(int descriptor, pid_t *pid, uid_t *uid, gid_t *gid);

/* PR_SET_TIMERSLACK: how late the kernel may wake the calling thread, in nanoseconds. -1 and errno on failure. */
int clinux_set_timer_slack(unsigned long nanoseconds);

#endif
