/*
 * The ceiling of sending: datagrams to one peer, 64 with each call. With "segment" a call hands the
 * kernel one message that it cuts apart (UDP_SEGMENT), with "plain" 64 messages (sendmmsg). Each
 * payload is copied to where it is sent from, as an encoder does.
 *
 * Arguments: PORT SIZE segment|plain. For each number read from standard input it sends that many
 * datagrams to 127.0.0.1:PORT, and prints the nanoseconds of CPU that took.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, MOST_BYTES = 65507 };

static char source[MOST_BYTES];
static char buffer[BATCH * MOST_BYTES];
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

static int is_segment(const char *mode) { return !strcmp(mode, "segment"); }

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int size = atoi(argv[2]);
  int batch = size * BATCH > MOST_BYTES ? MOST_BYTES / size : BATCH;
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) fail("socket");
  int room = 4 << 20;
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_port = htons(atoi(argv[1])),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int segment = is_segment(argv[3]);
  if (segment && setsockopt(fd, SOL_UDP, UDP_SEGMENT, &size, sizeof size)) fail("UDP_SEGMENT");
  for (int i = 0; i < BATCH; i++) {
    iov[i] = (struct iovec){buffer + (size_t)i * size, size};
    message[i].msg_hdr = (struct msghdr){
        .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &iov[i], .msg_iovlen = 1};
  }
  long count;
  while (scanf("%ld", &count) == 1) {
    int64_t start = cpu_nanos();
    for (long left = count; left > 0;) {
      int n = left < batch ? left : batch;
      for (int i = 0; i < n; i++) memcpy(iov[i].iov_base, source, size);
      if (segment) {
        ssize_t sent = sendto(fd, buffer, (size_t)n * size, 0, (struct sockaddr *)&to, sizeof to);
        if (sent != (ssize_t)n * size) fail("sendto");
      } else if (sendmmsg(fd, message, n, 0) != n) {
        fail("sendmmsg");
      }
      left -= n;
    }
    printf("%lld\n", (long long)(cpu_nanos() - start));
    fflush(stdout);
  }
  return 0;
}
