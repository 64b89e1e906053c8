/* RIOReceive, RIOReceiveEx, RIOSend and RIOSendEx: every check, then the request, then its start.
 */
#include "memory.h"
#include "queues.h"
#include "worker.h"

struct submission {
  const char *call;
  enum direction direction;
  uint64_t queue;
  const RIO_BUF *parts[PARTS];
  ULONG count;
  DWORD flags;
  uint64_t context;
};

static uint64_t last_number;

uint64_t last_request_number(void) { return last_number; }

/* ---- checks: 0, or the code to answer ---- */

static bool is_commit(const struct submission *it) {
  return (it->flags & RIO_MSG_COMMIT_ONLY) != 0;
}

static int check_flags(const struct submission *it, struct rq *rq) {
  const DWORD known = RIO_MSG_DONT_NOTIFY | RIO_MSG_DEFER | RIO_MSG_WAITALL | RIO_MSG_COMMIT_ONLY;
  struct name name = object_name(rq);
  bool alone = it->flags == RIO_MSG_COMMIT_ONLY && it->count == 0 && it->context == 0;
  for (int part = 0; part < PARTS; part++) alone = alone && it->parts[part] == NULL;
  if ((it->flags & ~known) != 0 && !MUTANT(90)) {
    violation(9, it->call, name, "unknown bits in flags 0x%lx", it->flags);
  } else if ((it->flags & RIO_MSG_WAITALL) != 0 && !MUTANT(91)) {
    violation(9, it->call, name, "RIO_MSG_WAITALL is not for datagrams");
  } else if (is_commit(it) && !alone && !MUTANT(92)) {
    violation(9, it->call, name, "RIO_MSG_COMMIT_ONLY goes with nothing else");
  } else {
    return 0;
  }
  return WSAEINVAL;
}

static int check_shape(const struct submission *it, struct rq *rq) {
  struct name name = object_name(rq);
  if (it->count > 1 && !MUTANT(80)) {
    violation(8, it->call, name, "count %lu is more than 1", it->count);
    return WSAEINVAL;
  }
  if ((it->count == 0) != (it->parts[DATA] == NULL) && !MUTANT(81)) {
    violation(8, it->call, name, "count %lu with %s", it->count,
              it->parts[DATA] == NULL ? "NULL" : "data");
    return WSAEINVAL;
  }
  if (it->direction == SEND && it->parts[LOCAL] != NULL && !MUTANT(110)) {
    violation(11, it->call, name, "a send takes no local address");
    return WSAEINVAL;
  }
  struct sockaddr_storage peer;
  int length = sizeof peer;
  if (it->direction == SEND && it->parts[REMOTE] == NULL && !MUTANT(112) &&
      getpeername(rq->socket, (struct sockaddr *)&peer, &length) != 0) {
    violation(11, it->call, name, "no remote address, and the socket is not connected");
    return WSAENOTCONN;
  }
  return 0;
}

static int resolve(const struct submission *it, enum part part, struct slice *slice) {
  RIO_BUF given;
  if (it->parts[part] == NULL || (part == DATA && it->count == 0)) return 0;
  if (!copy_guarded(&given, it->parts[part], sizeof given)) {
    violation(8, it->call, name_of("descriptor", (uint64_t)it->parts[part]), "unreadable");
    return WSAEFAULT;
  }
  struct buffer *buffer = object_find(KIND_BUFFER, given.BufferId, 7, it->call);
  if (buffer == NULL) return WSAEFAULT;
  uint64_t end =
      MUTANT(73) ? (uint32_t)(given.Offset + given.Length) : (uint64_t)given.Offset + given.Length;
  if (end > buffer->length && !MUTANT(72)) {
    violation(7, it->call, object_name(buffer),
              "the slice %lu+%lu ends behind the registration's %u bytes", given.Offset,
              given.Length, buffer->length);
    return WSAEINVAL;
  }
  if ((part == LOCAL || part == REMOTE) && given.Length < sizeof(SOCKADDR_INET) && !MUTANT(111)) {
    violation(11, it->call, object_name(buffer), "an address slice of %lu bytes, less than 28",
              given.Length);
    return WSAEINVAL;
  }
  int code = control_check_slice(part, &given, buffer, it->call);
  if (code == 0) *slice = (struct slice){buffer, buffer->start + given.Offset, given.Length};
  return code;
}

static int check_room(const struct submission *it, struct rq *rq) {
  if (rq->outstanding[it->direction] < rq->limit[it->direction] || MUTANT(60)) return 0;
  violation(6, it->call, object_name(rq), "all %u places of this direction are taken",
            rq->limit[it->direction]);
  return WSAENOBUFS;
}

static int check_bound(const struct submission *it, struct rq *rq) {
  struct sockaddr_storage address;
  int length = sizeof address;
  if (it->direction == SEND || rq->bound) return 0;
  rq->bound = getsockname(rq->socket, (struct sockaddr *)&address, &length) == 0;
  if (rq->bound || MUTANT(240)) return 0;
  violation(24, it->call, object_name(rq), "a receive before bind");
  return WSAEINVAL;
}

/* ---- commit ---- */

