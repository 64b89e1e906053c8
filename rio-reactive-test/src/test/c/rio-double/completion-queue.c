#include "queues.h"

static uint64_t refuse_cq(int code) {
  WSASetLastError(code);
  return RIO_INVALID_CQ;
}

static BOOL refuse(int code) {
  WSASetLastError(code);
  return FALSE;
}

static bool is_valid_size(DWORD size) {
  return (size > 0 && size <= RIO_MAX_CQ_SIZE) || MUTANT(30);
}

/* ---- create ---- */

static bool shares_overlapped(OVERLAPPED *overlapped) {
  struct cq *cq;
  for (uint32_t i = 0; (cq = object_at(KIND_CQ, i)) != NULL; i++) {
    if (cq->object.live && cq->notification == COMPLETION_PORT &&
        cq->target.Iocp.Overlapped == overlapped)
      return true;
  }
  return false;
}

/* False: refused. */
static bool check_target(const RIO_NOTIFICATION_COMPLETION *target) {
  static const char call[] = "RIOCreateCompletionQueue";
  struct name name = name_of("notification", (uint64_t)target->Type);
  if (target->Type == RIO_EVENT_COMPLETION) {
    if (target->Event.EventHandle != NULL) return true;
    violation(3, call, name, "no event");
    return false;
  }
  if (target->Type != RIO_IOCP_COMPLETION) {
    violation(3, call, name, "neither RIO_EVENT_COMPLETION nor RIO_IOCP_COMPLETION");
    return false;
  }
  if (target->Iocp.Overlapped == NULL && !MUTANT(31)) {
    violation(3, call, name, "the completion port's notification needs an OVERLAPPED");
    return false;
  }
  if (target->Iocp.IocpHandle == NULL || target->Iocp.IocpHandle == INVALID_HANDLE_VALUE) {
    violation(3, call, name, "no completion port");
    return false;
  }
  if (shares_overlapped(target->Iocp.Overlapped) && !MUTANT(32)) {
    violation(3, call, name_of("overlapped", (uint64_t)target->Iocp.Overlapped),
              "another completion queue uses this OVERLAPPED");
  }
  return true;
}

static uint64_t create(DWORD size, const RIO_NOTIFICATION_COMPLETION *kind) {
  static const char call[] = "RIOCreateCompletionQueue";
  int code;
  if (!is_valid_size(size)) {
    violation(3, call, name_of("size", size), "a size is 1 to 0x%lx", RIO_MAX_CQ_SIZE);
    return refuse_cq(WSAEINVAL);
  }
  if (kind != NULL && !check_target(kind)) return refuse_cq(WSAEINVAL);
  if (fault_due(FAULT_CREATE_CQ, &code)) return refuse_cq(code);
  struct cq *cq = object_open(KIND_CQ);
  if (cq == NULL) return refuse_cq(WSAENOBUFS);
  cq->size = size;
  if (kind != NULL) {
    cq->notification = kind->Type == RIO_EVENT_COMPLETION ? EVENT : COMPLETION_PORT;
    cq->target = *kind;
  }
  return cq->object.handle;
}

uint64_t WSAAPI double_RIOCreateCompletionQueue(DWORD size,
                                                const RIO_NOTIFICATION_COMPLETION *kind) {
  count(COUNT_CREATE_CQ);
  lock();
  uint64_t handle = create(size, kind);
  unlock();
  return handle;
}

/* ---- resize ---- */

static BOOL resize(uint64_t handle, DWORD size) {
  static const char call[] = "RIOResizeCompletionQueue";
  int code;
  struct cq *cq = object_find(KIND_CQ, handle, 18, call);
  if (cq == NULL) return refuse(WSAEINVAL);
  if (!is_valid_size(size)) {
    violation(3, call, object_name(cq), "a size is 1 to 0x%lx, this is %lu", RIO_MAX_CQ_SIZE, size);
    return refuse(WSAEINVAL);
  }
  if (size < cq->claimed + cq->orphans && !MUTANT(40)) {
    violation(4, call, object_name(cq), "%lu is less than what is in use: %u", size,
              cq->claimed + cq->orphans);
    return refuse(WSAETOOMANYREFS);
  }
  if (fault_due(FAULT_RESIZE_CQ, &code)) return refuse(code);
  if (!MUTANT(41)) cq->size = size;
  return TRUE;
}

BOOL WSAAPI double_RIOResizeCompletionQueue(uint64_t handle, DWORD size) {
  count(COUNT_RESIZE_CQ);
  struct object *entered = object_peek(KIND_CQ, handle);
  object_enter(entered, "RIOResizeCompletionQueue");
  lock();
  BOOL done = resize(handle, size);
  unlock();
  object_leave(entered);
  return done;
}

