/* Rules 15 and 16: threads and notifications. */
#include "probe.h"

/* ---- 15: threads ---- */

static struct {
  struct bench bench;
  volatile LONG ready, stop;
} shared;

static bool noticed(void) { return RioDoubleCount("violations") > 0; }

/* Runs `first` here and `second` on another thread until the double notices them inside at once, or
 * for 5 s. */
static void together(void (*first)(void), LPTHREAD_START_ROUTINE second) {
  shared.stop = shared.ready = 0;
  HANDLE thread = CreateThread(NULL, 0, second, NULL, 0, NULL);
  while (!shared.ready) Sleep(0);
  ULONGLONG end = GetTickCount64() + 5000;
  while (!noticed() && GetTickCount64() < end) first();
  shared.stop = 1;
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
}

static void dequeue_nothing(void) {
  RIORESULT result;
  for (int i = 0; i < 100; i++) rio.RIODequeueCompletion(shared.bench.cq, &result, 1);
}

static DWORD WINAPI dequeue_on_another_thread(void *unused) {
  (void)unused;
  shared.ready = 1;
  while (!shared.stop) dequeue_nothing();
  return 0;
}

static DWORD WINAPI commit_on_another_thread(void *unused) {
  (void)unused;
  shared.ready = 1;
  while (!shared.stop) {
    for (int i = 0; i < 100; i++) rio.RIOReceive(shared.bench.rq, NULL, 0, RIO_MSG_COMMIT_ONLY, 0);
  }
  return 0;
}

/* A full queue refuses without a trace but for rule 6, so posts that fail for their fault are used.
 */
static void post_in_vain(void) {
  RIO_BUF data = receive_slice(&shared.bench, 0);
  for (int i = 0; i < 100; i++) rio.RIOReceive(shared.bench.rq, &data, 1, 0, 0);
}

static DWORD WINAPI post_on_another_thread(void *unused) {
  (void)unused;
  shared.ready = 1;
  while (!shared.stop) post_in_vain();
  return 0;
}

static void different_queues_on_two_threads(void) {
  shared.bench = bench_open(BENCH_POLLED);
  control("fault post-receive 10055 times 1000000000");
  HANDLE thread = (shared.stop = shared.ready = 0,
                   CreateThread(NULL, 0, dequeue_on_another_thread, NULL, 0, NULL));
  while (!shared.ready) Sleep(0);
  for (int i = 0; i < 100; i++) post_in_vain();
  shared.stop = 1;
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  bench_close(&shared.bench);
}

static void commits_beside_posts(void) {
  shared.bench = bench_open(BENCH_POLLED);
  control("fault post-receive 10055 times 1000000000");
  HANDLE thread = (shared.stop = shared.ready = 0,
                   CreateThread(NULL, 0, commit_on_another_thread, NULL, 0, NULL));
  while (!shared.ready) Sleep(0);
  for (int i = 0; i < 100; i++) post_in_vain();
  shared.stop = 1;
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  bench_close(&shared.bench);
}

static void two_dequeues_at_once(void) {
  shared.bench = bench_open(BENCH_POLLED);
  together(dequeue_nothing, dequeue_on_another_thread);
  bench_close(&shared.bench);
}

static void two_posts_at_once(void) {
  shared.bench = bench_open(BENCH_POLLED);
  control("fault post-receive 10055 times 1000000000");
  together(post_in_vain, post_on_another_thread);
  bench_close(&shared.bench);
}

/* ---- 16: notifications ---- */

static void port_notification_once_for_each_arming(void) {
  struct bench bench = bench_open(BENCH_PORT);
  post_receive(&bench, 0, 0);
  post_receive(&bench, 1, 0);
  peer_send(&bench, "one");
  expect(!wait_port(&bench, 100), 1); /* not armed */
  take(&bench);
  expect_equal(rio.RIONotify(bench.cq), 0);
  peer_send(&bench, "two");
  expect(wait_port(&bench, 5000), 0);
  post_receive(&bench, 2, 0);
  peer_send(&bench, "three");
  expect(!wait_port(&bench, 100), 1); /* once only */
  expect_equal(rio.RIONotify(bench.cq), 0);
  expect(wait_port(&bench, 5000), 0); /* at once: not empty */
  bench_close(&bench);
}

static void event_notification_resets_the_event(void) {
  struct bench bench = bench_open(BENCH_EVENT);
  post_receive(&bench, 0, 0);
  SetEvent(bench.event);
  expect_equal(rio.RIONotify(bench.cq), 0);
  expect(!wait_event(&bench, 50), 1);
  peer_send(&bench, "one");
  expect(wait_event(&bench, 5000), 0);
  bench_close(&bench);
}

static void no_notification_for_dont_notify(void) {
  struct bench bench = bench_open(BENCH_EVENT);
  post_send(&bench, 0, "silent", RIO_MSG_DONT_NOTIFY);
  take(&bench);
  expect_equal(rio.RIONotify(bench.cq), 0);
  post_send(&bench, 0, "silent", RIO_MSG_DONT_NOTIFY);
  expect(!wait_event(&bench, 100), 1);
  post_send(&bench, 1, "loud", 0);
  expect(wait_event(&bench, 5000), 0);
  bench_close(&bench);
}

static void armed_twice(void) {
  struct bench bench = bench_open(BENCH_EVENT);
  expect_equal(rio.RIONotify(bench.cq), 0);
  expect_equal(rio.RIONotify(bench.cq), WSAEALREADY);
  bench_close(&bench);
}

static void polling_queue_armed(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  expect_equal(rio.RIONotify(bench.cq), WSAEINVAL);
  bench_close(&bench);
}

const struct probe probes_threads[] = {
    PROBE(15, KEEPS, different_queues_on_two_threads),
    PROBE(15, KEEPS, commits_beside_posts),
    PROBE(15, BREAKS, two_dequeues_at_once),
    PROBE(15, BREAKS, two_posts_at_once),
    PROBE(16, KEEPS, port_notification_once_for_each_arming),
    PROBE(16, KEEPS, event_notification_resets_the_event),
    PROBE(16, KEEPS, no_notification_for_dont_notify),
    PROBE(16, BREAKS, armed_twice),
    PROBE(16, BREAKS, polling_queue_armed),
    {0},
};
