/* Creation, resizing and the end of request queues, and their claims on completion queues. */
#include "sockets.h"
#include "source.h"

static const char *const create_call = "RIOCreateRequestQueue";

struct plan {
  SOCKET socket;
  uint32_t limit[2];
  struct cq *cq[2];
  uint64_t context;
};

/* ---- checks: 0, or the code to answer ---- */

static int check_socket(const struct plan *plan) {
  struct name name = name_of("socket", plan->socket);
  int type, length = sizeof type;
  if (getsockopt(plan->socket, SOL_SOCKET, SO_TYPE, (char *)&type, &length) != 0) {
    violation(2, create_call, name, "not an open socket");
    return WSAENOTSOCK;
  }
  if (type != SOCK_DGRAM) {
    violation(2, create_call, name, "not a datagram socket");
    return WSAEOPNOTSUPP;
  }
  struct tracked *tracked = socket_find(plan->socket);
  if (tracked == NULL) {
    violation(2, create_call, name, "it was not made through this library, its flags are unknown");
    return 0;
  }
  if (!tracked->registered_io && !MUTANT(20)) {
    violation(2, create_call, name, "made without WSA_FLAG_REGISTERED_IO");
    return WSAEOPNOTSUPP;
  }
  if (tracked->rq != NULL && !MUTANT(43)) {
    violation(4, create_call, name, "it has a request queue already");
    return WSAEINVAL;
  }
  return 0;
}

/* Room for these many more in each direction. */
static int check_claims(struct cq *const cq[2], const uint32_t more[2], const char *call) {
  for (int direction = RECEIVE; direction <= SEND; direction++) {
    uint64_t wanted = more[direction];
    if (cq[RECEIVE] == cq[SEND]) wanted = (uint64_t)more[RECEIVE] + more[SEND];
    const struct cq *queue = cq[direction];
    if (queue->claimed + wanted > queue->size && !MUTANT(44)) {
      violation(4, call, object_name(queue), "claimed %u, %llu more do not fit into %u",
                queue->claimed, (unsigned long long)wanted, queue->size);
      return WSAENOBUFS;
    }
    if (queue->claimed + queue->orphans + wanted > queue->size && wanted > 0 && !MUTANT(45)) {
      violation(4, call, object_name(queue),
                "a closed socket's claim is used again before its %u requests were dequeued",
                queue->orphans);
      return 0;
    }
  }
  return 0;
}

static void claim(struct rq *rq, const uint32_t limit[2]) {
  for (int direction = RECEIVE; direction <= SEND; direction++) {
    rq->cq[direction]->claimed += limit[direction] - rq->limit[direction];
    rq->limit[direction] = limit[direction];
  }
}

/* ---- create ---- */

static int family_of(SOCKET socket) {
  WSAPROTOCOL_INFOW info = {0};
  int length = sizeof info;
  getsockopt(socket, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &length);
  return info.iAddressFamily;
}

static struct rq *open_queue(const struct plan *plan) {
  struct rq *rq = object_open(KIND_RQ);
  if (rq == NULL) return NULL;
  rq->socket = plan->socket;
  rq->context = plan->context;
  rq->family = family_of(plan->socket);
  InitializeSRWLock(&rq->io);
  if (!worker_attach(rq)) {
    object_close(rq);
    return NULL;
  }
  for (int direction = RECEIVE; direction <= SEND; direction++) {
    rq->cq[direction] = plan->cq[direction];
    rq->cq[direction]->queues++;
    object_hold(rq->cq[direction]);
  }
  claim(rq, plan->limit);
  struct tracked *tracked = socket_find(plan->socket);
  if (tracked == NULL) tracked = socket_track(plan->socket);
  if (tracked != NULL) tracked->rq = rq;
  return rq;
}

static uint64_t refuse_rq(int code) {
  WSASetLastError(code);
  return RIO_INVALID_RQ;
}

static uint64_t create(struct plan *plan, ULONG receive_buffers, ULONG send_buffers,
                       uint64_t receive_cq, uint64_t send_cq) {
  plan->cq[RECEIVE] = object_find(KIND_CQ, receive_cq, 18, create_call);
  if (plan->cq[RECEIVE] == NULL) return refuse_rq(WSAEINVAL);
  plan->cq[SEND] =
      send_cq == receive_cq ? plan->cq[RECEIVE] : object_find(KIND_CQ, send_cq, 18, create_call);
  if (plan->cq[SEND] == NULL) return refuse_rq(WSAEINVAL);
  struct name name = name_of("socket", plan->socket);
  if ((receive_buffers != 1 || send_buffers != 1) && !MUTANT(50)) {
    violation(5, create_call, name, "%lu receive and %lu send buffers, both must be 1",
              receive_buffers, send_buffers);
    return refuse_rq(WSAEINVAL);
  }
  if (plan->limit[RECEIVE] == 0 && plan->limit[SEND] == 0 && !MUTANT(46)) {
    violation(4, create_call, name, "both maxima are 0");
    return refuse_rq(WSAEINVAL);
  }
  int code = check_socket(plan);
  if (code == 0) code = check_claims(plan->cq, plan->limit, create_call);
  if (code != 0 || fault_due(FAULT_CREATE_RQ, &code)) return refuse_rq(code);
  struct rq *rq = open_queue(plan);
  return rq == NULL ? refuse_rq(WSAEOPNOTSUPP) : rq->object.handle;
}