/* ---- close ---- */

static void close(struct cq *cq) {
  if (cq->queues > 0 && !MUTANT(180)) {
    violation(18, "RIOCloseCompletionQueue", object_name(cq), "%u request queues still use it",
              cq->queues);
  }
  object_hold(cq);
  object_close(cq);
  for (struct request *request; (request = ring_take(&cq->done, false)) != NULL;)
    request_end(request);
  ring_free(&cq->done);
  object_release(cq);
}

void WSAAPI double_RIOCloseCompletionQueue(uint64_t handle) {
  static const char call[] = "RIOCloseCompletionQueue";
  count(COUNT_CLOSE_CQ);
  if (handle == RIO_INVALID_CQ) return;
  struct object *entered = object_peek(KIND_CQ, handle);
  object_enter(entered, call);
  lock();
  struct cq *cq = object_find(KIND_CQ, handle, 18, call);
  if (cq != NULL) close(cq);
  unlock();
  object_leave(entered);
}

/* ---- completions in ---- */

void cq_add(struct request *request) {
  struct cq *cq = request->cq;
  if (request->direction == SEND) claim_check_send(request);
  count(COUNT_COMPLETIONS);
  if (!cq->object.live) { /* documented: silently dropped */
    request_end(request);
    return;
  }
  if (cq->done.count >= cq->size && !MUTANT(42)) {
    violation(4, "completion", object_name(cq), "it is full: %u", cq->size);
  }
  if (MUTANT(62)) request->rq->outstanding[request->direction]--;
  request->state = DONE;
  ring_put(&cq->done, request);
  if (cq->armed && ((request->flags & RIO_MSG_DONT_NOTIFY) == 0 || MUTANT(162)))
    cq_fire(cq, "completion");
}

/* ---- completions out ---- */

/* Between arming and the next dequeue lies the wait: what was deferred before has to be committed
 * by then. */
static void check_commits(struct cq *cq) {
  uint64_t armed_at = cq->armed_at;
  cq->armed_at = 0;
  if (armed_at == 0 || cq->uncommitted == 0) return;
  struct rq *rq;
  for (uint32_t i = 0; (rq = object_at(KIND_RQ, i)) != NULL; i++) {
    for (int direction = RECEIVE; direction <= SEND && rq->object.live; direction++) {
      if (rq->cq[direction] != cq || rq->uncommitted[direction] == 0) continue;
      if (rq->uncommitted_since[direction] > armed_at) continue;
      if (rq->uncommitted_by[direction] != GetCurrentThreadId() ||
          rq->uncommitted_reported[direction])
        continue;
      rq->uncommitted_reported[direction] = true;
      if (!MUTANT(102)) {
        violation(10, "RIODequeueCompletion", object_name(rq),
                  "%u deferred %s were not committed before the wait", rq->uncommitted[direction],
                  direction == SEND ? "sends" : "receives");
      }
    }
  }
}

static ULONG batch(struct cq *cq, ULONG n) {
  if (cq->empty_once && !MUTANT(200)) {
    cq->empty_once = false;
    return 0;
  }
  if (n > cq->done.count) n = cq->done.count;
  return modes.partial && n > 1 && !MUTANT(201) ? 1 + random_below(n) : n;
}

static ULONG dequeue(uint64_t handle, RIORESULT *results, ULONG n) {
  int ignored;
  struct cq *cq = object_find(KIND_CQ, handle, 18, "RIODequeueCompletion");
  if (cq == NULL) return RIO_CORRUPT_CQ;
  if (cq->corrupt || fault_due(FAULT_CORRUPT_CQ, &ignored)) {
    cq->corrupt = true;
    return RIO_CORRUPT_CQ;
  }
  check_commits(cq);
  n = batch(cq, n);
  for (ULONG i = 0; i < n; i++) {
    struct request *request = ring_take(&cq->done, modes.shuffled && !MUTANT(190));
    results[i] =
        (RIORESULT){request->status, request->bytes, request->socket_context, request->context};
    if (!MUTANT(61) && !MUTANT(62)) request->rq->outstanding[request->direction]--;
    if (!request->rq->object.live) cq->orphans--;
    request_end(request);
  }
  return n;
}

ULONG WSAAPI double_RIODequeueCompletion(uint64_t handle, RIORESULT *results, ULONG n) {
  count(COUNT_DEQUEUE);
  struct object *entered = object_peek(KIND_CQ, handle);
  object_enter(entered, "RIODequeueCompletion");
  lock();
  ULONG taken = dequeue(handle, results, n);
  unlock();
  object_leave(entered);
  return taken;
}
