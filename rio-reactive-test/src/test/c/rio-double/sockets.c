#include "sockets.h"

#include <stdlib.h>

enum { BUCKETS = 4096 };

static struct tracked *buckets[BUCKETS];

static struct tracked **place_of(SOCKET socket) {
  struct tracked **at = &buckets[(socket >> 2) % BUCKETS];
  while (*at != NULL && (*at)->socket != socket) at = &(*at)->next;
  return at;
}

struct tracked *socket_track(SOCKET socket) {
  struct tracked **at = place_of(socket);
  if (*at == NULL) *at = calloc(1, sizeof **at);
  if (*at != NULL) **at = (struct tracked){.socket = socket, .next = (*at)->next};
  return *at;
}

struct tracked *socket_find(SOCKET socket) {
  return *place_of(socket);
}

void socket_forget(SOCKET socket) {
  struct tracked **at = place_of(socket), *forgotten = *at;
  if (forgotten == NULL) return;
  *at = forgotten->next;
  free(forgotten);
}
