/* The exports of ws2_32 that are watched; all others are forwarded by the .def file. */
#include "memory.h"
#include "sockets.h"
#include "worker.h"

#include <string.h>

/* ---- the query for the function table ---- */

static const RIO_EXTENSION_FUNCTION_TABLE table = {
    sizeof table,
    double_RIOReceive,
    double_RIOReceiveEx,
    double_RIOSend,
    double_RIOSendEx,
    double_RIOCloseCompletionQueue,
    double_RIOCreateCompletionQueue,
    double_RIOCreateRequestQueue,
    double_RIODequeueCompletion,
    double_RIODeregisterBuffer,
    double_RIONotify,
    double_RIORegisterBuffer,
    double_RIOResizeCompletionQueue,
    double_RIOResizeRequestQueue,
};

/* From here on the library stays loaded: its thread, its exception handler and this table are in
 * use. */
static void stay(void) {
  static bool done;
  lock();
  if (!done) {
    HMODULE self;
    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                       (LPCWSTR)&table, &self);
    memory_start();
    done = true;
  }
  unlock();
}

static int answer_query(SOCKET socket, void *in, DWORD in_length, void *out, DWORD out_length,
                        DWORD *bytes) {
  static const GUID rio = RIO_TABLE_GUID;
  struct name name = name_of("socket", socket);
  int code, type, length = sizeof type;
  stay();
  GUID given;
  if (in_length != sizeof given || !copy_guarded(&given, in, sizeof given)) {
    violation(1, "WSAIoctl", name, "the input is %lu bytes, not a GUID of 16", in_length);
    return WSAEFAULT;
  }
  if (memcmp(&given, &rio, sizeof rio) != 0 && !MUTANT(10)) {
    violation(1, "WSAIoctl", name, "the GUID is not WSAID_MULTIPLE_RIO");
    return WSAEINVAL;
  }
  if (out_length < sizeof table && !MUTANT(11)) {
    violation(1, "WSAIoctl", name, "%lu bytes for a table of %u", out_length,
              (unsigned)sizeof table);
    return WSAEFAULT;
  }
  if (getsockopt(socket, SOL_SOCKET, SO_TYPE, (char *)&type, &length) != 0) return WSAENOTSOCK;
  lock();
  bool fails = fault_due(FAULT_QUERY, &code);
  unlock();
  if (fails) return code;
  const DWORD size = out_length < sizeof table ? out_length : sizeof table;
  return copy_guarded(out, &table, size) && copy_guarded(bytes, &size, sizeof size) ? 0 : WSAEFAULT;
}

int WSAAPI double_WSAIoctl(SOCKET socket, DWORD control, void *in, DWORD in_length, void *out,
                           DWORD out_length, DWORD *bytes, WSAOVERLAPPED *overlapped,
                           LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  count(COUNT_QUERY);
  if (control != SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER) {
    return WSAIoctl(socket, control, in, in_length, out, out_length, bytes, overlapped, routine);
  }
  int code = answer_query(socket, in, in_length, out, out_length, bytes);
  if (code != 0) WSASetLastError(code);
  return code == 0 ? 0 : SOCKET_ERROR;
}

/* ---- sockets ---- */

static SOCKET made(SOCKET socket, bool registered_io) {
  if (socket == INVALID_SOCKET) return socket;
  lock();
  struct tracked *before = socket_find(socket);
  struct rq *lost = before == NULL ? NULL : before->rq;
  if (lost != NULL) object_hold(lost);
  unlock();
  if (lost != NULL) { /* the handle's number is used again, and nobody called closesocket */
    socket_lost(lost);
    lock();
    object_release(lost);
    unlock();
  }
  lock();
  struct tracked *tracked = socket_track(socket);
  if (tracked != NULL) tracked->registered_io = registered_io;
  unlock();
  return socket;
}

/* The flags for ws2_32: the double reads and writes by overlapped calls. False: the socket fails.
 */
static bool adapt_flags(DWORD *flags, const char *call) {
  int code;
  if ((*flags & WSA_FLAG_REGISTERED_IO) == 0) return true;
  lock();
  bool fails = fault_due(FAULT_SOCKET, &code);
  unlock();
  if (fails) {
    WSASetLastError(code);
    return false;
  }
  if ((*flags & WSA_FLAG_OVERLAPPED) == 0 && !MUTANT(21)) {
    violation(2, call, name_of("flags", *flags),
              "WSA_FLAG_REGISTERED_IO without WSA_FLAG_OVERLAPPED");
  }
  *flags = (*flags & ~(DWORD)WSA_FLAG_REGISTERED_IO) | WSA_FLAG_OVERLAPPED;
  return true;
}

SOCKET WSAAPI double_WSASocketW(int family, int type, int protocol, WSAPROTOCOL_INFOW *info,
                                GROUP group, DWORD flags) {
  count(COUNT_SOCKET);
  DWORD adapted = flags;
  if (!adapt_flags(&adapted, "WSASocketW")) return INVALID_SOCKET;
  return made(WSASocketW(family, type, protocol, info, group, adapted), adapted != flags);
}

SOCKET WSAAPI double_WSASocketA(int family, int type, int protocol, WSAPROTOCOL_INFOA *info,
                                GROUP group, DWORD flags) {
  count(COUNT_SOCKET);
  DWORD adapted = flags;
  if (!adapt_flags(&adapted, "WSASocketA")) return INVALID_SOCKET;
  return made(WSASocketA(family, type, protocol, info, group, adapted), adapted != flags);
}

SOCKET WSAAPI double_socket(int family, int type, int protocol) {
  count(COUNT_SOCKET);
  return made(socket(family, type, protocol), false);
}

int WSAAPI double_bind(SOCKET socket, const struct sockaddr *address, int length) {
  count(COUNT_BIND);
  int result = bind(socket, address, length);
  if (result != 0) return result;
  lock();
  struct tracked *tracked = socket_find(socket);
  if (tracked != NULL && tracked->rq != NULL && !MUTANT(241)) {
    violation(24, "bind", object_name(tracked->rq), "its request queue was created before");
  }
  unlock();
  return 0;
}

/* ---- closesocket ---- */

/* No Winsock call is under way on the handle while it is closed, and its port is free before its
 * requests end. */
static int close_with_queue(SOCKET socket, struct rq *rq) {
  struct ring aborted = {0};
  AcquireSRWLockExclusive(&rq->io);
  lock();
  bool live = rq->object.live && !MUTANT(172);
  if (live) rq_detach(rq, "closesocket", &aborted);
  socket_forget(socket);
  unlock();
  int result = closesocket(socket);
  int code = result == 0 ? 0 : WSAGetLastError();
  ReleaseSRWLockExclusive(&rq->io);
  lock();
  rq_abort(&aborted);
  unlock();
  if (code != 0) WSASetLastError(code);
  return result;
}

int WSAAPI double_closesocket(SOCKET socket) {
  count(COUNT_CLOSESOCKET);
  lock();
  struct tracked *tracked = socket_find(socket);
  struct rq *rq = tracked == NULL ? NULL : tracked->rq;
  if (rq == NULL) {
    socket_forget(socket);
  } else {
    object_hold(rq);
  }
  unlock();
  if (rq == NULL) return closesocket(socket);
  object_enter(rq, "closesocket");
  int result = close_with_queue(socket, rq);
  object_leave(rq);
  lock();
  object_release(rq);
  unlock();
  return result;
}
