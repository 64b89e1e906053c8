/* Rules 1, 2 and 5: the query, sockets, buffer counts. */
#include "probe.h"

/* ---- 1: the query ---- */

static int ask(const void *guid, DWORD guid_length, void *table, DWORD table_length) {
  DWORD bytes;
  SOCKET socket = unbound_socket();
  int result = ws.WSAIoctl(socket, SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, (void *)guid,
                           guid_length, table, table_length, &bytes, NULL, NULL);
  int code = result == 0 ? 0 : WSAGetLastError();
  ws.closesocket(socket);
  return code;
}

static const GUID good = RIO_TABLE_GUID;

static void query_as_documented(void) {
  RIO_EXTENSION_FUNCTION_TABLE table;
  expect_equal(ask(&good, sizeof good, &table, sizeof table), 0);
  expect_equal(table.cbSize, sizeof table);
}

static void query_into_a_small_table(void) {
  char table[104];
  expect_equal(ask(&good, sizeof good, table, sizeof table), WSAEFAULT);
}

static void query_with_a_short_guid(void) {
  RIO_EXTENSION_FUNCTION_TABLE table;
  expect_equal(ask(&good, 8, &table, sizeof table), WSAEFAULT);
}

static void query_with_another_guid(void) {
  RIO_EXTENSION_FUNCTION_TABLE table;
  GUID other = good;
  other.Data4[7] ^= 1;
  expect_equal(ask(&other, sizeof other, &table, sizeof table), WSAEINVAL);
}

/* ---- 2: the socket ---- */

static void refused_socket(SOCKET socket, int code) {
  uint64_t cq = rio.RIOCreateCompletionQueue(2 * SLOTS, NULL);
  expect(queue_on(socket, cq) == RIO_INVALID_RQ, 0);
  expect_error(code);
  ws.closesocket(socket);
  rio.RIOCloseCompletionQueue(cq);
}

static void socket_as_documented(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  bench_close(&bench);
}

static void probe_socket_that_is_never_bound(void) {
  SOCKET socket = unbound_socket();
  uint64_t cq = rio.RIOCreateCompletionQueue(2 * SLOTS, NULL);
  expect(queue_on(socket, cq) != RIO_INVALID_RQ, WSAGetLastError());
  ws.closesocket(socket);
  rio.RIOCloseCompletionQueue(cq);
}

static void socket_without_the_flag(void) {
  struct sockaddr_in address;
  refused_socket(ordinary_socket(&address), WSAEOPNOTSUPP);
}

static void socket_of_wsasocketw_without_the_flag(void) {
  refused_socket(ws.WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED),
                 WSAEOPNOTSUPP);
}

static void stream_socket(void) {
  const DWORD flags = WSA_FLAG_OVERLAPPED | WSA_FLAG_REGISTERED_IO;
  refused_socket(ws.WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, flags), WSAEOPNOTSUPP);
}

static void closed_socket(void) {
  SOCKET socket = unbound_socket();
  ws.closesocket(socket);
  refused_socket(socket, WSAENOTSOCK);
}

static void socket_without_overlapped(void) {
  SOCKET socket = ws.WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_REGISTERED_IO);
  expect(socket != INVALID_SOCKET, WSAGetLastError());
  ws.closesocket(socket);
}

/* ---- 5: buffer counts ---- */

static void counts_of_1(void) { socket_as_documented(); }

static void refused_counts(ULONG receive_buffers, ULONG send_buffers) {
  struct sockaddr_in address;
  SOCKET socket = registered_socket(&address);
  uint64_t cq = rio.RIOCreateCompletionQueue(2 * SLOTS, NULL);
  expect(rio.RIOCreateRequestQueue(socket, SLOTS, receive_buffers, SLOTS, send_buffers, cq, cq,
                                   0) == 0,
         0);
  expect_error(WSAEINVAL);
  ws.closesocket(socket);
  rio.RIOCloseCompletionQueue(cq);
}

static void two_receive_buffers(void) { refused_counts(2, 1); }

static void no_send_buffer(void) { refused_counts(1, 0); }

const struct probe probes_query_and_sockets[] = {
    PROBE(1, KEEPS, query_as_documented),
    PROBE(1, BREAKS, query_into_a_small_table),
    PROBE(1, BREAKS, query_with_a_short_guid),
    PROBE(1, BREAKS, query_with_another_guid),
    PROBE(2, KEEPS, socket_as_documented),
    PROBE(2, KEEPS, probe_socket_that_is_never_bound),
    PROBE(2, BREAKS, socket_without_the_flag),
    PROBE(2, BREAKS, socket_of_wsasocketw_without_the_flag),
    PROBE(2, BREAKS, stream_socket),
    PROBE(2, BREAKS, closed_socket),
    PROBE(2, BREAKS, socket_without_overlapped),
    PROBE(5, KEEPS, counts_of_1),
    PROBE(5, BREAKS, two_receive_buffers),
    PROBE(5, BREAKS, no_send_buffer),
    {0},
};
