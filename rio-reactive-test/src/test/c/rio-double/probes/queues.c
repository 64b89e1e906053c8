/* Rules 3 and 4: completion queues and the claims on them. */
#include "probe.h"

/* ---- 3: completion queues ---- */

static OVERLAPPED overlapped[2];

static uint64_t port_queue(HANDLE port, OVERLAPPED *its) {
  RIO_NOTIFICATION_COMPLETION notification = {.Type = RIO_IOCP_COMPLETION};
  notification.Iocp.IocpHandle = port;
  notification.Iocp.Overlapped = its;
  return rio.RIOCreateCompletionQueue(SLOTS, &notification);
}

static void refused_queue(uint64_t cq) {
  int code = WSAGetLastError();
  expect(cq == RIO_INVALID_CQ, cq);
  expect_equal(code, WSAEINVAL);
}

static void two_queues_with_an_overlapped_each(void) {
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  uint64_t first = port_queue(port, &overlapped[0]), second = port_queue(port, &overlapped[1]);
  expect(first != RIO_INVALID_CQ && second != RIO_INVALID_CQ, WSAGetLastError());
  rio.RIOCloseCompletionQueue(first);
  uint64_t third = port_queue(port, &overlapped[0]); /* free again */
  rio.RIOCloseCompletionQueue(second);
  rio.RIOCloseCompletionQueue(third);
  CloseHandle(port);
}

static void largest_queue(void) {
  uint64_t cq = rio.RIOCreateCompletionQueue(RIO_MAX_CQ_SIZE, NULL);
  expect(cq != RIO_INVALID_CQ, WSAGetLastError());
  rio.RIOCloseCompletionQueue(cq);
}

static void queue_of_size_0(void) { refused_queue(rio.RIOCreateCompletionQueue(0, NULL)); }

static void queue_too_large(void) {
  refused_queue(rio.RIOCreateCompletionQueue(RIO_MAX_CQ_SIZE + 1, NULL));
}

static void queue_without_an_overlapped(void) {
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  refused_queue(port_queue(port, NULL));
  CloseHandle(port);
}

static void queue_without_an_event(void) {
  RIO_NOTIFICATION_COMPLETION notification = {.Type = RIO_EVENT_COMPLETION};
  refused_queue(rio.RIOCreateCompletionQueue(SLOTS, &notification));
}

static void queue_of_an_unknown_kind(void) {
  RIO_NOTIFICATION_COMPLETION notification = {.Type = 3};
  refused_queue(rio.RIOCreateCompletionQueue(SLOTS, &notification));
}

static void two_queues_with_one_overlapped(void) {
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  uint64_t first = port_queue(port, &overlapped[0]), second = port_queue(port, &overlapped[0]);
  expect(second != RIO_INVALID_CQ, WSAGetLastError());
  rio.RIOCloseCompletionQueue(first);
  rio.RIOCloseCompletionQueue(second);
  CloseHandle(port);
}

static void overlapped_freed_while_armed(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  bench.port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  char *memory = pages(sizeof(OVERLAPPED));
  uint64_t cq = port_queue(bench.port, (OVERLAPPED *)memory);
  struct sockaddr_in address;
  SOCKET socket = registered_socket(&address);
  uint64_t rq = rio.RIOCreateRequestQueue(socket, 1, 1, 0, 1, cq, cq, 0);
  RIO_BUF data = receive_slice(&bench, 0);
  expect(rio.RIOReceive(rq, &data, 1, 0, 0), WSAGetLastError());
  expect_equal(rio.RIONotify(cq), 0);
  VirtualFree(memory, 0, MEM_RELEASE);
  ws.closesocket(socket);
  RIORESULT result;
  while (rio.RIODequeueCompletion(cq, &result, 1) == 0) Sleep(1);
  rio.RIOCloseCompletionQueue(cq);
  bench_close(&bench);
}

/* ---- 4: claims ---- */

static void claims_that_fit(void) {
  struct sockaddr_in address;
  uint64_t cq = rio.RIOCreateCompletionQueue(2 * SLOTS, NULL);
  for (int round = 0; round < 3; round++) { /* closesocket gives the claim back */
    SOCKET socket = registered_socket(&address);
    expect(queue_on(socket, cq) != RIO_INVALID_RQ, WSAGetLastError());
    ws.closesocket(socket);
  }
  SOCKET first = registered_socket(&address), second = registered_socket(&address);
  uint64_t rq = queue_on(first, cq);
  expect(rio.RIOResizeCompletionQueue(cq, 5 * SLOTS), WSAGetLastError());
  expect(queue_on(second, cq) != RIO_INVALID_RQ, WSAGetLastError());
  expect(rio.RIOResizeRequestQueue(rq, 2 * SLOTS, SLOTS), WSAGetLastError());
  expect(rio.RIOResizeRequestQueue(rq, SLOTS, SLOTS), WSAGetLastError());
  expect(rio.RIOResizeCompletionQueue(cq, 4 * SLOTS), WSAGetLastError());
  ws.closesocket(first);
  ws.closesocket(second);
  rio.RIOCloseCompletionQueue(cq);
}

