/*
 * What the contenders in C share: arguments, sockets, counters and the way they talk to the driver,
 * which is that of io.rioreactive.benchmarks.contender.ContenderProcess.
 *
 * Arguments: SIZE SOCKETS BUFFER FLIP_INDEX FLIP_MASK, see Task.java. Once bound, a line of JSON with
 * the ports; after that a line with the counters for each line "stats" on the standard input, and the
 * end of the process with the end of the input.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, SLOT = 2048, LONGEST_HOLD = 1000000000 };

static int size, sockets, buffer, flip_index, flip_mask;
static long long received, sent; /* written by the main thread alone */

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void parse(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: %s SIZE SOCKETS BUFFER FLIP_INDEX FLIP_MASK\n", argv[0]);
    exit(2);
  }
  size = atoi(argv[1]), sockets = atoi(argv[2]), buffer = atoi(argv[3]);
  flip_index = atoi(argv[4]), flip_mask = atoi(argv[5]);
}

static int bound_socket(void) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) fail("socket");
  if (buffer) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  struct sockaddr_in self = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(fd, (struct sockaddr *)&self, sizeof self)) fail("bind");
  return fd;
}

static inline void add(long long *counter, long long n) {
  __atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

static void print_stats(void) {
  printf("{\"received\":%lld,\"sent\":%lld,\"allocated\":0,\"told\":-1}\n",
         __atomic_load_n(&received, __ATOMIC_RELAXED), __atomic_load_n(&sent, __ATOMIC_RELAXED));
  fflush(stdout);
}

static void *answer_driver(void *unused) {
  char line[100];
  while (fgets(line, sizeof line, stdin)) {
    if (!strcmp(line, "stats\n")) print_stats();
  }
  exit(0);
  return unused;
}

/* Says where it is bound. */
static void say_ready(const int *fds, int count, const char *transport) {
  printf("{\"transport\":\"%s\",\"ports\":[", transport);
  for (int i = 0; i < count; i++) {
    struct sockaddr_in self;
    socklen_t length = sizeof self;
    if (getsockname(fds[i], (struct sockaddr *)&self, &length)) fail("getsockname");
    printf("%s%d", i ? "," : "", ntohs(self.sin_port));
  }
  printf("]}\n");
  fflush(stdout);
}

/* The same; and a thread answers the driver from now on. */
static void ready(const int *fds, int count, const char *transport) {
  say_ready(fds, count, transport);
  pthread_t thread;
  if (pthread_create(&thread, NULL, answer_driver, NULL)) fail("pthread_create");
}

/* Counts a datagram. One that begins with a small negative number orders to hold for so many ns. */
static void on_datagram(const char *payload) {
  int64_t first;
  memcpy(&first, payload, sizeof first);
  first = (int64_t)be64toh((uint64_t)first);
  add(&received, 1);
  if (first < 0 && first >= -LONGEST_HOLD) {
    struct timespec pause = {-first / 1000000000, -first % 1000000000};
    nanosleep(&pause, NULL);
  }
}

/* All of 127.0.0.0/8 is this machine. */
static struct sockaddr_in peer_address(int index, int port) {
  uint32_t ip = 127u << 24 | 1u << 16 | (uint32_t)(index / 250) << 8 | (uint32_t)(1 + index % 250);
  return (struct sockaddr_in){.sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(ip)};
}

/* A batch of messages, each with a slot and room for its peer's address. */
static char payload[BATCH][SLOT];
static struct sockaddr_in peer[BATCH];
static struct iovec iov[BATCH];
static struct mmsghdr message[BATCH];

static void prepare_messages(void) {
  for (int i = 0; i < BATCH; i++) {
    iov[i] = (struct iovec){payload[i], SLOT};
    message[i].msg_hdr = (struct msghdr){.msg_name = &peer[i], .msg_iov = &iov[i], .msg_iovlen = 1};
  }
}

/* Takes a batch, or waits for one; without any, 0. */
static int receive_batch(int fd, int flags) {
  for (int i = 0; i < BATCH; i++) {
    message[i].msg_hdr.msg_namelen = sizeof peer[i];
    iov[i].iov_len = SLOT;
  }
  int n = recvmmsg(fd, message, BATCH, flags | MSG_TRUNC, NULL);
  if (n < 0 && errno != EAGAIN && errno != EINTR) fail("recvmmsg");
  return n < 0 ? 0 : n;
}
