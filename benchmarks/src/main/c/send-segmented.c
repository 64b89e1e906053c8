/*
 * The ceiling for sending runs to one peer: sendmsg of up to 64 datagrams that the kernel cuts
 * (UDP_SEGMENT). Orders as in send.c, for one peer.
 */
#include "contender.h"
#include <netinet/udp.h>

enum { MOST_SEGMENTS = 64, MOST_BYTES = 65000 };

static char run[MOST_BYTES];

int main(int argc, char **argv) {
  parse(argc, argv);
  int fd = bound_socket();
  if (setsockopt(fd, SOL_UDP, UDP_SEGMENT, &size, sizeof size)) fail("setsockopt UDP_SEGMENT");
  int segments = MOST_BYTES / size < MOST_SEGMENTS ? MOST_BYTES / size : MOST_SEGMENTS;
  say_ready(&fd, 1, "sendto, UDP_SEGMENT");
  char line[100];
  while (fgets(line, sizeof line, stdin)) {
    int count, port, peers;
    if (sscanf(line, "send %d %d %d", &count, &port, &peers) == 3) {
      struct sockaddr_in to = peer_address(0, port);
      for (int left = count; left > 0;) {
        int n = left < segments ? left : segments;
        if (sendto(fd, run, (size_t)n * (size_t)size, 0, (struct sockaddr *)&to, sizeof to) < 0) fail("sendto");
        left -= n;
      }
      add(&sent, count);
    }
    print_stats();
  }
}
