#include "probe.h"

#include <stdio.h>
#include <string.h>

enum { PATIENCE = 5000, SHORT_TIME = 150, PAGE = 4096 };

uint64_t queue_on(SOCKET socket, uint64_t cq) {
  return rio.RIOCreateRequestQueue(socket, SLOTS, 1, SLOTS, 1, cq, cq, QUEUE_CONTEXT);
}

char *pages(size_t length) {
  char *memory = VirtualAlloc(NULL, length, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  expect(memory != NULL, GetLastError());
  return memory;
}

static void bind_to_loopback(SOCKET socket, struct sockaddr_in *address) {
  int length = sizeof *address;
  *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  expect(ws.bind(socket, (struct sockaddr *)address, sizeof *address) == 0, WSAGetLastError());
  expect(ws.getsockname(socket, (struct sockaddr *)address, &length) == 0, WSAGetLastError());
}

SOCKET unbound_socket(void) {
  return ws.WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0,
                       WSA_FLAG_OVERLAPPED | WSA_FLAG_REGISTERED_IO);
}

SOCKET registered_socket(struct sockaddr_in *address) {
  SOCKET socket = unbound_socket();
  expect(socket != INVALID_SOCKET, WSAGetLastError());
  bind_to_loopback(socket, address);
  return socket;
}

SOCKET ordinary_socket(struct sockaddr_in *address) {
  SOCKET socket = ws.socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
  DWORD patience = PATIENCE;
  expect(socket != INVALID_SOCKET, WSAGetLastError());
  ws.setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, (char *)&patience, sizeof patience);
  bind_to_loopback(socket, address);
  return socket;
}

uint64_t register_buffer(char *memory, DWORD length) {
  uint64_t id = rio.RIORegisterBuffer(memory, length);
  expect(id != RIO_INVALID_BUFFERID, WSAGetLastError());
  return id;
}

/* ---- the bench ---- */

static void open_queues(struct bench *bench, enum bench_kind kind) {
  RIO_NOTIFICATION_COMPLETION notification = {0};
  if (kind == BENCH_EVENT) {
    bench->event = CreateEventW(NULL, TRUE, FALSE, NULL);
    notification.Type = RIO_EVENT_COMPLETION;
    notification.Event.EventHandle = bench->event;
    notification.Event.NotifyReset = TRUE;
  } else if (kind == BENCH_PORT) {
    static OVERLAPPED overlapped[8]; /* one for each bench, and none of them goes away */
    static int next;
    bench->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    notification.Type = RIO_IOCP_COMPLETION;
    notification.Iocp.IocpHandle = bench->port;
    notification.Iocp.CompletionKey = 77;
    notification.Iocp.Overlapped = &overlapped[next++ % 8];
  }
  bench->cq = rio.RIOCreateCompletionQueue(2 * SLOTS, kind == BENCH_POLLED ? NULL : &notification);
  expect(bench->cq != RIO_INVALID_CQ, WSAGetLastError());
  bench->rq = queue_on(bench->socket, bench->cq);
  expect(bench->rq != RIO_INVALID_RQ, WSAGetLastError());
}

struct bench bench_open(enum bench_kind kind) {
  struct sockaddr_in address;
  SOCKET socket = registered_socket(&address);
  return bench_on(socket, &address, kind);
}

struct bench bench_on(SOCKET socket, const struct sockaddr_in *address, enum bench_kind kind) {
  struct bench bench = {.socket = socket, .address = *address};
  bench.peer = ordinary_socket(&bench.peer_address);
  open_queues(&bench, kind);
  bench.receive_memory = pages(SLOTS * STRIDE);
  bench.receive_id = register_buffer(bench.receive_memory, SLOTS * STRIDE);
  bench.send_memory = pages(SLOTS * PAGE);
  for (int i = 0; i < SLOTS; i++)
    bench.send_id[i] = register_buffer(bench.send_memory + i * PAGE, PAGE);
  return bench;
}

void bench_drain(struct bench *bench) {
  while (bench->outstanding > 0) take(bench);
}

void bench_free(struct bench *bench) {
  rio.RIOCloseCompletionQueue(bench->cq);
  rio.RIODeregisterBuffer(bench->receive_id);
  for (int i = 0; i < SLOTS; i++) rio.RIODeregisterBuffer(bench->send_id[i]);
  VirtualFree(bench->receive_memory, 0, MEM_RELEASE);
  VirtualFree(bench->send_memory, 0, MEM_RELEASE);
  if (bench->port != NULL) CloseHandle(bench->port);
  if (bench->event != NULL) CloseHandle(bench->event);
  ws.closesocket(bench->peer);
}

