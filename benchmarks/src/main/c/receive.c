/* The ceiling for receiving on one socket: recvmmsg, 64 at a time, and 8 bytes of each are read. */
#include "contender.h"

int main(int argc, char **argv) {
  parse(argc, argv);
  int fd = bound_socket();
  prepare_messages();
  ready(&fd, 1, "recvmmsg");
  while (1) {
    int n = receive_batch(fd, MSG_WAITFORONE);
    for (int i = 0; i < n; i++) on_datagram(payload[i]);
  }
}
