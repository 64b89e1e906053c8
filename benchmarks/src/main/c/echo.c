/* The ceiling for an echo: recvmmsg, then sendmmsg of the same buffers, 64 at a time. */
#include "contender.h"

int main(int argc, char **argv) {
  parse(argc, argv);
  int fd = bound_socket();
  prepare_messages();
  ready(&fd, 1, "recvmmsg, sendmmsg");
  while (1) {
    int n = receive_batch(fd, MSG_WAITFORONE);
    for (int i = 0; i < n; i++) {
      on_datagram(payload[i]);
      payload[i][flip_index] ^= (char)flip_mask;
      iov[i].iov_len = message[i].msg_len;
    }
    for (int done = 0; done < n;) {
      int m = sendmmsg(fd, message + done, (unsigned)(n - done), 0);
      if (m < 0 && errno != EINTR) fail("sendmmsg");
      if (m > 0) done += m;
    }
    add(&sent, n);
  }
}