void bench_close(struct bench *bench) {
  expect(ws.closesocket(bench->socket) == 0, WSAGetLastError());
  bench_drain(bench);
  bench_free(bench);
}

/* ---- requests ---- */

RIO_BUF receive_slice(const struct bench *bench, int slot) {
  return (RIO_BUF){bench->receive_id, (ULONG)slot * STRIDE, SLOT};
}

RIO_BUF receive_address(const struct bench *bench, int slot) {
  return (RIO_BUF){bench->receive_id, (ULONG)slot * STRIDE + SLOT, sizeof(SOCKADDR_INET)};
}

RIO_BUF send_slice(const struct bench *bench, int slot, DWORD length) {
  return (RIO_BUF){bench->send_id[slot], 0, length};
}

RIO_BUF send_address(const struct bench *bench, int slot) {
  memcpy(bench->send_memory + slot * PAGE + STRIDE, &bench->peer_address,
         sizeof bench->peer_address);
  return (RIO_BUF){bench->send_id[slot], STRIDE, sizeof(SOCKADDR_INET)};
}

void post_receive(struct bench *bench, int slot, DWORD flags) {
  RIO_BUF data = receive_slice(bench, slot), address = receive_address(bench, slot);
  expect(rio.RIOReceiveEx(bench->rq, &data, 1, NULL, &address, NULL, NULL, flags, (uint64_t)slot),
         WSAGetLastError());
  bench->outstanding++;
}

void post_send(struct bench *bench, int slot, const char *text, DWORD flags) {
  DWORD length = (DWORD)strlen(text);
  memcpy(bench->send_memory + slot * PAGE, text, length);
  RIO_BUF data = send_slice(bench, slot, length), address = send_address(bench, slot);
  expect(rio.RIOSendEx(bench->rq, &data, 1, NULL, &address, NULL, NULL, flags,
                       SEND_BIT | (uint64_t)slot),
         WSAGetLastError());
  bench->outstanding++;
}

void commit(struct bench *bench, enum verdict sends) {
  BOOL done =
      sends == BREAKS
          ? rio.RIOSendEx(bench->rq, NULL, 0, NULL, NULL, NULL, NULL, RIO_MSG_COMMIT_ONLY, 0)
          : rio.RIOReceiveEx(bench->rq, NULL, 0, NULL, NULL, NULL, NULL, RIO_MSG_COMMIT_ONLY, 0);
  expect(done, WSAGetLastError());
}

void peer_send(struct bench *bench, const char *text) {
  int length = (int)strlen(text);
  expect(ws.sendto(bench->peer, text, length, 0, (struct sockaddr *)&bench->address,
                   sizeof bench->address) == length,
         WSAGetLastError());
}

int peer_receive(struct bench *bench, char *text, int size) {
  struct sockaddr_in from;
  int length = sizeof from;
  return ws.recvfrom(bench->peer, text, size, 0, (struct sockaddr *)&from, &length);
}

/* ---- completions ---- */

ULONG dequeue(struct bench *bench, RIORESULT *results, ULONG n) {
  ULONG taken = rio.RIODequeueCompletion(bench->cq, results, n);
  if (taken != RIO_CORRUPT_CQ) bench->outstanding -= (int)taken;
  return taken;
}

static bool take_within(struct bench *bench, RIORESULT *result, ULONGLONG milliseconds) {
  ULONGLONG end = GetTickCount64() + milliseconds;
  do {
    ULONG taken = dequeue(bench, result, 1);
    expect(taken <= 1, taken);
    if (taken == 1) return true;
    Sleep(1);
  } while (GetTickCount64() < end);
  return false;
}

RIORESULT take(struct bench *bench) {
  RIORESULT result = {0};
  expect(take_within(bench, &result, PATIENCE), bench->outstanding);
  expect(result.SocketContext == QUEUE_CONTEXT, result.SocketContext);
  return result;
}

bool completes_soon(struct bench *bench) {
  RIORESULT result;
  return take_within(bench, &result, SHORT_TIME);
}

bool wait_event(struct bench *bench, DWORD milliseconds) {
  return WaitForSingleObject(bench->event, milliseconds) == WAIT_OBJECT_0;
}

bool wait_port(struct bench *bench, DWORD milliseconds) {
  DWORD bytes;
  ULONG_PTR key = 0;
  OVERLAPPED *overlapped = NULL;
  if (!GetQueuedCompletionStatus(bench->port, &bytes, &key, &overlapped, milliseconds))
    return false;
  expect(key == 77, key);
  expect(overlapped != NULL, 0);
  return true;
}
