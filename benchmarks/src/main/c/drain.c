/*
 * The ceiling of the mechanism: takes waiting datagrams from a UDP socket with recvmmsg, 64 at a
 * time, and reads 8 bytes of each, as the Java contenders do.
 *
 * With the argument "gro" a message may hold several datagrams (UDP_GRO), and 8 are taken at a time:
 * 64 buffers of 64 KiB would not stay in the cache.
 *
 * Prints the port it is bound to. For each number read from standard input it receives that many
 * datagrams, which wait in the socket already, and prints the nanoseconds of CPU that took.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/udp.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, SLOT = 2048, GRO_BATCH = 8, GRO_SLOT = 65536, CONTROL = CMSG_SPACE(sizeof(int)) };

static char payload[GRO_BATCH * GRO_SLOT]; /* more than BATCH * SLOT */
static _Alignas(8) char control[BATCH][CONTROL];
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

/* How long each datagram of a message is; the message itself if it is one. */
static int segment_size(struct mmsghdr *m) {
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&m->msg_hdr); c; c = CMSG_NXTHDR(&m->msg_hdr, c)) {
    if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) {
      int size;
      memcpy(&size, CMSG_DATA(c), sizeof size);
      return size;
    }
  }
  return m->msg_len;
}

int main(int argc, char **argv) {
  int gro = argc > 1 && !strcmp(argv[1], "gro");
  int batch = gro ? GRO_BATCH : BATCH;
  int slot = gro ? GRO_SLOT : SLOT;
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) fail("socket");
  int size = 64 << 20;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  if (gro && setsockopt(fd, SOL_UDP, UDP_GRO, &gro, sizeof gro)) fail("setsockopt UDP_GRO");
  struct sockaddr_in self = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof self;
  if (bind(fd, (struct sockaddr *)&self, length)) fail("bind");
  if (getsockname(fd, (struct sockaddr *)&self, &length)) fail("getsockname");
  printf("%d\n", ntohs(self.sin_port));
  fflush(stdout);

  for (int i = 0; i < batch; i++) {
    iov[i] = (struct iovec){payload + i * slot, slot};
    message[i].msg_hdr = (struct msghdr){.msg_name = &peer[i], .msg_iov = &iov[i], .msg_iovlen = 1};
  }
  uint64_t sum = 0;
  long count;
  while (scanf("%ld", &count) == 1) {
    int64_t start = cpu_nanos();
    for (long left = count; left > 0;) {
      for (int i = 0; i < batch; i++) {
        message[i].msg_hdr.msg_namelen = sizeof peer[i];
        if (gro) {
          message[i].msg_hdr.msg_control = control[i];
          message[i].msg_hdr.msg_controllen = CONTROL;
        }
      }
      int n = recvmmsg(fd, message, left < batch ? left : batch, MSG_DONTWAIT | MSG_TRUNC, NULL);
      if (n < 0 && errno != EAGAIN) fail("recvmmsg");
      if (n < 0) { /* fewer came than were sent: say so instead of waiting for ever */
        fprintf(stderr, "drain: %ld of %ld are missing\n", left, count);
        return 1;
      }
      for (int i = 0; i < n; i++) {
        int length = message[i].msg_len;
        int size = gro ? segment_size(&message[i]) : length;
        for (int at = 0; at < length; at += size, left--) {
          uint64_t first;
          memcpy(&first, payload + i * slot + at, sizeof first);
          sum += first;
        }
      }
    }
    printf("%lld\n", (long long)(cpu_nanos() - start));
    fflush(stdout);
  }
  fprintf(stderr, "checksum %llu\n", (unsigned long long)sum);
  return 0;
}
