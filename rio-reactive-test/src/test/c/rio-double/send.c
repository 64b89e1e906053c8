/* Sends go out one after the other, in the order in which they started, from a copy made at that
 * time. */
#include "memory.h"
#include "source.h"

enum { TURN = 64 };

static bool load(struct operation *send, struct request *request) {
  struct slice *data = &request->parts[DATA], *remote = &request->parts[REMOTE];
  if (data->buffer != NULL && !copy_guarded(send->data, (void *)data->start, data->length))
    return false;
  send->buffer = (WSABUF){data->length, send->data};
  if (!control_load(&request->parts[CONTROL], send->control, &send->control_length, &send->source))
    return false;
  if (remote->length == 0) return true;
  if (remote->buffer == NULL ||
      !copy_guarded(&send->address, (void *)remote->start, sizeof(SOCKADDR_INET)))
    return false;
  send->address_length =
      send->address.ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
  return true;
}

/* Under the lock. NULL: nothing to send, or one is on its way. */
static struct operation *next_send(struct rq *rq) {
  struct request *request;
  int code;
  if (!rq->object.live || rq->sending != NULL) return NULL;
  while ((request = ring_take(&rq->waiting[SEND], false)) != NULL) {
    if (fault_due(FAULT_SEND, &code)) {
      complete_send(request, code, 0);
      continue;
    }
    struct operation *send = operation_take();
    int error = request->parts[DATA].length > sizeof send->data ? WSAEMSGSIZE
                : load(send, request)                           ? 0
                                                                : WSAEFAULT;
    if (error == 0) {
      object_hold(rq);
      rq->sending = send;
      send->rq = rq;
      send->direction = SEND;
      send->request = request;
      request->state = PERFORMED;
      return send;
    }
    operation_give_back(send);
    complete_send(request, error, 0);
  }
  return NULL;
}

static int pass_on(struct operation *send, DWORD *bytes) {
  send->message = (WSAMSG){.lpBuffers = &send->buffer, .dwBufferCount = 1};
  if (send->address_length > 0) {
    send->message.name = (struct sockaddr *)&send->address;
    send->message.namelen = send->address_length;
  }
  if (send->control_length > 0)
    send->message.Control = (WSABUF){send->control_length, send->control};
  return send_message(send->rq->socket, &send->message, 0, bytes, &send->overlapped, NULL) == 0
             ? 0
             : WSAGetLastError();
}

/* True: it is done, and `send_done` was told. */
static bool start_send(struct operation *send) {
  struct rq *rq = send->rq;
  DWORD bytes = 0;
  int error;
  if (!source_send(send, &bytes, &error)) {
    error = pass_on(send, &bytes);
    if (error == WSA_IO_PENDING || (error == 0 && !rq->skips_packets)) return false;
  }
  send_done(send, error, bytes);
  lock();
  object_release(rq);
  unlock();
  return true;
}

bool send_some(struct rq *rq) {
  for (int i = 0; i < TURN; i++) {
    lock();
    struct operation *send = next_send(rq);
    unlock();
    if (send == NULL || !start_send(send)) return false;
  }
  return true;
}

void send_done(struct operation *send, int error, DWORD bytes) {
  struct rq *rq = send->rq;
  bool lost = error != 0 && rq->object.live && !is_open(rq->socket);
  lock();
  if (rq->sending == send) rq->sending = NULL;
  if (send->request != NULL)
    complete_send(send->request, lost ? WSA_OPERATION_ABORTED : error, bytes);
  operation_give_back(send);
  unlock();
  if (lost) socket_lost(rq);
}
