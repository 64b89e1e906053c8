/* The ceiling for many sockets on one thread: epoll, and recvmmsg on those that have something. */
#include "contender.h"
#include <sys/epoll.h>

enum { EVENTS = 256 };

int main(int argc, char **argv) {
  parse(argc, argv);
  int *fds = calloc((size_t)sockets, sizeof *fds);
  int epoll = epoll_create1(0);
  if (!fds || epoll < 0) fail("epoll_create1");
  for (int i = 0; i < sockets; i++) {
    fds[i] = bound_socket();
    struct epoll_event interest = {.events = EPOLLIN, .data.fd = fds[i]};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &interest)) fail("epoll_ctl");
  }
  prepare_messages();
  ready(fds, sockets, "epoll, recvmmsg");
  static struct epoll_event events[EVENTS];
  while (1) {
    int sockets_ready = epoll_wait(epoll, events, EVENTS, -1);
    if (sockets_ready < 0 && errno != EINTR) fail("epoll_wait");
    for (int e = 0; e < sockets_ready; e++) {
      int n = receive_batch(events[e].data.fd, MSG_DONTWAIT);
      for (int i = 0; i < n; i++) on_datagram(payload[i]);
    }
  }
}