static void claim_that_does_not_fit(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  struct sockaddr_in address;
  SOCKET socket = registered_socket(&address);
  expect(queue_on(socket, bench.cq) == RIO_INVALID_RQ, 0);
  expect_error(WSAENOBUFS);
  ws.closesocket(socket);
  bench_close(&bench);
}

static void queue_resized_below_its_claims(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  expect(!rio.RIOResizeCompletionQueue(bench.cq, 2 * SLOTS - 1), 0);
  expect_error(WSAETOOMANYREFS);
  bench_close(&bench);
}

static void request_queue_resized_beyond_the_queue(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  expect(!rio.RIOResizeRequestQueue(bench.rq, SLOTS + 1, SLOTS), 0);
  expect_error(WSAENOBUFS);
  bench_close(&bench);
}

static void request_queue_resized_below_its_requests(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  post_receive(&bench, 0, 0);
  post_receive(&bench, 1, 0);
  expect(!rio.RIOResizeRequestQueue(bench.rq, 1, SLOTS), 0);
  expect_error(WSAETOOMANYREFS);
  bench_close(&bench);
}

static void request_queue_without_any_place(void) {
  struct sockaddr_in address;
  SOCKET socket = registered_socket(&address);
  uint64_t cq = rio.RIOCreateCompletionQueue(SLOTS, NULL);
  expect(rio.RIOCreateRequestQueue(socket, 0, 1, 0, 1, cq, cq, 0) == RIO_INVALID_RQ, 0);
  expect_error(WSAEINVAL);
  ws.closesocket(socket);
  rio.RIOCloseCompletionQueue(cq);
}

static void second_request_queue_of_a_socket(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  rio.RIOResizeCompletionQueue(bench.cq, 4 * SLOTS);
  expect(queue_on(bench.socket, bench.cq) == RIO_INVALID_RQ, 0);
  expect_error(WSAEINVAL);
  bench_close(&bench);
}

static void claim_used_again_before_the_drain(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  struct sockaddr_in address;
  post_receive(&bench, 0, 0);
  ws.closesocket(bench.socket);
  SOCKET socket = registered_socket(&address);
  expect(queue_on(socket, bench.cq) != RIO_INVALID_RQ, WSAGetLastError());
  ws.closesocket(socket);
  bench_drain(&bench);
  bench_free(&bench);
}

static void completion_queue_overflown(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  struct sockaddr_in address;
  for (int i = 0; i < SLOTS; i++) post_receive(&bench, i, 0);
  ws.closesocket(bench.socket);
  SOCKET socket = registered_socket(&address);
  uint64_t rq =
      rio.RIOCreateRequestQueue(socket, 2 * SLOTS, 1, 0, 1, bench.cq, bench.cq, QUEUE_CONTEXT);
  for (ULONG i = 0; i < SLOTS + 1; i++) {
    RIO_BUF data = {bench.send_id[0], i * 100, 100};
    expect(rio.RIOReceive(rq, &data, 1, 0, i), WSAGetLastError());
    bench.outstanding++;
  }
  expect_equal(RioDoubleCount("violations"), 1); /* the claim used again */
  ws.closesocket(socket);
  expect_equal(RioDoubleCount("violations"), 2); /* one completion more than the queue has places */
  bench_drain(&bench);
  bench_free(&bench);
}

const struct probe probes_queues[] = {
    PROBE(3, KEEPS, two_queues_with_an_overlapped_each),
    PROBE(3, KEEPS, largest_queue),
    PROBE(3, BREAKS, queue_of_size_0),
    PROBE(3, BREAKS, queue_too_large),
    PROBE(3, BREAKS, queue_without_an_overlapped),
    PROBE(3, BREAKS, queue_without_an_event),
    PROBE(3, BREAKS, queue_of_an_unknown_kind),
    PROBE(3, BREAKS, two_queues_with_one_overlapped),
    PROBE(3, BREAKS, overlapped_freed_while_armed),
    PROBE(4, KEEPS, claims_that_fit),
    PROBE(4, BREAKS, claim_that_does_not_fit),
    PROBE(4, BREAKS, queue_resized_below_its_claims),
    PROBE(4, BREAKS, request_queue_resized_beyond_the_queue),
    PROBE(4, BREAKS, request_queue_resized_below_its_requests),
    PROBE(4, BREAKS, request_queue_without_any_place),
    PROBE(4, BREAKS, second_request_queue_of_a_socket),
    PROBE(4, BREAKS, claim_used_again_before_the_drain),
    PROBE(4, BREAKS, completion_queue_overflown),
    {0},
};
