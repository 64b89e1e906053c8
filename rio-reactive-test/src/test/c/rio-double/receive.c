/*
 * One overlapped read for each socket, and only while a receive is waiting. The datagram and its
 * control data go into the operation's own memory and are copied into slices when they are there;
 * one that nobody waits for any more is kept for the next.
 */
#include "worker.h"

enum { TURN = 64, READ_ERRORS = 1000 };

/* 10040 needs a datagram; every other status completes a waiting receive at once. */
static bool inject_at_once(struct rq *rq) {
  int code;
  if (modes.faults[FAULT_RECEIVE].after > 0 || modes.faults[FAULT_RECEIVE].code == WSAEMSGSIZE)
    return false;
  if (rq->waiting[RECEIVE].count == 0 || !fault_due(FAULT_RECEIVE, &code)) return false;
  complete_receive(ring_take(&rq->waiting[RECEIVE], modes.shuffled), code, NULL);
  return true;
}

static LONG status_of_datagram(void) {
  int code;
  bool now =
      modes.faults[FAULT_RECEIVE].after > 0 || modes.faults[FAULT_RECEIVE].code == WSAEMSGSIZE;
  return now && fault_due(FAULT_RECEIVE, &code) ? code : 0;
}

static void deliver(struct rq *rq, struct operation *read) {
  struct request *request = ring_take(&rq->waiting[RECEIVE], modes.shuffled && !MUTANT(191));
  complete_receive(request, status_of_datagram(), read);
}

static void deliver_rescued(struct rq *rq) {
  while (rq->rescued != NULL && rq->waiting[RECEIVE].count > 0) {
    struct operation *read = rq->rescued;
    rq->rescued = read->next_idle;
    deliver(rq, read);
    operation_give_back(read);
  }
}

/* Under the lock. NULL: nothing to read for, or a read is on its way. */
static struct operation *next_read(struct rq *rq) {
  while (inject_at_once(rq)) continue;
  deliver_rescued(rq);
  if (rq->stashed && rq->waiting[RECEIVE].count > 0) {
    rq->stashed = false;
    deliver(rq, rq->read);
  }
  if (!rq->object.live || rq->reading != NULL || rq->waiting[RECEIVE].count == 0) return NULL;
  struct operation *read = rq->read != NULL ? rq->read : operation_take();
  rq->read = NULL;
  rq->reading = read;
  object_hold(rq);
  operation_reads(read, rq);
  return read;
}

/* True: it is done, and `receive_done` was told. */
static bool start_read(struct operation *read) {
  struct rq *rq = read->rq;
  DWORD bytes = 0;
  int error = receive_message(rq->socket, &read->message, &bytes, &read->overlapped, NULL) == 0
                  ? 0
                  : WSAGetLastError();
  if (error == WSA_IO_PENDING || (error == 0 && !rq->skips_packets)) return false;
  receive_done(read, error, bytes);
  lock();
  object_release(rq);
  unlock();
  return true;
}

bool receive_some(struct rq *rq) {
  for (int i = 0; i < TURN; i++) {
    lock();
    struct operation *read = rq->object.live ? next_read(rq) : NULL;
    unlock();
    if (read == NULL || !start_read(read)) return false;
  }
  return true;
}

/* Errors of a datagram socket are news of earlier sends, which RIO does not pass on; only a lasting
 * one is passed. */
static void on_read_error(struct rq *rq, int error) {
  if (++rq->read_errors < READ_ERRORS) return;
  rq->read_errors = 0;
  struct request *request = ring_take(&rq->waiting[RECEIVE], modes.shuffled);
  if (request != NULL) complete_receive(request, error, NULL);
}

void receive_done(struct operation *read, int error, DWORD bytes) {
  struct rq *rq = read->rq;
  bool lost = error != 0 && rq->object.live && !is_open(rq->socket);
  lock();
  rq->reading = NULL;
  if (!rq->object.live || lost) {
    operation_give_back(read);
  } else {
    rq->read = read;
    read->length = bytes;
    read->control_length = read->message.Control.len;
    if (error != 0) {
      on_read_error(rq, error);
    } else {
      rq->read_errors = 0;
      rq->stashed = rq->waiting[RECEIVE].count == 0;
      if (!rq->stashed) deliver(rq, read);
    }
  }
  unlock();
  if (lost) socket_lost(rq);
}
