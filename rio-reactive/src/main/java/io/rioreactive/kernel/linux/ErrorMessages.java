package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.kernel.ControlMessages;
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

  /** IPV6_RECVERR takes 64 and stands last, behind what packet info has the system add: 120. */
  private static final long CONTROL_SIZE = 192;

  private static final long CONTROLS = CAPACITY * HEADER;

  private static final long ERROR_SIZE = Layouts.SOCK_EXTENDED_ERR.size();
  private static final long ERRNO = Layouts.SOCK_EXTENDED_ERR.offset("ee_errno");
  private static final long ORIGIN = Layouts.SOCK_EXTENDED_ERR.offset("ee_origin");

  private final MemorySegment memory;
  private final ControlMessages controls;

  ErrorMessages(Arena arena) {
    memory = arena.allocate(CONTROLS + CAPACITY * CONTROL_SIZE, Long.BYTES);
    controls = new ControlMessages(memory, CONTROLS, CONTROL_SIZE);
    for (int i = 0; i < CAPACITY; i++) {
      memory.set(JAVA_LONG, i * HEADER + CONTROL, controls.address(i));
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
    int failures = 0; // the first may be of an earlier datagram, and the call has consumed it
    for (int rounds = 0; rounds < MOST_ROUNDS && failures < 2; rounds++) {
      if (receive(libc, fd, CAPACITY, 0) < 0) {
        failures++;
      }
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
    controls.walk(i, memory.get(JAVA_LONG, i * HEADER + CONTROL_LENGTH));
    while (controls.next()) {
      if (isError()) {
        int origin = memory.get(JAVA_BYTE, controls.data() + ORIGIN);
        return origin == Constants.SO_EE_ORIGIN_ICMP || origin == Constants.SO_EE_ORIGIN_ICMP6
            ? memory.get(JAVA_INT, controls.data() + ERRNO)
            : NONE;
      }
    }
    return NONE;
  }

  private boolean isError() {
    return controls.is(Constants.IPPROTO_IP, Constants.IP_RECVERR, ERROR_SIZE)
        || controls.is(Constants.IPPROTO_IPV6, Constants.IPV6_RECVERR, ERROR_SIZE);
  }
}
