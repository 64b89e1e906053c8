/* Rules 19, 20 and 22: order, batches, lengths. */
#include "probe.h"

#include <string.h>

/* ---- 19: order ---- */

static bool completed(long long n) {
  for (int i = 0; i < 5000 && RioDoubleCount("completions") < n; i++) Sleep(1);
  return RioDoubleCount("completions") >= n;
}

/* How many of the sends come out of their order of posting. */
static int displaced_sends(struct bench *bench) {
  int displaced = 0;
  unsigned seen = 0;
  for (int i = 0; i < SLOTS; i++) post_send(bench, i, "x", 0);
  expect(completed(SLOTS), RioDoubleCount("completions"));
  for (uint64_t i = 0; i < SLOTS; i++) {
    uint64_t slot = take(bench).RequestContext & 0xFF;
    displaced += slot != i;
    seen |= 1u << slot;
  }
  expect_equal(seen, (1u << SLOTS) - 1);
  return displaced;
}

static void completions_in_post_order(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  expect_equal(displaced_sends(&bench), 0);
  for (int i = 0; i < SLOTS; i++) post_receive(&bench, i, 0);
  for (uint64_t i = 0; i < SLOTS; i++) {
    peer_send(&bench, "x");
    expect_equal(take(&bench).RequestContext, i);
  }
  bench_close(&bench);
}

static void completions_shuffled(void) {
  control("order shuffled");
  struct bench bench = bench_open(BENCH_POLLED);
  expect(displaced_sends(&bench) > 0, 0);
  bench_close(&bench);
}

static void receives_shuffled_but_each_in_its_slot(void) {
  control("order shuffled");
  struct bench bench = bench_open(BENCH_POLLED);
  int displaced = 0;
  for (int i = 0; i < SLOTS; i++) post_receive(&bench, i, 0);
  for (uint64_t i = 0; i < SLOTS; i++) {
    char text[2] = {(char)('a' + i), 0};
    peer_send(&bench, text);
    RIORESULT result = take(&bench);
    displaced += result.RequestContext != i;
    expect_equal(bench.receive_memory[result.RequestContext * STRIDE], text[0]);
  }
  expect(displaced > 0, displaced);
  bench_close(&bench);
}

static void same_seed_same_order(void) {
  uint64_t orders[2] = {0, 0};
  for (int round = 0; round < 2; round++) {
    control("order shuffled");
    control("seed 12345");
    struct bench bench = bench_open(BENCH_POLLED);
    long long before = RioDoubleCount("completions");
    for (int i = 0; i < SLOTS; i++) post_send(&bench, i, "x", 0);
    expect(completed(before + SLOTS), 0);
    for (int i = 0; i < SLOTS; i++)
      orders[round] = orders[round] * 16 + (take(&bench).RequestContext & 0xFF);
    bench_close(&bench);
  }
  expect_equal(orders[0], orders[1]);
}

/* ---- 20: batches ---- */

static void partial_dequeues(void) {
  control("partial on");
  struct bench bench = bench_open(BENCH_POLLED);
  RIORESULT results[SLOTS];
  ULONG smallest = SLOTS;
  for (int round = 0; round < 10; round++) {
    long long before = RioDoubleCount("completions");
    for (int i = 0; i < SLOTS; i++) post_send(&bench, i, "x", 0);
    expect(completed(before + SLOTS), 0);
    while (bench.outstanding > 0) {
      ULONG n = dequeue(&bench, results, SLOTS);
      expect(n >= 1 && n <= SLOTS, n); /* never nothing while there is something */
      if (n < smallest) smallest = n;
    }
  }
  expect(smallest < SLOTS, smallest);
  bench_close(&bench);
}

static void full_dequeues_otherwise(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIORESULT results[SLOTS];
  for (int i = 0; i < SLOTS; i++) post_send(&bench, i, "x", 0);
  expect(completed(SLOTS), 0);
  expect_equal(dequeue(&bench, results, SLOTS), SLOTS);
  bench_close(&bench);
}

/* The loop without a lost wake-up passes through an empty dequeue, and comes back at once. */
static void empty_dequeue_after_a_notification(void) {
  control("spurious on");
  struct bench bench = bench_open(BENCH_EVENT);
  RIORESULT result;
  post_receive(&bench, 0, 0);
  expect_equal(rio.RIONotify(bench.cq), 0);
  peer_send(&bench, "x");
  expect(wait_event(&bench, 5000), 0);
  expect_equal(dequeue(&bench, &result, 1), 0);
  expect_equal(rio.RIONotify(bench.cq), 0);
  expect(wait_event(&bench, 5000), 0);
  expect_equal(dequeue(&bench, &result, 1), 1);
  bench_close(&bench);
}

/* ---- 22: lengths ---- */

static RIORESULT receive_of_length(struct bench *bench, int length) {
  char text[SLOT + 1];
  memset(text, 'z', sizeof text);
  post_receive(bench, 0, 0);
  ws.sendto(bench->peer, text, length, 0, (struct sockaddr *)&bench->address,
            sizeof bench->address);
  return take(bench);
}

static void lengths_up_to_the_slot(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  const int lengths[] = {0, 1, SLOT - 1, SLOT};
  for (int i = 0; i < 4; i++) {
    RIORESULT result = receive_of_length(&bench, lengths[i]);
    expect_equal(result.Status, 0);
    expect_equal((int)result.BytesTransferred, lengths[i]);
  }
  bench_close(&bench);
}

static void one_byte_more_than_the_slot(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  for (int i = 0; i < 4; i++) {
    RIORESULT result = receive_of_length(&bench, SLOT + 1);
    expect_equal(result.Status, WSAEMSGSIZE);
    expect_equal(bench.receive_memory[SLOT - 1], 'z');
    expect(bench.receive_memory[SLOT] != 'z', 0);
  }
  expect_equal(receive_of_length(&bench, 3).BytesTransferred, 3);
  bench_close(&bench);
}

static void sends_of_all_lengths(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  const DWORD lengths[] = {0, 1, 1500};
  static char text[2000];
  for (int i = 0; i < 3; i++) {
    RIO_BUF data = send_slice(&bench, 0, lengths[i]), address = send_address(&bench, 0);
    expect(rio.RIOSendEx(bench.rq, &data, 1, NULL, &address, NULL, NULL, 0, 0), WSAGetLastError());
    bench.outstanding++;
    RIORESULT result = take(&bench);
    expect_equal(result.Status, 0);
    expect_equal(result.BytesTransferred, lengths[i]);
    expect_equal(peer_receive(&bench, text, sizeof text), (int)lengths[i]);
  }
  bench_close(&bench);
}

const struct probe probes_order[] = {
    PROBE(19, KEEPS, completions_in_post_order),
    PROBE(19, KEEPS, completions_shuffled),
    PROBE(19, KEEPS, receives_shuffled_but_each_in_its_slot),
    PROBE(19, KEEPS, same_seed_same_order),
    PROBE(20, KEEPS, partial_dequeues),
    PROBE(20, KEEPS, full_dequeues_otherwise),
    PROBE(20, KEEPS, empty_dequeue_after_a_notification),
    PROBE(22, KEEPS, lengths_up_to_the_slot),
    PROBE(22, KEEPS, one_byte_more_than_the_slot),
    PROBE(22, KEEPS, sends_of_all_lengths),
    {0},
};
