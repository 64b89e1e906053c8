/* Rule 12: what is pending overlaps nothing, is not written and not read. */
#include "probe.h"

#include <string.h>

enum { PAGE = 4096 };

/* ---- 12: pending receives ---- */

static void neighbouring_slices(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  for (ULONG i = 0; i < SLOTS; i++) {
    RIO_BUF data = {bench.receive_id, i * 100, 100};
    expect(rio.RIOReceive(bench.rq, &data, 1, 0, i), WSAGetLastError());
    bench.outstanding++;
  }
  bench_close(&bench);
}

static void slot_used_between_its_posts(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  for (int round = 0; round < 3; round++) {
    memset(bench.receive_memory, round, STRIDE);
    post_receive(&bench, 0, 0);
    peer_send(&bench, "hello");
    expect_equal(take(&bench).BytesTransferred, 5);
    expect(memcmp(bench.receive_memory, "hello", 5) == 0, bench.receive_memory[0]);
  }
  bench_close(&bench);
}

static void protected_slot_used_between_its_posts(void) {
  control("protect on");
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF data = {bench.receive_id, 0, PAGE};
  for (int round = 0; round < 3; round++) {
    memset(bench.receive_memory, round, PAGE);
    expect(rio.RIOReceive(bench.rq, &data, 1, 0, 0), WSAGetLastError());
    bench.outstanding++;
    MEMORY_BASIC_INFORMATION info;
    VirtualQuery(bench.receive_memory, &info, sizeof info);
    expect_equal(info.Protect, PAGE_NOACCESS);
    peer_send(&bench, "hello");
    expect_equal(take(&bench).BytesTransferred, 5);
    expect(memcmp(bench.receive_memory, "hello", 5) == 0, bench.receive_memory[0]);
  }
  bench_close(&bench);
}

static void overlapping_receives(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF first = {bench.receive_id, 0, 100}, second = {bench.receive_id, 99, 100};
  expect(rio.RIOReceive(bench.rq, &first, 1, 0, 0), WSAGetLastError());
  expect(rio.RIOReceive(bench.rq, &second, 1, 0, 0), WSAGetLastError());
  bench.outstanding += 2;
  bench_close(&bench);
}

static void receives_with_one_address_slice(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF address = receive_address(&bench, 0);
  for (int i = 0; i < 2; i++) {
    RIO_BUF data = receive_slice(&bench, i);
    expect(rio.RIOReceiveEx(bench.rq, &data, 1, NULL, &address, NULL, NULL, 0, 0),
           WSAGetLastError());
    bench.outstanding++;
  }
  bench_close(&bench);
}

static void address_slice_inside_the_data(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF data = receive_slice(&bench, 0), address = {bench.receive_id, SLOT - 1, 28};
  expect(rio.RIOReceiveEx(bench.rq, &data, 1, NULL, &address, NULL, NULL, 0, 0), WSAGetLastError());
  bench.outstanding++;
  bench_close(&bench);
}

static void send_from_a_posted_slot(void) {
  control("exclusivity slice");
  struct bench bench = bench_open(BENCH_POLLED);
  post_receive(&bench, 0, 0);
  RIO_BUF data = receive_slice(&bench, 0), address = send_address(&bench, 0);
  expect(rio.RIOSendEx(bench.rq, &data, 1, NULL, &address, NULL, NULL, 0, 0), WSAGetLastError());
  bench.outstanding++;
  bench_close(&bench);
}

static void reply_with_the_address_of_a_posted_slot(void) {
  control("exclusivity slice");
  struct bench bench = bench_open(BENCH_POLLED);
  post_receive(&bench, 0, 0);
  memcpy(bench.send_memory, "x", 1);
  RIO_BUF data = send_slice(&bench, 0, 1), address = receive_address(&bench, 0);
  expect(rio.RIOSendEx(bench.rq, &data, 1, NULL, &address, NULL, NULL, 0, 0), WSAGetLastError());
  bench.outstanding++;
  bench_close(&bench);
}

static void write_to_posted(size_t offset) {
  struct bench bench = bench_open(BENCH_POLLED);
  post_receive(&bench, 0, 0);
  bench.receive_memory[offset]++;
  peer_send(&bench, "hello");
  take(&bench);
  bench_close(&bench);
}

static void first_byte_of_a_posted_slot_written(void) { write_to_posted(0); }

static void last_byte_of_a_posted_slot_written(void) { write_to_posted(SLOT - 1); }

static void posted_address_written(void) { write_to_posted(SLOT + 27); }

static void posted_slot_written_before_closesocket(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  post_receive(&bench, 0, 0);
  bench.receive_memory[1] = 0;
  bench_close(&bench);
}

static void pending_send_written(void) {
  control("hold-sends on");
  struct bench bench = bench_open(BENCH_POLLED);
  post_send(&bench, 0, "hello", 0);
  bench.send_memory[4] = '!';
  control("hold-sends off");
  take(&bench);
  bench_close(&bench);
}

static void touch_protected(bool write) {
  control("protect on");
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF data = {bench.receive_id, 0, PAGE};
  expect(rio.RIOReceive(bench.rq, &data, 1, 0, 0), WSAGetLastError());
  bench.outstanding++;
  volatile char *slot = bench.receive_memory;
  char read = slot[100];
  if (write) slot[101] = read;
  bench_close(&bench);
}

static void protected_slot_read(void) { touch_protected(false); }

static void protected_slot_written(void) { touch_protected(true); }

const struct probe probes_pending[] = {
    PROBE(12, KEEPS, neighbouring_slices),
    PROBE(12, KEEPS, slot_used_between_its_posts),
    PROBE(12, KEEPS, protected_slot_used_between_its_posts),
    PROBE(12, BREAKS, overlapping_receives),
    PROBE(12, BREAKS, receives_with_one_address_slice),
    PROBE(12, BREAKS, address_slice_inside_the_data),
    PROBE(12, BREAKS, send_from_a_posted_slot),
    PROBE(12, BREAKS, reply_with_the_address_of_a_posted_slot),
    PROBE(12, BREAKS, first_byte_of_a_posted_slot_written),
    PROBE(12, BREAKS, last_byte_of_a_posted_slot_written),
    PROBE(12, BREAKS, posted_address_written),
    PROBE(12, BREAKS, posted_slot_written_before_closesocket),
    PROBE(12, BREAKS, pending_send_written),
    PROBE(12, BREAKS, protected_slot_read),
    PROBE(12, BREAKS, protected_slot_written),
    {0},
};
