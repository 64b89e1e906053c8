package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The {@code mmsghdr} array for error queues, and for datagrams that nobody wants: with room for
 * control messages and none for what the datagrams contain.
 *
 * <p>Owned by a completion queue and lent to each of its sockets for one call. The queue's thread
 * alone.
 */
final class ErrorMessages {

  /** Messages in one call. */
  static final int CAPACITY = 32;

  /** No buffer holds as many datagrams as this many calls take. */
  private static final int MOST_ROUNDS = 100_000;

  /** What {@link #code} answers where no datagram was undeliverable. */
  static final int NONE = 0;

  private static final long HEADER = Layouts.MMSGHDR.size();
  private static final long CONTROL = Layouts.MMSGHDR.offset("msg_hdr", "msg_control");
  private static final long CONTROL_LENGTH = Layouts.MMSGHDR.offset("msg_hdr", "msg_controllen");

  /** IPV6_RECVERR takes 64, the rest is for what the user's options may add before it. */
  private static final long CONTROL_SIZE = 192;

  private static final long CONTROLS = CAPACITY * HEADER;

  private static final long CMSG_LENGTH = Layouts.CMSGHDR.offset("cmsg_len");
  private static final long CMSG_LEVEL = Layouts.CMSGHDR.offset("cmsg_level");
  private static final long CMSG_TYPE = Layouts.CMSGHDR.offset("cmsg_type");
  private static final long CMSG_DATA = Layouts.CMSGHDR.size();
  private static final long ERRNO = CMSG_DATA + Layouts.SOCK_EXTENDED_ERR.offset("ee_errno");
  private static final long ORIGIN = CMSG_DATA + Layouts.SOCK_EXTENDED_ERR.offset("ee_origin");
  private static final long LEAST = CMSG_DATA + Layouts.SOCK_EXTENDED_ERR.size();

  private final MemorySegment memory;

  ErrorMessages(Arena arena) {
    memory = arena.allocate(CONTROLS + CAPACITY * CONTROL_SIZE, Long.BYTES);
    for (int i = 0; i < CAPACITY; i++) {
      long control = memory.address() + CONTROLS + i * CONTROL_SIZE;
      memory.set(JAVA_LONG, i * HEADER + CONTROL, control);
    }
  }

  /**
   * Takes entries off a socket's error queue.
   *
   * @param most 1 to {@link #CAPACITY}
   * @return how many there were; 0 if none
   */
  int read(LibC libc, int fd, int most) {
    return Math.max(0, receive(libc, fd, most, Constants.MSG_ERRQUEUE));
  }

  /** Takes the datagrams off a socket that wait in it, and forgets them. */
  void discard(LibC libc, int fd) {
    int rounds = 0;
    while (rounds < MOST_ROUNDS && receive(libc, fd, CAPACITY, 0) == CAPACITY) {
      rounds++;
    }
  }

  private int receive(LibC libc, int fd, int most, int flags) {
    for (int i = 0; i < most; i++) {
      memory.set(JAVA_LONG, i * HEADER + CONTROL_LENGTH, CONTROL_SIZE);
    }
    return libc.recvmmsg(fd, memory.address(), most, flags | Constants.MSG_DONTWAIT, LibC.NULL);
  }

  /**
   * The error that the network answered with, in entry {@code i}. One of local origin counts for
   * {@link #NONE}: the send that had it has failed with it.
   */
  int code(int i) {
    long base = CONTROLS + i * CONTROL_SIZE;
    long left = Math.min(memory.get(JAVA_LONG, i * HEADER + CONTROL_LENGTH), CONTROL_SIZE);
    while (left >= LEAST) {
      if (isError(base)) {
        int origin = memory.get(JAVA_BYTE, base + ORIGIN);
        return origin == Constants.SO_EE_ORIGIN_ICMP || origin == Constants.SO_EE_ORIGIN_ICMP6
            ? memory.get(JAVA_INT, base + ERRNO)
            : NONE;
      }
      long step = (memory.get(JAVA_LONG, base + CMSG_LENGTH) + Long.BYTES - 1) & -Long.BYTES;
      if (step < CMSG_DATA) {
        return NONE;
      }
      base += step;
      left -= step;
    }
    return NONE;
  }

  private boolean isError(long message) {
    int level = memory.get(JAVA_INT, message + CMSG_LEVEL);
    int type = memory.get(JAVA_INT, message + CMSG_TYPE);
    return (level == Constants.IPPROTO_IP && type == Constants.IP_RECVERR)
        || (level == Constants.IPPROTO_IPV6 && type == Constants.IPV6_RECVERR);
  }
}
