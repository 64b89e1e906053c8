/*
 * The ceiling of the mechanism: takes waiting datagrams from a UDP socket with recvmmsg, 64 at a
 * time, and reads 8 bytes of each, as the Java contenders do.
 *
 * Prints the port it is bound to. For each number read from standard input it receives that many
 * datagrams, which wait in the socket already, and prints the nanoseconds of CPU that took.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, SLOT = 2048 };

static char payload[BATCH][SLOT];
static struct sockaddr_in peer[BATCH];
static struct iovec iov[BATCH];
static struct mmsghdr message[BATCH];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t cpu_nanos(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)) fail("clock_gettime");
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(void) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) fail("socket");
  int size = 64 << 20;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  struct sockaddr_in self = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof self;
  if (bind(fd, (struct sockaddr *)&self, length)) fail("bind");
  if (getsockname(fd, (struct sockaddr *)&self, &length)) fail("getsockname");
  printf("%d\n", ntohs(self.sin_port));
  fflush(stdout);

  for (int i = 0; i < BATCH; i++) {
    iov[i] = (struct iovec){payload[i], SLOT};
    message[i].msg_hdr = (struct msghdr){.msg_name = &peer[i], .msg_iov = &iov[i], .msg_iovlen = 1};
  }
  uint64_t sum = 0;
  long count;
  while (scanf("%ld", &count) == 1) {
    int64_t start = cpu_nanos();
    for (long left = count; left > 0;) {
      for (int i = 0; i < BATCH; i++) message[i].msg_hdr.msg_namelen = sizeof peer[i];
      int n = recvmmsg(fd, message, left < BATCH ? left : BATCH, MSG_DONTWAIT | MSG_TRUNC, NULL);
      if (n < 0 && errno != EAGAIN) fail("recvmmsg");
      if (n < 0) { /* fewer came than were sent: say so instead of waiting for ever */
        fprintf(stderr, "drain: %ld of %ld are missing\n", left, count);
        return 1;
      }
      for (int i = 0; i < n; i++) {
        uint64_t first;
        memcpy(&first, payload[i], sizeof first);
        sum += first;
      }
      left -= n;
    }
    printf("%lld\n", (long long)(cpu_nanos() - start));
    fflush(stdout);
  }
  fprintf(stderr, "checksum %llu\n", (unsigned long long)sum);
  return 0;
}
