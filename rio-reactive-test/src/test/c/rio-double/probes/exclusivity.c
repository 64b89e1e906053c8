/* Rule 13: what else may refer to the registration of a pending send. */
#include "probe.h"

/* ---- 13: sends ---- */

static void two_sends_of_two_registrations(void) {
  control("hold-sends on");
  struct bench bench = bench_open(BENCH_POLLED);
  post_receive(&bench, 0, 0);
  post_send(&bench, 0, "one", 0);
  post_send(&bench, 1, "two", 0);
  control("hold-sends off");
  bench_close(&bench);
}

static void send_repeated_after_its_completion(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  for (int round = 0; round < 3; round++) {
    post_send(&bench, 0, "again", 0);
    expect_equal(take(&bench).Status, 0);
  }
  bench_close(&bench);
}

static void two_slices(const char *level, ULONG second_offset) {
  control("hold-sends on");
  control(level);
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF first = {bench.send_id[0], 0, 100}, second = {bench.send_id[0], second_offset, 100};
  RIO_BUF address = send_address(&bench, 1), another = send_address(&bench, 2);
  expect(rio.RIOSendEx(bench.rq, &first, 1, NULL, &address, NULL, NULL, 0, 0), WSAGetLastError());
  expect(rio.RIOSendEx(bench.rq, &second, 1, NULL, &another, NULL, NULL, 0, 0), WSAGetLastError());
  bench.outstanding += 2;
  control("hold-sends off");
  bench_close(&bench);
}

static void one_registration_where_only_slices_count(void) { two_slices("exclusivity slice", 100); }

static void one_slice_where_only_slices_count(void) { two_slices("exclusivity slice", 99); }

static void one_registration(void) { two_slices("exclusivity registration", 100); }

static void one_registration_strictly(void) { two_slices("exclusivity strict", 100); }

static void shared_address_registration(const char *level) {
  control("hold-sends on");
  control(level);
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF address = send_address(&bench, 2);
  for (int i = 0; i < 2; i++) {
    RIO_BUF data = send_slice(&bench, i, 10);
    expect(rio.RIOSendEx(bench.rq, &data, 1, NULL, &address, NULL, NULL, 0, 0), WSAGetLastError());
    bench.outstanding++;
  }
  control("hold-sends off");
  bench_close(&bench);
}

static void one_address_where_registrations_of_data_count(void) {
  shared_address_registration("exclusivity registration");
}

static void one_address_registration_strictly(void) {
  shared_address_registration("exclusivity strict");
}

static void receive_into_the_registration_of_a_send(void) {
  control("hold-sends on");
  struct bench bench = bench_open(BENCH_POLLED);
  post_send(&bench, 0, "hello", 0);
  RIO_BUF data = {bench.send_id[0], 3000, 100};
  expect(rio.RIOReceive(bench.rq, &data, 1, 0, 0), WSAGetLastError());
  bench.outstanding++;
  control("hold-sends off");
  bench_close(&bench);
}

static void send_repeated_before_its_dequeue(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  post_send(&bench, 0, "again", 0);
  for (int i = 0; i < 2000 && RioDoubleCount("completions") == 0; i++) Sleep(1);
  post_send(&bench, 0, "again", 0);
  bench_close(&bench);
}

const struct probe probes_exclusivity[] = {
    PROBE(13, KEEPS, two_sends_of_two_registrations),
    PROBE(13, KEEPS, send_repeated_after_its_completion),
    PROBE(13, KEEPS, one_registration_where_only_slices_count),
    PROBE(13, KEEPS, one_address_where_registrations_of_data_count),
    PROBE(13, BREAKS, one_slice_where_only_slices_count),
    PROBE(13, BREAKS, one_registration),
    PROBE(13, BREAKS, one_registration_strictly),
    PROBE(13, BREAKS, one_address_registration_strictly),
    PROBE(13, BREAKS, receive_into_the_registration_of_a_send),
    PROBE(13, BREAKS, send_repeated_before_its_dequeue),
    {0},
};
