/*
 * The ceiling for sending: sendmmsg, 64 at a time, to each of the peers in turn. For each line
 * "send COUNT PORT PEERS" it sends, and prints the counters. The peers are 127.1.0.1, 127.1.0.2 and so
 * on, 250 in each network, as in ContenderProcess.java.
 */
#include "contender.h"

int main(int argc, char **argv) {
  parse(argc, argv);
  int fd = bound_socket();
  prepare_messages();
  for (int i = 0; i < BATCH; i++) iov[i].iov_len = (size_t)size;
  say_ready(&fd, 1, "sendmmsg");
  char line[100];
  while (fgets(line, sizeof line, stdin)) {
    int count, port, peers;
    if (sscanf(line, "send %d %d %d", &count, &port, &peers) == 3) {
      int next = 0;
      for (int left = count; left > 0;) {
        int batch = left < BATCH ? left : BATCH;
        for (int i = 0; i < batch; i++) {
          peer[i] = peer_address(next, port);
          message[i].msg_hdr.msg_namelen = sizeof peer[i];
          if (++next == peers) next = 0;
        }
        for (int done = 0; done < batch;) {
          int n = sendmmsg(fd, message + done, (unsigned)(batch - done), 0);
          if (n < 0) fail("sendmmsg");
          done += n;
        }
        left -= batch;
      }
      add(&sent, count);
    }
    print_stats();
  }
}