static void commit(struct rq *rq, enum direction direction) {
  rq->cq[direction]->uncommitted -= rq->uncommitted[direction];
  rq->uncommitted[direction] = 0;
  rq->uncommitted_reported[direction] = false;
  for (struct request *request; (request = ring_take(&rq->deferred[direction], false)) != NULL;) {
    request->state = WAITING;
    ring_put(&rq->waiting[direction], request);
  }
  worker_schedule(rq);
}

static void note_deferred(struct rq *rq, const struct request *request) {
  enum direction direction = request->direction;
  if (rq->uncommitted[direction] == 0) rq->uncommitted_since[direction] = request->number;
  rq->uncommitted_by[direction] = GetCurrentThreadId();
  rq->uncommitted[direction]++;
  rq->cq[direction]->uncommitted++;
}

/* ---- post ---- */

static void start(struct rq *rq, struct request *request) {
  enum direction direction = request->direction;
  bool deferred = (request->flags & RIO_MSG_DEFER) != 0;
  if (deferred) note_deferred(rq, request);
  if (deferred && !modes.defer_now && !MUTANT(100)) {
    request->state = DEFERRED;
    ring_put(&rq->deferred[direction], request);
    return;
  }
  if (!deferred) commit(rq, direction);
  request->state = WAITING;
  ring_put(&rq->waiting[direction], request);
  worker_schedule(rq);
}

static int accept_request(const struct submission *it, struct rq *rq, const struct slice *parts) {
  struct request *request = request_take();
  if (request == NULL) return WSAENOBUFS;
  request->direction = it->direction;
  request->flags = it->flags;
  request->number = ++last_number;
  request->context = it->context;
  request->socket_context = rq->context;
  request->rq = rq;
  request->cq = rq->cq[it->direction];
  for (int part = 0; part < PARTS; part++) request->parts[part] = parts[part];
  object_hold(rq);
  object_hold(request->cq);
  rq->outstanding[it->direction]++;
  count(it->direction == SEND ? COUNT_POSTS_SEND : COUNT_POSTS_RECEIVE);
  claim_memory(request, it->call);
  start(rq, request);
  return 0;
}

static int post(const struct submission *it, struct rq *rq) {
  struct slice parts[PARTS] = {0};
  int code = check_shape(it, rq), fault;
  for (int part = 0; part < PARTS && code == 0; part++) code = resolve(it, part, &parts[part]);
  if (code == 0 && it->direction == SEND) code = control_check_send(rq, parts, it->call);
  if (code == 0) code = check_bound(it, rq);
  if (code == 0) code = check_room(it, rq);
  if (code != 0) return code;
  bool failing = fault_due(it->direction == SEND ? FAULT_POST_SEND : FAULT_POST_RECEIVE, &fault);
  if (failing && (fault != WSA_IO_PENDING || MUTANT(211))) return fault;
  code = accept_request(it, rq, parts);
  return code == 0 && failing ? fault : code;
}

static int submit_locked(const struct submission *it) {
  struct rq *rq = object_find(KIND_RQ, it->queue, 17, it->call);
  if (rq == NULL) return WSAEINVAL;
  int code = check_flags(it, rq);
  if (code != 0 || !is_commit(it)) return code != 0 ? code : post(it, rq);
  count(it->direction == SEND ? COUNT_COMMITS_SEND : COUNT_COMMITS_RECEIVE);
  commit(rq, MUTANT(103) ? SEND - it->direction : it->direction);
  return 0;
}

static BOOL submit(const struct submission *it) {
  struct object *entered =
      is_commit(it) ? NULL : object_peek(KIND_RQ, it->queue); /* a commit needs no serialising */
  object_enter(entered, it->call);
  lock();
  int code = submit_locked(it);
  unlock();
  object_leave(entered);
  if (code != 0) WSASetLastError(code);
  return code == 0;
}

/* ---- the functions ---- */

BOOL WSAAPI double_RIOReceive(uint64_t queue, const RIO_BUF *data, ULONG n, DWORD flags,
                              uint64_t context) {
  count(COUNT_RECEIVE);
  return submit(&(struct submission){"RIOReceive", RECEIVE, queue, {data}, n, flags, context});
}

int WSAAPI double_RIOReceiveEx(uint64_t queue, const RIO_BUF *data, ULONG n, const RIO_BUF *local,
                               const RIO_BUF *remote, const RIO_BUF *control,
                               const RIO_BUF *out_flags, DWORD flags, uint64_t context) {
  count(COUNT_RECEIVE_EX);
  return submit(&(struct submission){"RIOReceiveEx",
                                     RECEIVE,
                                     queue,
                                     {data, local, remote, control, out_flags},
                                     n,
                                     flags,
                                     context});
}

BOOL WSAAPI double_RIOSend(uint64_t queue, const RIO_BUF *data, ULONG n, DWORD flags,
                           uint64_t context) {
  count(COUNT_SEND);
  return submit(&(struct submission){"RIOSend", SEND, queue, {data}, n, flags, context});
}

BOOL WSAAPI double_RIOSendEx(uint64_t queue, const RIO_BUF *data, ULONG n, const RIO_BUF *local,
                             const RIO_BUF *remote, const RIO_BUF *control, const RIO_BUF *in_flags,
                             DWORD flags, uint64_t context) {
  count(COUNT_SEND_EX);
  return submit(&(struct submission){
      "RIOSendEx", SEND, queue, {data, local, remote, control, in_flags}, n, flags, context});
}
