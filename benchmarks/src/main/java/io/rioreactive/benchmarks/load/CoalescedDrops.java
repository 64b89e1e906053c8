package io.rioreactive.benchmarks.load;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;

/**
 * What a drop is that the kernel counts at a socket with UDP_GRO. Linux 6.18 counts one for a whole
 * message, however many datagrams it holds; nothing promises that, so it is tried.
 */
final class CoalescedDrops {

  private static final int MESSAGES = 20;
  private static final int MOST_BYTES = 65_536;
  private static final int MSG_DONTWAIT = 0x40;

  private CoalescedDrops() {}

  /**
   * Floods a socket that has hardly a buffer, and counts.
   *
   * @param size of the datagrams
   * @param segments datagrams in each message that is sent
   * @return how many datagrams each drop stands for
   * @throws IOException if that is no whole number
   */
  static long datagramsForEach(int size, int segments) throws IOException {
    try (Arena arena = Arena.ofConfined();
        LoadSocket receiver = LoadSocket.boundToAny()) {
      receiver.coalesce();
      receiver.receiveBuffer(1); // the system gives the least there is
      int port = receiver.port();
      try (LoadSocket sender = LoadSocket.connectedTo(port)) {
        sender.segment(size);
        MemorySegment bytes = LoadSocket.payload(arena, (long) size * segments);
        for (int i = 0; i < MESSAGES; i++) {
          sender.send(bytes, bytes.byteSize());
        }
      }
      Messages messages = new Messages(arena, 1, MOST_BYTES);
      long received = 0;
      while (messages.receive(receiver, 1, MSG_DONTWAIT) > 0) {
        received += messages.length(0) / size;
      }
      long missing = (long) MESSAGES * segments - received;
      long drops = Sockets.of(Set.of(port)).drops();
      if (drops <= 0 || missing % drops != 0) {
        throw new IOException(
            "what the kernel's drops count is unclear: "
                + drops
                + " for "
                + missing
                + " datagrams");
      }
      return missing / drops;
    }
  }
}
