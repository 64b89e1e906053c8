/* A consumer that takes 100 us for each datagram: what it does not get to waits in the socket. */
#include "contender.h"

int main(int argc, char **argv) {
  parse(argc, argv);
  int fd = bound_socket();
  prepare_messages();
  ready(&fd, 1, "recvmmsg");
  while (1) {
    int n = receive_batch(fd, MSG_WAITFORONE);
    for (int i = 0; i < n; i++) {
      struct timespec pause = {0, 100000};
      nanosleep(&pause, NULL);
      on_datagram(payload[i]);
    }
  }
}
