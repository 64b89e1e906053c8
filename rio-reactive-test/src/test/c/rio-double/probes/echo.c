/* A RIO echo server on a completion port with deferred posts, a peer of ordinary Winsock, and many
 * datagrams. */
#include "probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECEIVES = 64, SENDS = 64, PAGE = 4096, WINDOW = 32, BATCH = 32 };

static struct {
  struct bench bench;
  char *memory, *send_memory;
  uint64_t receive_id, send_id[SENDS];
  int free_slots[SENDS], free_count;
  bool deferred_receives, deferred_sends;
} server;

static void check(bool condition, const char *what) {
  if (condition) return;
  printf("echo failed: %s, error %d\n", what, WSAGetLastError());
  exit(1);
}

static void post(int slot) {
  RIO_BUF data = {server.receive_id, (ULONG)slot * STRIDE, SLOT};
  RIO_BUF address = {server.receive_id, (ULONG)slot * STRIDE + SLOT, sizeof(SOCKADDR_INET)};
  check(rio.RIOReceiveEx(server.bench.rq, &data, 1, NULL, &address, NULL, NULL, RIO_MSG_DEFER,
                         (uint64_t)slot),
        "receive");
  server.deferred_receives = true;
  server.bench.outstanding++;
}

static void answer(const RIORESULT *result) {
  check(result->Status == 0, "status");
  int slot = server.free_slots[--server.free_count];
  char *from = server.memory + result->RequestContext * STRIDE,
       *to = server.send_memory + slot * PAGE;
  memcpy(to, from, result->BytesTransferred);
  memcpy(to + SLOT, from + SLOT, sizeof(SOCKADDR_INET));
  RIO_BUF data = {server.send_id[slot], 0, result->BytesTransferred};
  RIO_BUF address = {server.send_id[slot], SLOT, sizeof(SOCKADDR_INET)};
  check(rio.RIOSendEx(server.bench.rq, &data, 1, NULL, &address, NULL, NULL, RIO_MSG_DEFER,
                      SEND_BIT | (uint64_t)slot),
        "send");
  server.deferred_sends = true;
  server.bench.outstanding++;
  post((int)result->RequestContext);
}

static void commit_all(void) {
  if (server.deferred_receives) {
    check(
        rio.RIOReceiveEx(server.bench.rq, NULL, 0, NULL, NULL, NULL, NULL, RIO_MSG_COMMIT_ONLY, 0),
        "commit receives");
  }
  if (server.deferred_sends) {
    check(rio.RIOSendEx(server.bench.rq, NULL, 0, NULL, NULL, NULL, NULL, RIO_MSG_COMMIT_ONLY, 0),
          "commit sends");
  }
  server.deferred_receives = server.deferred_sends = false;
}

static int turn(void) {
  RIORESULT results[BATCH];
  int handled = 0;
  for (ULONG n; server.free_count >= BATCH &&
                (n = rio.RIODequeueCompletion(server.bench.cq, results, BATCH)) > 0;) {
    check(n != RIO_CORRUPT_CQ, "dequeue");
    server.bench.outstanding -= (int)n;
    handled += (int)n;
    for (ULONG i = 0; i < n; i++) {
      if (results[i].RequestContext >= SEND_BIT) {
        check(results[i].Status == 0, "send status");
        server.free_slots[server.free_count++] = (int)(results[i].RequestContext - SEND_BIT);
      } else {
        answer(&results[i]);
      }
    }
  }
  return handled;
}

