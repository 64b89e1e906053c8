#include "ring.h"

#include <stdlib.h>

static struct request **at(struct ring *ring, uint32_t index) {
  return &ring->items[(ring->head + index) & (ring->capacity - 1)];
}

bool ring_reserve(struct ring *ring) {
  if (ring->count < ring->capacity) return true;
  uint32_t capacity = ring->capacity == 0 ? 64 : 2 * ring->capacity;
  struct request **items = malloc(capacity * sizeof *items);
  if (items == NULL) return false;
  for (uint32_t i = 0; i < ring->count; i++) items[i] = *at(ring, i);
  free(ring->items);
  ring->items = items;
  ring->capacity = capacity;
  ring->head = 0;
  return true;
}

void ring_put(struct ring *ring, struct request *request) {
  if (!ring_reserve(ring)) abort(); /* lost completions would be worse than a dead test process */
  *at(ring, ring->count) = request;
  ring->count++;
}

struct request *ring_take(struct ring *ring, bool random) {
  if (ring->count == 0) return NULL;
  struct request **first = at(ring, 0);
  if (random) {
    struct request **any = at(ring, random_below(ring->count));
    struct request *taken = *any;
    *any = *first;
    *first = taken;
  }
  struct request *request = *first;
  ring->head++;
  ring->count--;
  return request;
}

void ring_move(struct ring *from, struct ring *to) {
  for (struct request *request; (request = ring_take(from, false)) != NULL;) ring_put(to, request);
}

void ring_free(struct ring *ring) {
  free(ring->items);
  *ring = (struct ring){0};
}
