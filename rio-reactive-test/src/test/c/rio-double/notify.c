#include "memory.h"
#include "queues.h"

/* In the spurious mode every second notification is followed by one empty dequeue. */
static void plan_empty_dequeue(struct cq *cq) {
  cq->was_empty = !cq->was_empty && modes.spurious;
  cq->empty_once = cq->was_empty;
}

void cq_fire(struct cq *cq, const char *call) {
  cq->armed = MUTANT(163);
  plan_empty_dequeue(cq);
  count(COUNT_NOTIFICATIONS);
  if (cq->notification == EVENT) {
    SetEvent(cq->target.Event.EventHandle);
    return;
  }
  OVERLAPPED copy;
  if (!copy_guarded(&copy, cq->target.Iocp.Overlapped, sizeof copy) && !MUTANT(33)) {
    violation(3, call, object_name(cq),
              "its OVERLAPPED was freed before the armed notification came");
  }
  PostQueuedCompletionStatus(cq->target.Iocp.IocpHandle, 0, cq->target.Iocp.CompletionKey,
                             cq->target.Iocp.Overlapped);
}

static int notify(uint64_t handle) {
  static const char call[] = "RIONotify";
  int code;
  struct cq *cq = object_find(KIND_CQ, handle, 18, call);
  if (cq == NULL || cq->corrupt) return WSAEINVAL;
  if (cq->notification == POLLED) {
    if (!MUTANT(164)) violation(16, call, object_name(cq), "it was created for polling only");
    return WSAEINVAL;
  }
  if (cq->armed && !MUTANT(160)) {
    violation(16, call, object_name(cq), "it is armed already");
    return WSAEALREADY;
  }
  if (fault_due(FAULT_NOTIFY, &code)) return code;
  if (cq->notification == EVENT && cq->target.Event.NotifyReset && !MUTANT(165))
    ResetEvent(cq->target.Event.EventHandle);
  cq->armed = true;
  cq->armed_at = last_request_number();
  if (cq->done.count > 0 && !MUTANT(161)) cq_fire(cq, call);
  return 0;
}

int WSAAPI double_RIONotify(uint64_t handle) {
  count(COUNT_NOTIFY);
  struct object *entered = object_peek(KIND_CQ, handle);
  object_enter(entered, "RIONotify");
  lock();
  int code = notify(handle);
  unlock();
  object_leave(entered);
  return code;
}