uint64_t WSAAPI double_RIOCreateRequestQueue(SOCKET socket, ULONG receives, ULONG receive_buffers,
                                             ULONG sends, ULONG send_buffers, uint64_t receive_cq,
                                             uint64_t send_cq, uint64_t context) {
  count(COUNT_CREATE_RQ);
  struct object *first = object_peek(KIND_CQ, receive_cq);
  struct object *second = send_cq == receive_cq ? NULL : object_peek(KIND_CQ, send_cq);
  struct plan plan = {.socket = socket, .limit = {receives, sends}, .context = context};
  object_enter(first, create_call);
  object_enter(second, create_call);
  lock();
  uint64_t handle = create(&plan, receive_buffers, send_buffers, receive_cq, send_cq);
  unlock();
  object_leave(second);
  object_leave(first);
  return handle;
}

/* ---- resize ---- */

static int resize(uint64_t handle, const uint32_t limit[2]) {
  static const char call[] = "RIOResizeRequestQueue";
  struct rq *rq = object_find(KIND_RQ, handle, 17, call);
  if (rq == NULL) return WSAEINVAL;
  if (limit[RECEIVE] == 0 && limit[SEND] == 0) {
    violation(4, call, object_name(rq), "both maxima are 0");
    return WSAEINVAL;
  }
  uint32_t more[2];
  for (int direction = RECEIVE; direction <= SEND; direction++) {
    if (limit[direction] < rq->outstanding[direction] && !MUTANT(47)) {
      violation(4, call, object_name(rq), "%u %s are outstanding, more than %u",
                rq->outstanding[direction], direction == SEND ? "sends" : "receives",
                limit[direction]);
      return WSAETOOMANYREFS;
    }
    more[direction] =
        limit[direction] > rq->limit[direction] ? limit[direction] - rq->limit[direction] : 0;
  }
  int code = check_claims(rq->cq, more, call);
  if (code == 0) claim(rq, limit);
  return code;
}

BOOL WSAAPI double_RIOResizeRequestQueue(uint64_t handle, DWORD receives, DWORD sends) {
  count(COUNT_RESIZE_RQ);
  struct object *entered = object_peek(KIND_RQ, handle);
  object_enter(entered, "RIOResizeRequestQueue");
  lock();
  const uint32_t limit[2] = {receives, sends};
  int code = resize(handle, limit);
  unlock();
  object_leave(entered);
  if (code != 0) WSASetLastError(code);
  return code == 0;
}

/* ---- the end ---- */

static void check_uncommitted(struct rq *rq, int direction, const char *call) {
  rq->cq[direction]->uncommitted -= rq->uncommitted[direction];
  if (rq->uncommitted[direction] > 0 && !MUTANT(101)) {
    violation(10, call, object_name(rq), "%u deferred %s were never committed",
              rq->uncommitted[direction], direction == SEND ? "sends" : "receives");
  }
}

/* The queue is dead; `aborted` has what the kernel still had to do. Under the lock. */
void rq_detach(struct rq *rq, const char *call, struct ring *aborted) {
  for (int direction = RECEIVE; direction <= SEND; direction++) {
    check_uncommitted(rq, direction, call);
    ring_move(&rq->waiting[direction], aborted);
    ring_move(&rq->deferred[direction], aborted);
    ring_free(&rq->waiting[direction]);
    ring_free(&rq->deferred[direction]);
    struct cq *cq = rq->cq[direction];
    cq->orphans += rq->outstanding[direction];
    if (!MUTANT(48)) cq->claimed -= rq->limit[direction];
    cq->queues--;
    object_release(cq);
  }
  if (rq->sending != NULL && rq->sending->request != NULL) {
    ring_put(aborted, rq->sending->request);
    rq->sending->request = NULL;
  }
  if (rq->read != NULL) operation_give_back(rq->read);
  rq->read = NULL;
  sources_close(rq);
  abort_held(rq);
  object_close(rq);
}

void rq_abort(struct ring *aborted) {
  for (struct request *request; (request = ring_take(aborted, false)) != NULL;)
    complete_aborted(request);
  ring_free(aborted);
}

void socket_lost(struct rq *rq) {
  struct ring aborted = {0};
  lock();
  if (rq->object.live) {
    if (!MUTANT(171))
      violation(17, "CloseHandle", object_name(rq),
                "its socket was closed, but not by closesocket");
    socket_forget(rq->socket);
    rq_detach(rq, "CloseHandle", &aborted);
    rq_abort(&aborted);
  }
  unlock();
}
