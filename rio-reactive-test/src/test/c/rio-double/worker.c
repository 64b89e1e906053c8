#include "worker.h"

#include <stdlib.h>
#include <string.h>

enum key { KEY_OPERATION = 1, KEY_QUEUE };
enum { BATCH = 64 };

static HANDLE port;
static struct operation *idle;

struct operation *operation_take(void) {
  struct operation *operation = idle;
  if (operation != NULL) {
    idle = operation->next_idle;
  } else if ((operation = malloc(sizeof *operation)) == NULL) {
    abort();
  }
  memset(operation, 0, offsetof(struct operation, control));
  return operation;
}

void operation_give_back(struct operation *operation) {
  operation->next_idle = idle;
  idle = operation;
}

void operation_reads(struct operation *operation, struct rq *rq) {
  operation->rq = rq;
  operation->overlapped = (OVERLAPPED){0};
  operation->direction = RECEIVE;
  operation->buffer = (WSABUF){sizeof operation->data, operation->data};
  operation->message = (WSAMSG){.name = (struct sockaddr *)&operation->address,
                                .namelen = sizeof operation->address,
                                .lpBuffers = &operation->buffer,
                                .dwBufferCount = 1,
                                .Control = {sizeof operation->control, operation->control}};
}

/* ---- the thread ---- */

static void work_on(struct rq *rq) {
  bool more = send_some(rq);
  more |= receive_some(rq);
  lock();
  if (more && rq->object.live) worker_schedule(rq);
  unlock();
}

static void on_queue(struct rq *rq) {
  lock();
  rq->scheduled = false;
  unlock();
  AcquireSRWLockExclusive(&rq->io);
  work_on(rq);
  ReleaseSRWLockExclusive(&rq->io);
}

static int result_of(struct operation *operation, DWORD *bytes) {
  DWORD flags;
  if (!operation->rq->object.live) return WSA_OPERATION_ABORTED;
  if (WSAGetOverlappedResult(operation->rq->socket, &operation->overlapped, bytes, FALSE, &flags))
    return 0;
  return WSAGetLastError();
}

static void on_operation(struct operation *operation) {
  struct rq *rq = operation->rq;
  DWORD bytes = 0;
  AcquireSRWLockExclusive(&rq->io);
  int error = result_of(operation, &bytes);
  if (operation->direction == RECEIVE) {
    receive_done(operation, error, bytes);
  } else {
    send_done(operation, error, bytes);
  }
  work_on(rq);
  ReleaseSRWLockExclusive(&rq->io);
}

static DWORD WINAPI run(void *unused) {
  (void)unused;
  OVERLAPPED_ENTRY entries[BATCH];
  ULONG n;
  while (GetQueuedCompletionStatusEx(port, entries, BATCH, &n, INFINITE, FALSE)) {
    for (ULONG i = 0; i < n; i++) {
      struct rq *rq = (struct rq *)entries[i].lpOverlapped;
      if (entries[i].lpCompletionKey == KEY_OPERATION) {
        struct operation *operation = (struct operation *)entries[i].lpOverlapped;
        rq = operation->rq;
        on_operation(operation);
      } else {
        on_queue(rq);
      }
      lock();
      object_release(rq);
      unlock();
    }
  }
  return 0;
}

/* ---- what others ask of it ---- */

LPFN_WSARECVMSG receive_message;
LPFN_WSASENDMSG send_message;

static bool find_functions(SOCKET socket) {
  GUID receive = WSAID_WSARECVMSG, send = WSAID_WSASENDMSG;
  DWORD bytes;
  if (receive_message != NULL && send_message != NULL) return true;
  return WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &receive, sizeof receive,
                  &receive_message, sizeof receive_message, &bytes, NULL, NULL) == 0 &&
         WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &send, sizeof send, &send_message,
                  sizeof send_message, &bytes, NULL, NULL) == 0;
}

static bool start(void) {
  if (port != NULL) return true;
  HANDLE made = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  if (made == NULL) return false;
  port = made;
  HANDLE thread = CreateThread(NULL, 0, run, NULL, 0, NULL);
  if (thread == NULL) {
    port = NULL;
    CloseHandle(made);
    return false;
  }
  CloseHandle(thread);
  return true;
}

bool worker_attach(struct rq *rq) {
  HANDLE handle = (HANDLE)rq->socket;
  if (!find_functions(rq->socket) || !start() ||
      CreateIoCompletionPort(handle, port, KEY_OPERATION, 0) == NULL)
    return false;
  rq->skips_packets =
      SetFileCompletionNotificationModes(handle, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS);
  return true;
}

void worker_schedule(struct rq *rq) {
  if (rq->scheduled) return;
  rq->scheduled = true;
  object_hold(rq);
  PostQueuedCompletionStatus(port, 0, KEY_QUEUE, (OVERLAPPED *)rq);
}

bool is_open(SOCKET socket) {
  int type, length = sizeof type;
  return getsockopt(socket, SOL_SOCKET, SO_TYPE, (char *)&type, &length) == 0;
}
