/* The sockets the double has seen being made: their flags, and the request queue that belongs to
 * each. */
#ifndef SOCKETS_H
#define SOCKETS_H

#include "queues.h"

struct tracked {
  SOCKET socket;
  bool registered_io, bound;
  struct rq *rq;
  struct tracked *next;
};

/* Under the lock. */
struct tracked *socket_track(
    SOCKET socket); /* forgets what the handle meant before; NULL: no memory */
struct tracked *socket_find(SOCKET socket); /* NULL: not seen */
void socket_forget(SOCKET socket);

#endif
