/* Rule 21: injected faults. */
#include "probe.h"

#include <stdio.h>
#include <string.h>

/* ---- 21: injected faults ---- */

static void injected_receive_status(void) {
  const int codes[] = {WSAENETRESET, WSAECONNRESET, WSAENOBUFS, WSA_OPERATION_ABORTED};
  struct bench bench = bench_open(BENCH_POLLED);
  for (int i = 0; i < 4; i++) {
    char command[60];
    snprintf(command, sizeof command, "fault receive %d", codes[i]);
    control(command);
    post_receive(&bench, i, 0); /* no datagram is needed, and none is lost */
    expect_equal(take(&bench).Status, codes[i]);
  }
  post_receive(&bench, 4, 0);
  control("fault receive 10054 after 1 times 2"); /* of receives that wait already, too */
  post_receive(&bench, 5, 0);
  post_receive(&bench, 6, 0);
  post_receive(&bench, 7, 0);
  peer_send(&bench, "x");
  expect_equal(take(&bench).Status, 0);
  expect_equal(take(&bench).Status, WSAECONNRESET);
  expect_equal(take(&bench).Status, WSAECONNRESET);
  expect(!completes_soon(&bench), 1);
  bench_close(&bench);
}

static void injected_truncation(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  control("fault receive 10040");
  post_receive(&bench, 0, 0);
  expect(!completes_soon(&bench), 1); /* only a datagram can be too long */
  peer_send(&bench, "hello");
  expect_equal(take(&bench).Status, WSAEMSGSIZE);
  expect(memcmp(bench.receive_memory, "hello\0\0", 7) == 0, bench.receive_memory[5]);
  post_receive(&bench, 0, 0);
  peer_send(&bench, "hello");
  expect_equal(take(&bench).Status, 0);
  bench_close(&bench);
}

static void injected_send_status(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  control("fault send 10055 after 1");
  post_send(&bench, 0, "one", 0);
  post_send(&bench, 1, "two", 0);
  post_send(&bench, 2, "three", 0);
  expect_equal(take(&bench).Status, 0);
  expect_equal(take(&bench).Status, WSAENOBUFS);
  expect_equal(take(&bench).Status, 0);
  char text[10] = {0};
  expect_equal(peer_receive(&bench, text, sizeof text), 3);
  expect_equal(peer_receive(&bench, text, sizeof text), 5); /* the failed one was never sent */
  bench_close(&bench);
}

static void injected_post_failures(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF data = receive_slice(&bench, 0), text = send_slice(&bench, 0, 5),
          address = send_address(&bench, 0);
  control("fault post-receive 10055");
  expect(!rio.RIOReceive(bench.rq, &data, 1, 0, 0), 0);
  expect_error(WSAENOBUFS);
  control("fault post-receive 997"); /* FALSE with 997 is a started request */
  expect(!rio.RIOReceive(bench.rq, &data, 1, 0, 0), 0);
  expect_error(WSA_IO_PENDING);
  bench.outstanding++;
  control("fault post-send 997");
  expect(!rio.RIOSendEx(bench.rq, &text, 1, NULL, &address, NULL, NULL, 0, SEND_BIT), 0);
  expect_error(WSA_IO_PENDING);
  bench.outstanding++;
  expect_equal(take(&bench).RequestContext, SEND_BIT);
  peer_send(&bench, "x");
  expect_equal(take(&bench).RequestContext, 0);
  bench_close(&bench);
}

static void injected_refusals(void) {
  char *memory = pages(4096);
  control("fault register 10055");
  expect(rio.RIORegisterBuffer(memory, 4096) == RIO_INVALID_BUFFERID, 0);
  expect_error(WSAENOBUFS);
  VirtualFree(memory, 0, MEM_RELEASE);
  control("fault create-cq 10055");
  expect(rio.RIOCreateCompletionQueue(1, NULL) == RIO_INVALID_CQ, 0);
  expect_error(WSAENOBUFS);
  control("fault socket 10022");
  expect(unbound_socket() == INVALID_SOCKET, 0);
  expect_error(WSAEINVAL);
  uint64_t cq = rio.RIOCreateCompletionQueue(2, NULL);
  struct sockaddr_in address;
  SOCKET socket = registered_socket(&address);
  control("fault create-rq 10045 times 2");
  for (int i = 0; i < 2; i++) {
    expect(rio.RIOCreateRequestQueue(socket, 1, 1, 1, 1, cq, cq, 0) == RIO_INVALID_RQ, 0);
    expect_error(WSAEOPNOTSUPP);
  }
  expect(rio.RIOCreateRequestQueue(socket, 1, 1, 1, 1, cq, cq, 0) != RIO_INVALID_RQ,
         WSAGetLastError());
  control("fault resize-cq 10055");
  expect(!rio.RIOResizeCompletionQueue(cq, 4), 0);
  expect_error(WSAENOBUFS);
  control("fault query 10045");
  RIO_EXTENSION_FUNCTION_TABLE table;
  GUID guid = RIO_TABLE_GUID;
  DWORD bytes;
  expect(ws.WSAIoctl(socket, SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, &guid, sizeof guid,
                     &table, sizeof table, &bytes, NULL, NULL) != 0,
         0);
  expect_error(WSAEOPNOTSUPP);
  ws.closesocket(socket);
  rio.RIOCloseCompletionQueue(cq);
}

static void injected_notify_failure(void) {
  struct bench bench = bench_open(BENCH_EVENT);
  control("fault notify 10022");
  expect_equal(rio.RIONotify(bench.cq), WSAEINVAL);
  expect_equal(rio.RIONotify(bench.cq), 0);
  bench_close(&bench);
}

static void injected_corrupt_queue(void) {
  uint64_t cq = rio.RIOCreateCompletionQueue(2, NULL);
  RIORESULT result;
  control("fault corrupt-cq");
  expect_equal(rio.RIODequeueCompletion(cq, &result, 1), RIO_CORRUPT_CQ);
  expect_equal(rio.RIODequeueCompletion(cq, &result, 1), RIO_CORRUPT_CQ); /* for good */
  rio.RIOCloseCompletionQueue(cq);
}

static void held_completions(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  control("hold-receives on");
  control("hold-sends on");
  post_receive(&bench, 0, 0);
  post_send(&bench, 0, "hello", 0);
  peer_send(&bench, "x");
  expect(!completes_soon(&bench), 1);
  control("hold-receives off");
  expect_equal(take(&bench).RequestContext, 0);
  expect(!completes_soon(&bench), 1);
  control("hold-sends off");
  expect_equal(take(&bench).RequestContext, SEND_BIT);
  bench_close(&bench);
}

const struct probe probes_faults[] = {
    PROBE(21, KEEPS, injected_receive_status),
    PROBE(21, KEEPS, injected_truncation),
    PROBE(21, KEEPS, injected_send_status),
    PROBE(21, KEEPS, injected_post_failures),
    PROBE(21, KEEPS, injected_refusals),
    PROBE(21, KEEPS, injected_notify_failure),
    PROBE(21, KEEPS, injected_corrupt_queue),
    PROBE(21, KEEPS, held_completions),
    {0},
};
