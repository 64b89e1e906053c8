/*
 * A sender that no receiver of one core keeps up with: each call hands the kernel one buffer, which
 * it cuts into datagrams (UDP_SEGMENT), from several ports in turn, since a kernel that spreads
 * datagrams over sockets does so by port.
 *
 * For each line "PORT SIZE MILLIS" read from standard input it sends to 127.0.0.1:PORT for so long,
 * and prints how many datagrams the kernel took.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FLOWS = 16, MOST_SEGMENTS = 64, MOST_BYTES = 65000 };

static char buffer[MOST_BYTES];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t millis(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now)) fail("clock_gettime");
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static int flow_to(int port, int size) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) fail("socket");
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_port = htons(port),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (struct sockaddr *)&to, sizeof to)) fail("connect");
  if (setsockopt(fd, SOL_UDP, UDP_SEGMENT, &size, sizeof size)) fail("setsockopt UDP_SEGMENT");
  return fd;
}

int main(void) {
  int port, size, duration;
  while (scanf("%d %d %d", &port, &size, &duration) == 3) {
    if (size < 1 || size > MOST_BYTES) fail("size");
    int segments = MOST_BYTES / size < MOST_SEGMENTS ? MOST_BYTES / size : MOST_SEGMENTS;
    int flows[FLOWS];
    for (int i = 0; i < FLOWS; i++) flows[i] = flow_to(port, size);
    long long sent = 0;
    int64_t end = millis() + duration;
    while (millis() < end) {
      for (int i = 0; i < FLOWS; i++) {
        ssize_t n = send(flows[i], buffer, (size_t)segments * size, 0);
        if (n < 0) fail("send");
        sent += n / size;
      }
    }
    for (int i = 0; i < FLOWS; i++) close(flows[i]);
    printf("%lld\n", sent);
    fflush(stdout);
  }
  return 0;
}
