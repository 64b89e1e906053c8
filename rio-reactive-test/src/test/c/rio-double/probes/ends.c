/* Rules 17, 18 and 23: what ends when, and handles that are not what they look like. */
#include "probe.h"

/* ---- 17: closesocket ---- */

static void pending_requests_end_with_995(void) {
  control("hold-sends on");
  struct bench bench = bench_open(BENCH_POLLED);
  for (int i = 0; i < SLOTS; i++) post_receive(&bench, i, 0);
  post_send(&bench, 0, "in flight", 0);
  for (int i = 0; i < 2000 && RioDoubleCount("datagrams.sent") == 0; i++) Sleep(1);
  expect_equal(RioDoubleCount("datagrams.sent"), 1); /* sent, but not completed */
  expect(ws.closesocket(bench.socket) == 0, WSAGetLastError());
  control("hold-sends off");
  while (bench.outstanding > 0) expect_equal(take(&bench).Status, WSA_OPERATION_ABORTED);
  bench_free(&bench);
}

static void completions_of_before_the_close_stay(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  post_receive(&bench, 0, 0);
  peer_send(&bench, "hello");
  for (int i = 0; i < 2000 && RioDoubleCount("completions") == 0; i++) Sleep(1);
  ws.closesocket(bench.socket);
  RIORESULT result = take(&bench);
  expect_equal(result.Status, 0);
  expect_equal(result.BytesTransferred, 5);
  bench_free(&bench);
}

static void port_is_free_when_the_requests_end(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  for (int round = 0; round < 10; round++) {
    post_receive(&bench, 0, 0);
    Sleep(5); /* so that the read is mostly in the kernel; the outcome is the same either way */
    ws.closesocket(bench.socket);
    bench_drain(&bench);
    bench.socket = unbound_socket();
    expect(ws.bind(bench.socket, (struct sockaddr *)&bench.address, sizeof bench.address) == 0,
           WSAGetLastError());
    bench.rq = queue_on(bench.socket, bench.cq);
    expect(bench.rq != RIO_INVALID_RQ, WSAGetLastError());
  }
  bench_close(&bench);
}

static void post_after_closesocket(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF data = receive_slice(&bench, 0);
  ws.closesocket(bench.socket);
  expect(!rio.RIOReceive(bench.rq, &data, 1, 0, 0), 0);
  expect_error(WSAEINVAL);
  bench_free(&bench);
}

static void resize_after_closesocket(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  ws.closesocket(bench.socket);
  expect(!rio.RIOResizeRequestQueue(bench.rq, 1, 1), 0);
  expect_error(WSAEINVAL);
  bench_free(&bench);
}

static void socket_closed_by_closehandle(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  post_receive(&bench, 0, 0);
  for (int i = 0; i < 20; i++) { /* let the read start, so that its end is seen; without one, the
                                    next socket shows it */
    peer_send(&bench, "x");
    post_receive(&bench, (int)take(&bench).RequestContext == 0 ? 1 : 0, 0);
  }
  CloseHandle((HANDLE)bench.socket);
  expect_equal(take(&bench).Status, WSA_OPERATION_ABORTED);
  bench_free(&bench);
}

/* ---- 18: the completion queue goes last ---- */

static void queue_closed_last(void) {
  struct bench bench = bench_open(BENCH_PORT);
  post_receive(&bench, 0, 0);
  expect_equal(rio.RIONotify(bench.cq), 0);
  ws.closesocket(bench.socket);
  expect(wait_port(&bench, 5000), 0);
  bench_drain(&bench);
  bench_free(&bench);
}

static void queue_closed_before_its_socket(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  post_receive(&bench, 0, 0);
  rio.RIOCloseCompletionQueue(bench.cq);
  ws.closesocket(bench.socket); /* the receive is silently dropped */
  expect_equal(RioDoubleCount("live.requests"), 0);
  bench.cq = RIO_INVALID_CQ;
  bench_free(&bench);
}

