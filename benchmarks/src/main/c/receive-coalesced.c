/*
 * The ceiling for datagrams that come several at once: recvmmsg of messages that the kernel has not cut
 * apart (UDP_GRO), and 8 bytes of each datagram are read. 8 messages at a time, since 64 buffers of
 * 64 KiB would not stay in the cache.
 */
#include "contender.h"
#include <netinet/udp.h>

enum { MESSAGES = 8, MESSAGE = 65536, CONTROL = CMSG_SPACE(sizeof(int)) };

static char buffers[MESSAGES][MESSAGE];
static _Alignas(8) char control[MESSAGES][CONTROL];

/* How long each datagram of a message is; the message itself if it is one. */
static int segment_size(struct mmsghdr *m) {
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&m->msg_hdr); c; c = CMSG_NXTHDR(&m->msg_hdr, c)) {
    if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) {
      int segment;
      memcpy(&segment, CMSG_DATA(c), sizeof segment);
      return segment;
    }
  }
  return (int)m->msg_len;
}

static int receive_messages(int fd) {
  for (int i = 0; i < MESSAGES; i++) {
    iov[i] = (struct iovec){buffers[i], MESSAGE};
    message[i].msg_hdr = (struct msghdr){.msg_name = &peer[i],
                                         .msg_namelen = sizeof peer[i],
                                         .msg_iov = &iov[i],
                                         .msg_iovlen = 1,
                                         .msg_control = control[i],
                                         .msg_controllen = CONTROL};
  }
  int n = recvmmsg(fd, message, MESSAGES, MSG_WAITFORONE | MSG_TRUNC, NULL);
  if (n < 0 && errno != EINTR) fail("recvmmsg");
  return n < 0 ? 0 : n;
}

int main(int argc, char **argv) {
  parse(argc, argv);
  int fd = bound_socket(), on = 1;
  if (setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof on)) fail("setsockopt UDP_GRO");
  ready(&fd, 1, "recvmmsg, UDP_GRO");
  while (1) {
    int n = receive_messages(fd);
    for (int i = 0; i < n; i++) {
      int length = (int)message[i].msg_len, segment = segment_size(&message[i]);
      for (int at = 0; at < length; at += segment) on_datagram(buffers[i] + at);
    }
  }
}
