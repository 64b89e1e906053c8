package io.rioreactive.benchmarks.load;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An array of {@code struct mmsghdr}, each with a buffer of its own, for recvmmsg and sendmmsg on a
 * connected socket. A time stands in the second 8 bytes of each datagram.
 */
final class Messages {

  private static final int MMSGHDR = 64;
  private static final int MSG_IOV = 16;
  private static final int MSG_IOVLEN = 24;
  private static final int IOVEC = 16;
  private static final int TIME = 8;

  private final int size;
  private final MemorySegment headers;
  private final MemorySegment buffers;

  Messages(Arena arena, int count, int size) {
    this.size = size;
    headers = arena.allocate((long) count * MMSGHDR, 64);
    MemorySegment vectors = arena.allocate((long) count * IOVEC, 16);
    buffers = LoadSocket.payload(arena, (long) count * size);
    for (int i = 0; i < count; i++) {
      MemorySegment vector = vectors.asSlice((long) i * IOVEC, IOVEC);
      vector.set(JAVA_LONG, 0, buffers.address() + (long) i * size);
      vector.set(JAVA_LONG, 8, size);
      MemorySegment header = headers.asSlice((long) i * MMSGHDR, MMSGHDR);
      header.set(JAVA_LONG, MSG_IOV, vector.address());
      header.set(JAVA_LONG, MSG_IOVLEN, 1);
    }
  }

  /** The first header. */
  long address() {
    return headers.address();
  }

  /** The header at a place. */
  long address(int index) {
    return headers.address() + (long) index * MMSGHDR;
  }

  /** Bytes received into a buffer. */
  int length(int index) {
    return headers.get(JAVA_INT, (long) index * MMSGHDR + 56);
  }

  long time(int index) {
    return buffers.get(JAVA_LONG_UNALIGNED, (long) index * size + TIME);
  }

  void setTime(int index, long nanos) {
    buffers.set(JAVA_LONG_UNALIGNED, (long) index * size + TIME, nanos);
  }

  /** Sends the first so many. */
  void send(LoadSocket socket, int count) throws IOException {
    for (int done = 0; done < count; ) {
      int sent = Libc.sendmmsg(socket.fd, address(done), count - done, 0);
      if (sent > 0) {
        done += sent;
      } else if (sent != -Libc.EINTR && sent != -Libc.ECONNREFUSED) {
        Libc.check("sendmmsg", sent);
      }
    }
  }

  /** Receives at most so many; 0 if there are none, or none came in time. */
  int receive(LoadSocket socket, int count, int flags) throws IOException {
    int received = Libc.recvmmsg(socket.fd, address(), count, flags);
    if (received == -Libc.EAGAIN || received == -Libc.EINTR || received == -Libc.ECONNREFUSED) {
      return 0;
    }
    return (int) Libc.check("recvmmsg", received);
  }
}