static void post_to_a_queue_that_is_closed(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF data = receive_slice(&bench, 0);
  rio.RIOCloseCompletionQueue(bench.cq);
  expect(rio.RIOReceive(bench.rq, &data, 1, 0, 0), WSAGetLastError());
  ws.closesocket(bench.socket);
  bench.cq = RIO_INVALID_CQ;
  bench_free(&bench);
}

static void dequeue_from_a_closed_queue(void) {
  RIORESULT result;
  uint64_t cq = rio.RIOCreateCompletionQueue(1, NULL);
  rio.RIOCloseCompletionQueue(cq);
  expect_equal(rio.RIODequeueCompletion(cq, &result, 1), RIO_CORRUPT_CQ);
}

static void queue_closed_twice(void) {
  uint64_t cq = rio.RIOCreateCompletionQueue(1, NULL);
  rio.RIOCloseCompletionQueue(cq);
  rio.RIOCloseCompletionQueue(cq);
}

/* ---- 23: handles ---- */

static void all_handles_whole(void) {
  char *memory = pages(8192);
  uint64_t ids[2] = {register_buffer(memory, 4096), register_buffer(memory + 4096, 4096)};
  bool beyond_31_bits = false, beyond_32_bits = false;
  for (int i = 0; i < 2; i++) {
    beyond_31_bits |= (ids[i] >> 32) == 0 && (ids[i] & 0x80000000u) != 0;
    beyond_32_bits |= (ids[i] >> 32) != 0;
    rio.RIODeregisterBuffer(ids[i]);
  }
  expect(beyond_31_bits && beyond_32_bits, ids[0]);
  VirtualFree(memory, 0, MEM_RELEASE);
}

static void low_handles_on_request(void) {
  control("handles low");
  char *memory = pages(4096);
  uint64_t id = register_buffer(memory, 4096);
  expect(id < 0x80000000u, id);
  rio.RIODeregisterBuffer(id);
  VirtualFree(memory, 0, MEM_RELEASE);
}

static void id_sign_extended(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  char *memory = pages(8192);
  uint64_t ids[2] = {register_buffer(memory, 4096), register_buffer(memory + 4096, 4096)};
  for (int i = 0; i < 2; i++) {
    RIO_BUF data = {(uint64_t)(int64_t)(int32_t)ids[i], 0, 100};
    expect(!rio.RIOReceive(bench.rq, &data, 1, 0, 0), 0);
    expect_error(WSAEFAULT);
  }
  expect_equal(RioDoubleCount("violations.23"), 2);
  for (int i = 0; i < 2; i++) rio.RIODeregisterBuffer(ids[i]);
  VirtualFree(memory, 0, MEM_RELEASE);
  bench_close(&bench);
}

static void queue_handle_cut_to_32_bits(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIORESULT result;
  expect_equal(rio.RIODequeueCompletion((uint32_t)bench.cq, &result, 1), RIO_CORRUPT_CQ);
  RIO_BUF data = receive_slice(&bench, 0);
  expect(!rio.RIOReceive((uint32_t)bench.rq, &data, 1, 0, 0), 0);
  expect_error(WSAEINVAL);
  bench_close(&bench);
}

const struct probe probes_ends[] = {
    PROBE(17, KEEPS, pending_requests_end_with_995),
    PROBE(17, KEEPS, completions_of_before_the_close_stay),
    PROBE(17, KEEPS, port_is_free_when_the_requests_end),
    PROBE(17, BREAKS, post_after_closesocket),
    PROBE(17, BREAKS, resize_after_closesocket),
    PROBE(17, BREAKS, socket_closed_by_closehandle),
    PROBE(18, KEEPS, queue_closed_last),
    PROBE(18, BREAKS, queue_closed_before_its_socket),
    PROBE(18, BREAKS, post_to_a_queue_that_is_closed),
    PROBE(18, BREAKS, dequeue_from_a_closed_queue),
    PROBE(18, BREAKS, queue_closed_twice),
    PROBE(23, KEEPS, all_handles_whole),
    PROBE(23, KEEPS, low_handles_on_request),
    PROBE(23, BREAKS, id_sign_extended),
    PROBE(23, BREAKS, queue_handle_cut_to_32_bits),
    {0},
};
