/* Rules 8, 9 and 11: counts, flags, addresses. */
#include "probe.h"

#include <string.h>

/* ---- 8: shapes ---- */

static void no_data_with_null(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF address = send_address(&bench, 0);
  expect(rio.RIOSendEx(bench.rq, NULL, 0, NULL, &address, NULL, NULL, 0, SEND_BIT),
         WSAGetLastError());
  bench.outstanding++;
  RIORESULT result = take(&bench);
  expect_equal(result.Status, 0);
  expect_equal(result.BytesTransferred, 0);
  char text[10];
  expect_equal(peer_receive(&bench, text, sizeof text), 0);
  bench_close(&bench);
}

static void refused_shape(const RIO_BUF *data, ULONG n) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF slices[2] = {receive_slice(&bench, 0), receive_slice(&bench, 1)};
  expect(!rio.RIOReceive(bench.rq, data == NULL ? NULL : slices, n, 0, 0), 0);
  expect_error(WSAEINVAL);
  bench_close(&bench);
}

static const RIO_BUF some;

static void data_with_count_0(void) { refused_shape(&some, 0); }

static void null_with_count_1(void) { refused_shape(NULL, 1); }

static void count_2(void) { refused_shape(&some, 2); }

static void unreadable_descriptor(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  expect(!rio.RIOReceive(bench.rq, (RIO_BUF *)8, 1, 0, 0), 0);
  expect_error(WSAEFAULT);
  bench_close(&bench);
}

/* ---- 9: flags ---- */

static void flags_as_documented(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  post_receive(&bench, 0, RIO_MSG_DEFER | RIO_MSG_DONT_NOTIFY);
  commit(&bench, KEEPS);
  commit(&bench, BREAKS);
  expect(rio.RIOReceive(bench.rq, NULL, 0, RIO_MSG_COMMIT_ONLY, 0), WSAGetLastError());
  expect(rio.RIOSend(bench.rq, NULL, 0, RIO_MSG_COMMIT_ONLY, 0), WSAGetLastError());
  expect_equal(RioDoubleCount("commits.receive"), 2);
  expect_equal(RioDoubleCount("commits.send"), 2);
  bench_close(&bench);
}

static void refused_flags(DWORD flags, bool with_data, uint64_t context) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF data = receive_slice(&bench, 0);
  expect(!rio.RIOReceive(bench.rq, with_data ? &data : NULL, with_data, flags, context), 0);
  expect_error(WSAEINVAL);
  bench_close(&bench);
}

static void unknown_flag(void) { refused_flags(16, true, 0); }

static void waitall(void) { refused_flags(RIO_MSG_WAITALL, true, 0); }

static void commit_with_data(void) { refused_flags(RIO_MSG_COMMIT_ONLY, true, 0); }

static void commit_with_defer(void) {
  refused_flags(RIO_MSG_COMMIT_ONLY | RIO_MSG_DEFER, false, 0);
}

static void commit_with_a_context(void) { refused_flags(RIO_MSG_COMMIT_ONLY, false, 1); }

static void commit_with_an_address(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF address = send_address(&bench, 0);
  expect(!rio.RIOSendEx(bench.rq, NULL, 0, NULL, &address, NULL, NULL, RIO_MSG_COMMIT_ONLY, 0), 0);
  expect_error(WSAEINVAL);
  bench_close(&bench);
}

/* ---- 11: addresses ---- */

static void addresses_as_documented(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  post_receive(&bench, 0, 0);
  peer_send(&bench, "hello");
  take(&bench);
  struct sockaddr_in from;
  memcpy(&from, bench.receive_memory + SLOT, sizeof from);
  expect_equal(from.sin_family, AF_INET);
  expect_equal(from.sin_port, bench.peer_address.sin_port);
  expect_equal(from.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
  bench_close(&bench);
}

static void local_address_of_a_receive(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF data = receive_slice(&bench, 0), local = receive_address(&bench, 0);
  expect(rio.RIOReceiveEx(bench.rq, &data, 1, &local, NULL, NULL, NULL, 0, 0), WSAGetLastError());
  bench.outstanding++;
  peer_send(&bench, "hello");
  take(&bench);
  expect(memcmp(bench.receive_memory + SLOT, &bench.address, 8) == 0, 0);
  bench_close(&bench);
}

static void connected_send_without_an_address(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  expect(ws.connect(bench.socket, (struct sockaddr *)&bench.peer_address,
                    sizeof bench.peer_address) == 0,
         0);
  memcpy(bench.send_memory, "hello", 5);
  RIO_BUF data = send_slice(&bench, 0, 5);
  expect(rio.RIOSend(bench.rq, &data, 1, 0, 0), WSAGetLastError());
  bench.outstanding++;
  char text[10];
  expect_equal(peer_receive(&bench, text, sizeof text), 5);
  bench_close(&bench);
}

static void refused_send(bool with_local, bool with_remote, ULONG length, int code) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF data = send_slice(&bench, 0, 5), address = send_address(&bench, 0);
  address.Length = length;
  expect(!rio.RIOSendEx(bench.rq, &data, 1, with_local ? &address : NULL,
                        with_remote ? &address : NULL, NULL, NULL, 0, 0),
         0);
  expect_error(code);
  bench_close(&bench);
}

static void send_with_a_local_address(void) { refused_send(true, true, 28, WSAEINVAL); }

static void send_with_a_short_address(void) { refused_send(false, true, 27, WSAEINVAL); }

static void unconnected_send_without_an_address(void) {
  refused_send(false, false, 28, WSAENOTCONN);
}

static void receive_with_a_short_address(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF data = receive_slice(&bench, 0), address = receive_address(&bench, 0);
  address.Length = sizeof(struct sockaddr_in);
  expect(!rio.RIOReceiveEx(bench.rq, &data, 1, NULL, &address, NULL, NULL, 0, 0), 0);
  expect_error(WSAEINVAL);
  bench_close(&bench);
}

const struct probe probes_shapes[] = {
    PROBE(8, KEEPS, no_data_with_null),
    PROBE(8, BREAKS, data_with_count_0),
    PROBE(8, BREAKS, null_with_count_1),
    PROBE(8, BREAKS, count_2),
    PROBE(8, BREAKS, unreadable_descriptor),
    PROBE(9, KEEPS, flags_as_documented),
    PROBE(9, BREAKS, unknown_flag),
    PROBE(9, BREAKS, waitall),
    PROBE(9, BREAKS, commit_with_data),
    PROBE(9, BREAKS, commit_with_defer),
    PROBE(9, BREAKS, commit_with_a_context),
    PROBE(9, BREAKS, commit_with_an_address),
    PROBE(11, KEEPS, addresses_as_documented),
    PROBE(11, KEEPS, local_address_of_a_receive),
    PROBE(11, KEEPS, connected_send_without_an_address),
    PROBE(11, BREAKS, send_with_a_local_address),
    PROBE(11, BREAKS, send_with_a_short_address),
    PROBE(11, BREAKS, unconnected_send_without_an_address),
    PROBE(11, BREAKS, receive_with_a_short_address),
    {0},
};