static void open_server(void) {
  server.bench.socket = registered_socket(&server.bench.address);
  server.bench.port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  RIO_NOTIFICATION_COMPLETION notification = {.Type = RIO_IOCP_COMPLETION};
  notification.Iocp.IocpHandle = server.bench.port;
  notification.Iocp.CompletionKey = 77;
  notification.Iocp.Overlapped = &server.bench.overlapped;
  server.bench.cq = rio.RIOCreateCompletionQueue(RECEIVES + SENDS, &notification);
  check(server.bench.cq != RIO_INVALID_CQ, "completion queue");
  server.bench.rq = rio.RIOCreateRequestQueue(server.bench.socket, RECEIVES, 1, SENDS, 1,
                                              server.bench.cq, server.bench.cq, 1);
  check(server.bench.rq != RIO_INVALID_RQ, "request queue");
  server.memory = pages(RECEIVES * STRIDE);
  server.receive_id = register_buffer(server.memory, RECEIVES * STRIDE);
  server.send_memory = pages(SENDS * PAGE);
  for (int i = 0; i < SENDS; i++) {
    server.send_id[i] = register_buffer(server.send_memory + i * PAGE, PAGE);
    server.free_slots[server.free_count++] = i;
  }
  for (int i = 0; i < RECEIVES; i++) post(i);
}

static void close_server(void) {
  RIORESULT results[BATCH];
  commit_all();
  ws.closesocket(server.bench.socket);
  for (int tries = 0; server.bench.outstanding > 0; tries++) {
    check(tries < 5000, "drain");
    server.bench.outstanding -= (int)rio.RIODequeueCompletion(server.bench.cq, results, BATCH);
    if (server.bench.outstanding > 0) Sleep(1);
  }
  rio.RIOCloseCompletionQueue(server.bench.cq);
  rio.RIODeregisterBuffer(server.receive_id);
  for (int i = 0; i < SENDS; i++) rio.RIODeregisterBuffer(server.send_id[i]);
  VirtualFree(server.memory, 0, MEM_RELEASE);
  VirtualFree(server.send_memory, 0, MEM_RELEASE);
  CloseHandle(server.bench.port);
}

static volatile LONG answered, stopping;

/* The peer keeps a window of datagrams on the way and checks that each answer is one of them. */
static DWORD WINAPI run_peer(void *datagrams) {
  struct sockaddr_in own;
  SOCKET socket = ordinary_socket(&own);
  int total = (int)(intptr_t)datagrams, sent = 0;
  for (int received = 0; received < total; received++) {
    for (; sent < total && sent - received < WINDOW; sent++) {
      char text[200] = {0};
      int length = snprintf(text, sizeof text, "datagram %d", sent) + sent % 100;
      ws.sendto(socket, text, length, 0, (struct sockaddr *)&server.bench.address,
                sizeof server.bench.address);
    }
    char text[SLOT];
    int length = ws.recvfrom(socket, text, sizeof text, 0, NULL, NULL), number = -1;
    if (length <= 0 || sscanf(text, "datagram %d", &number) != 1 || number >= sent) {
      printf("echo failed: answer %d of length %d, error %d\n", received, length,
             WSAGetLastError());
      break;
    }
    InterlockedIncrement(&answered);
  }
  ws.closesocket(socket);
  InterlockedExchange(&stopping, 1);
  PostQueuedCompletionStatus(server.bench.port, 0, 1, NULL);
  return 0;
}

int echo(int datagrams) {
  ULONGLONG start = GetTickCount64();
  open_server();
  HANDLE peer = CreateThread(NULL, 0, run_peer, (void *)(intptr_t)datagrams, 0, NULL);
  while (!stopping) {
    turn();
    commit_all();
    int code = rio.RIONotify(server.bench.cq);
    check(code == 0 || code == WSAEALREADY, "notify");
    DWORD bytes;
    ULONG_PTR key = 0;
    OVERLAPPED *overlapped;
    check(GetQueuedCompletionStatus(server.bench.port, &bytes, &key, &overlapped, 10000), "wait");
    if (key == 1) break;
  }
  WaitForSingleObject(peer, 10000);
  CloseHandle(peer);
  close_server();
  static char report[4000];
  RioDoubleReport(report, sizeof report);
  printf("echo: %ld of %d datagrams in %llu ms\n%s", answered, datagrams, GetTickCount64() - start,
         report);
  return answered == datagrams && RioDoubleCount("violations") == 0 && RioDoubleCount("live") == 0
             ? 0
             : 1;
}
