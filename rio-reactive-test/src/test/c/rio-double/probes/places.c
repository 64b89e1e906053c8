/* Rules 6, 10 and 24: places, deferring, bind. */
#include "probe.h"

/* ---- 6: places ---- */

static void place_given_back_by_the_dequeue(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  for (int i = 0; i < SLOTS; i++) post_receive(&bench, i, 0);
  for (int round = 0; round < 2 * SLOTS; round++) {
    peer_send(&bench, "x");
    post_receive(&bench, (int)take(&bench).RequestContext, 0);
  }
  bench_close(&bench);
}

static void one_receive_too_many(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  for (int i = 0; i < SLOTS; i++) post_receive(&bench, i, 0);
  RIO_BUF data = {bench.receive_id, SLOTS * STRIDE - 100, 100};
  expect(!rio.RIOReceive(bench.rq, &data, 1, 0, 0), 0);
  expect_error(WSAENOBUFS);
  bench_close(&bench);
}

static void place_not_given_back_by_the_completion(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  for (int i = 0; i < SLOTS; i++) post_receive(&bench, i, 0);
  peer_send(&bench, "x");
  for (int i = 0; i < 2000 && RioDoubleCount("completions") == 0; i++) Sleep(1);
  expect_equal(RioDoubleCount("completions"), 1);
  RIO_BUF data = {bench.receive_id, SLOTS * STRIDE - 100, 100};
  expect(!rio.RIOReceive(bench.rq, &data, 1, 0, 0), 0);
  expect_error(WSAENOBUFS);
  bench_close(&bench);
}

static void one_deferred_send_too_many(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  for (int i = 0; i < SLOTS; i++) post_send(&bench, i, "x", RIO_MSG_DEFER);
  RIO_BUF data = {bench.receive_id, 0, 1}, address = receive_address(&bench, 0);
  expect(!rio.RIOSendEx(bench.rq, &data, 1, NULL, &address, NULL, NULL, 0, 0), 0);
  expect_error(WSAENOBUFS);
  commit(&bench, BREAKS);
  bench_close(&bench);
}

/* ---- 10: deferring ---- */

static void deferred_until_its_own_commit(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  post_receive(&bench, 0, RIO_MSG_DEFER);
  peer_send(&bench, "x");
  commit(&bench, BREAKS);
  post_send(&bench, 0, "other direction", 0);
  expect_equal(take(&bench).RequestContext, SEND_BIT);
  expect(!completes_soon(&bench), 1);
  commit(&bench, KEEPS);
  expect_equal(take(&bench).RequestContext, 0);
  bench_close(&bench);
}

static void deferred_until_the_next_undeferred(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  post_send(&bench, 0, "one", RIO_MSG_DEFER);
  post_send(&bench, 1, "two", RIO_MSG_DEFER);
  expect(!completes_soon(&bench), 1);
  post_send(&bench, 2, "three", 0);
  for (uint64_t i = 0; i < 3; i++) expect_equal(take(&bench).RequestContext, SEND_BIT | i);
  bench_close(&bench);
}

static void deferred_runs_at_once_in_the_other_mode(void) {
  control("defer now");
  struct bench bench = bench_open(BENCH_POLLED);
  post_send(&bench, 0, "one", RIO_MSG_DEFER);
  expect_equal(take(&bench).RequestContext, SEND_BIT);
  commit(&bench, BREAKS);
  bench_close(&bench);
}

static void committed_after_arming_but_before_the_wait(void) {
  struct bench bench = bench_open(BENCH_EVENT);
  post_send(&bench, 0, "one", RIO_MSG_DEFER);
  expect_equal(rio.RIONotify(bench.cq), 0);
  commit(&bench, BREAKS);
  expect(wait_event(&bench, 5000), 0);
  bench_close(&bench);
}

static void closed_with_deferred_requests(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  post_receive(&bench, 0, RIO_MSG_DEFER);
  bench_close(&bench);
}

static void waited_without_a_commit(void) {
  struct bench bench = bench_open(BENCH_EVENT);
  RIORESULT result;
  post_send(&bench, 0, "one", RIO_MSG_DEFER);
  expect_equal(rio.RIONotify(bench.cq), 0);
  expect(!wait_event(&bench, 50), 1);
  expect_equal(dequeue(&bench, &result, 1), 0);
  commit(&bench, BREAKS);
  bench_close(&bench);
}

/* ---- 24: bind ---- */

static uint64_t queue_before_bind(struct bench *bench, SOCKET *socket) {
  *bench = bench_open(BENCH_POLLED);
  rio.RIOResizeCompletionQueue(bench->cq, 4 * SLOTS);
  *socket = unbound_socket();
  uint64_t rq = rio.RIOCreateRequestQueue(*socket, 1, 1, 1, 1, bench->cq, bench->cq, QUEUE_CONTEXT);
  expect(rq != RIO_INVALID_RQ, WSAGetLastError());
  return rq;
}

static void bind_first(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  post_receive(&bench, 0, 0);
  bench_close(&bench);
}

static void send_binds(void) {
  struct bench bench;
  SOCKET socket;
  uint64_t rq = queue_before_bind(&bench, &socket);
  RIO_BUF data = send_slice(&bench, 0, 5), address = send_address(&bench, 0),
          slot = receive_slice(&bench, 0);
  expect(rio.RIOSendEx(rq, &data, 1, NULL, &address, NULL, NULL, 0, 0), WSAGetLastError());
  bench.outstanding++;
  expect_equal(take(&bench).Status, 0);
  expect(rio.RIOReceive(rq, &slot, 1, 0, 0), WSAGetLastError());
  bench.outstanding++;
  ws.closesocket(socket);
  bench_close(&bench);
}

static void receive_before_bind(void) {
  struct bench bench;
  SOCKET socket;
  uint64_t rq = queue_before_bind(&bench, &socket);
  RIO_BUF slot = receive_slice(&bench, 0);
  expect(!rio.RIOReceive(rq, &slot, 1, 0, 0), 0);
  expect_error(WSAEINVAL);
  ws.closesocket(socket);
  bench_close(&bench);
}

static void bind_after_the_request_queue(void) {
  struct bench bench;
  SOCKET socket;
  uint64_t rq = queue_before_bind(&bench, &socket);
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  expect(ws.bind(socket, (struct sockaddr *)&any, sizeof any) == 0, WSAGetLastError());
  RIO_BUF slot = receive_slice(&bench, 0);
  expect(rio.RIOReceive(rq, &slot, 1, 0, 0), WSAGetLastError());
  bench.outstanding++;
  ws.closesocket(socket);
  bench_close(&bench);
}

const struct probe probes_places[] = {
    PROBE(6, KEEPS, place_given_back_by_the_dequeue),
    PROBE(6, BREAKS, one_receive_too_many),
    PROBE(6, BREAKS, place_not_given_back_by_the_completion),
    PROBE(6, BREAKS, one_deferred_send_too_many),
    PROBE(10, KEEPS, deferred_until_its_own_commit),
    PROBE(10, KEEPS, deferred_until_the_next_undeferred),
    PROBE(10, KEEPS, deferred_runs_at_once_in_the_other_mode),
    PROBE(10, KEEPS, committed_after_arming_but_before_the_wait),
    PROBE(10, BREAKS, closed_with_deferred_requests),
    PROBE(10, BREAKS, waited_without_a_commit),
    PROBE(24, KEEPS, bind_first),
    PROBE(24, KEEPS, send_binds),
    PROBE(24, BREAKS, receive_before_bind),
    PROBE(24, BREAKS, bind_after_the_request_queue),
    {0},
};
