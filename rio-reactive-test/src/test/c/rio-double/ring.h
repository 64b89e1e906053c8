/* A queue of requests that grows, and that can also be taken from in random order. */
#ifndef RING_H
#define RING_H

#include "double.h"

struct request;

struct ring {
  struct request **items;
  uint32_t head, count, capacity; /* the capacity is 0 or a power of two */
};

bool ring_reserve(struct ring *ring);                      /* room for one more; false: no memory */
void ring_put(struct ring *ring, struct request *request); /* after a ring_reserve */
struct request *ring_take(struct ring *ring, bool random); /* NULL: empty */
void ring_move(struct ring *from, struct ring *to);
void ring_free(struct ring *ring);

#endif
