#include <stdlib.h>

#include "queues.h"

enum { CHUNK = 1024, CHUNKS = 8192 };

static struct request *chunks[CHUNKS];
static uint32_t used;
static struct request *unused;
static long long live;

struct request *request_at(uint32_t index) {
  return index < used ? &chunks[index / CHUNK][index % CHUNK] : NULL;
}

struct request *request_take(void) {
  struct request *request = unused;
  if (request != NULL) {
    unused = request->next_free;
  } else {
    if (used == CHUNK * CHUNKS) return NULL;
    if (chunks[used / CHUNK] == NULL) chunks[used / CHUNK] = malloc(CHUNK * sizeof *request);
    if (chunks[used / CHUNK] == NULL) return NULL;
    used++;
    request = request_at(used - 1);
  }
  *request = (struct request){0};
  live++;
  return request;
}

void request_give_back(struct request *request) {
  request->state = FREE;
  request->next_free = unused;
  unused = request;
  live--;
}

long long live_requests(void) { return live; }
