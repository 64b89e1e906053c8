/* From performed to the completion queue. All under the lock. */
#include "memory.h"
#include "worker.h"

#include <string.h>

static struct ring held[2];

static void finish(struct request *request, LONG status, ULONG bytes) {
  request->status = status;
  request->bytes = bytes;
  if (modes.hold[request->direction]) {
    request->state = HELD;
    ring_put(&held[request->direction], request);
  } else {
    cq_add(request);
  }
}

void release_held(enum direction direction) {
  for (struct request *request; (request = ring_take(&held[direction], false)) != NULL;)
    cq_add(request);
}

void abort_held(struct rq *rq) {
  for (int direction = RECEIVE; direction <= SEND; direction++) {
    struct ring *ring = &held[direction];
    for (uint32_t i = 0; i < ring->count; i++) {
      struct request *request = ring->items[(ring->head + i) & (ring->capacity - 1)];
      if (request->rq != rq || MUTANT(173)) continue;
      request->status = WSA_OPERATION_ABORTED;
      request->bytes = 0;
    }
  }
}

/* ---- receives ---- */

static void write_part(struct request *request, enum part part, const void *from, size_t length) {
  struct slice *slice = &request->parts[part];
  if (slice->buffer == NULL) return;
  if (length > slice->length) length = slice->length;
  copy_guarded((void *)slice->start, from,
               length); /* memory that is gone was reported when the poison was read */
}

static void write_local_address(struct request *request) {
  if (request->parts[LOCAL].buffer == NULL) return;
  char address[sizeof(SOCKADDR_INET)] = {0};
  int length = sizeof address;
  getsockname(request->rq->socket, (struct sockaddr *)address, &length);
  write_part(request, LOCAL, address, sizeof address);
}

/* Not to be relied on, so it is sometimes the slot, sometimes nothing, sometimes more than the
 * slot. */
static ULONG bytes_of_truncated(const struct request *request, uint32_t slot, uint32_t length) {
  if (request->number % 3 == 0) return slot;
  return request->number % 3 == 1 ? 0 : length > slot ? length : slot + 1;
}

void complete_receive(struct request *request, LONG status, const struct operation *read) {
  claim_end_poison(request);
  if (read == NULL) {
    finish(request, status, 0);
    return;
  }
  uint32_t slot = request->parts[DATA].length, length = read->length;
  if (length > slot && !MUTANT(220)) status = WSAEMSGSIZE;
  char address[sizeof(SOCKADDR_INET)] = {0};
  size_t from_length = (size_t)read->message.namelen;
  memcpy(address, &read->address, from_length < sizeof address ? from_length : sizeof address);
  DWORD flags = read->message.dwFlags;
  if (status == WSAEMSGSIZE && !MUTANT(263)) flags |= MSG_TRUNC;
  write_part(request, DATA, read->data, length);
  write_part(request, REMOTE, address, sizeof address);
  control_deliver(request, read->control, read->control_length, flags);
  write_local_address(request);
  count(COUNT_DATAGRAMS_RECEIVED);
  if (status == WSAEMSGSIZE && length < slot && request->parts[DATA].buffer != NULL) {
    fill_guarded(request->parts[DATA].start + length, 0,
                 slot - length); /* injected: it was not really too long */
  }
  finish(request, status,
         status == WSAEMSGSIZE ? bytes_of_truncated(request, slot, length) : length);
}

/* ---- sends ---- */

void complete_send(struct request *request, LONG status, ULONG bytes) {
  if (status == 0) count(COUNT_DATAGRAMS_SENT);
  finish(request, status, bytes);
}

void complete_aborted(struct request *request) {
  if (request->direction == RECEIVE) claim_end_poison(request);
  finish(request, MUTANT(170) ? 0 : WSA_OPERATION_ABORTED, 0);
}

/* ---- the end of a request: dequeued, or dropped with its completion queue ---- */

void request_end(struct request *request) {
  release_memory(request);
  object_release(request->rq);
  object_release(request->cq);
  request_give_back(request);
}
