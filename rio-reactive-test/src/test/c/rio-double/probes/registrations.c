/* Rules 7 and 14: registrations, slices, and memory that is gone. */
#include "probe.h"

enum { PAGE = 4096 };

/* ---- 7: registrations and slices ---- */

static void slice_to_the_last_byte(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF data = {bench.receive_id, SLOTS * STRIDE - 100, 100};
  expect(rio.RIOReceive(bench.rq, &data, 1, 0, 0), WSAGetLastError());
  bench.outstanding++;
  bench_close(&bench);
}

static void refused_slice(RIO_BUF data, struct bench *bench, int code) {
  expect(!rio.RIOReceive(bench->rq, &data, 1, 0, 0), 0);
  expect_error(code);
  bench_close(bench);
}

static void slice_one_byte_too_long(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  refused_slice((RIO_BUF){bench.receive_id, SLOTS * STRIDE - 100, 101}, &bench, WSAEINVAL);
}

static void slice_whose_end_wraps(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  refused_slice((RIO_BUF){bench.receive_id, 0xFFFFFFF0u, 0x20}, &bench, WSAEINVAL);
}

static void address_slice_outside(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF data = receive_slice(&bench, 0), address = {bench.receive_id, SLOTS * STRIDE - 10, 28};
  expect(!rio.RIOReceiveEx(bench.rq, &data, 1, NULL, &address, NULL, NULL, 0, 0), 0);
  expect_error(WSAEINVAL);
  bench_close(&bench);
}

static void slice_of_a_deregistered_id(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  char *memory = pages(PAGE);
  uint64_t id = register_buffer(memory, PAGE);
  rio.RIODeregisterBuffer(id);
  VirtualFree(memory, 0, MEM_RELEASE);
  refused_slice((RIO_BUF){id, 0, 100}, &bench, WSAEFAULT);
}

static void slice_of_the_invalid_id(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  refused_slice((RIO_BUF){RIO_INVALID_BUFFERID, 0, 100}, &bench, WSAEFAULT);
}

static void registration_of_nothing(void) {
  char *memory = pages(PAGE);
  expect(rio.RIORegisterBuffer(memory, 0) == RIO_INVALID_BUFFERID, 0);
  expect_error(WSAEINVAL);
  VirtualFree(memory, 0, MEM_RELEASE);
}

static void registration_of_freed_memory(void) {
  char *memory = pages(PAGE);
  VirtualFree(memory, 0, MEM_RELEASE);
  expect(rio.RIORegisterBuffer(memory, PAGE) == RIO_INVALID_BUFFERID, 0);
  expect_error(WSAEFAULT);
}

static void deregistration_twice(void) {
  char *memory = pages(PAGE);
  uint64_t id = register_buffer(memory, PAGE);
  rio.RIODeregisterBuffer(id);
  rio.RIODeregisterBuffer(id);
  VirtualFree(memory, 0, MEM_RELEASE);
}

static void deregistration_of_the_invalid_id(void) {
  rio.RIODeregisterBuffer(RIO_INVALID_BUFFERID);
}

/* ---- 14: gone while pending ---- */

static void deregistration_after_the_drain(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  for (int i = 0; i < SLOTS; i++) post_receive(&bench, i, 0);
  bench_close(&bench);
}

static void deregistration_under_a_receive(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  post_receive(&bench, 0, 0);
  rio.RIODeregisterBuffer(bench.receive_id);
  bench.receive_id = RIO_INVALID_BUFFERID;
  bench_close(&bench);
}

static void deregistration_between_closesocket_and_dequeue(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  post_receive(&bench, 0, 0);
  ws.closesocket(bench.socket);
  rio.RIODeregisterBuffer(bench.receive_id);
  bench.receive_id = RIO_INVALID_BUFFERID;
  bench_drain(&bench);
  bench_free(&bench);
}

static void deregistration_under_a_send(void) {
  control("hold-sends on");
  struct bench bench = bench_open(BENCH_POLLED);
  post_send(&bench, 0, "hello", 0);
  rio.RIODeregisterBuffer(bench.send_id[0]);
  bench.send_id[0] = RIO_INVALID_BUFFERID;
  control("hold-sends off");
  bench_close(&bench);
}

static void memory_freed_under_a_receive(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  char *memory = pages(PAGE);
  uint64_t id = register_buffer(memory, PAGE);
  RIO_BUF data = {id, 0, PAGE};
  expect(rio.RIOReceive(bench.rq, &data, 1, 0, 0), WSAGetLastError());
  bench.outstanding++;
  VirtualFree(memory, 0, MEM_RELEASE);
  peer_send(&bench, "hello");
  take(&bench);
  rio.RIODeregisterBuffer(id);
  bench_close(&bench);
}

static void memory_freed_under_a_send(void) {
  control("hold-sends on");
  struct bench bench = bench_open(BENCH_POLLED);
  char *memory = pages(PAGE);
  uint64_t id = register_buffer(memory, PAGE);
  RIO_BUF data = {id, 0, 100}, address = send_address(&bench, 0);
  expect(rio.RIOSendEx(bench.rq, &data, 1, NULL, &address, NULL, NULL, 0, 0), WSAGetLastError());
  bench.outstanding++;
  VirtualFree(memory, 0, MEM_RELEASE);
  control("hold-sends off");
  take(&bench);
  rio.RIODeregisterBuffer(id);
  bench_close(&bench);
}

const struct probe probes_registrations[] = {
    PROBE(7, KEEPS, slice_to_the_last_byte),
    PROBE(7, KEEPS, deregistration_of_the_invalid_id),
    PROBE(7, BREAKS, slice_one_byte_too_long),
    PROBE(7, BREAKS, slice_whose_end_wraps),
    PROBE(7, BREAKS, address_slice_outside),
    PROBE(7, BREAKS, slice_of_a_deregistered_id),
    PROBE(7, BREAKS, slice_of_the_invalid_id),
    PROBE(7, BREAKS, registration_of_nothing),
    PROBE(7, BREAKS, registration_of_freed_memory),
    PROBE(7, BREAKS, deregistration_twice),
    PROBE(14, KEEPS, deregistration_after_the_drain),
    PROBE(14, BREAKS, deregistration_under_a_receive),
    PROBE(14, BREAKS, deregistration_between_closesocket_and_dequeue),
    PROBE(14, BREAKS, deregistration_under_a_send),
    PROBE(14, BREAKS, memory_freed_under_a_receive),
    PROBE(14, BREAKS, memory_freed_under_a_send),
    {0},
};
