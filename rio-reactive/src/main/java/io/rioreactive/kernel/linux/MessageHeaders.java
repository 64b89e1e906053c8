package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.kernel.SlotRegion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The {@code mmsghdr} array for receives, with one {@code iovec} for each message: what a batch
 * call is told and what it answers. Message {@code i} always receives into place {@code i}, so all
 * is said once; a call takes as many as it wants, from any place on, and what it has rewritten of
 * these is {@link #reset} when it has been read.
 *
 * <p>Lent with its places to each socket for one call, since a thousand sockets with arrays of
 * their own would need megabytes. The queue's thread alone.
 */
final class MessageHeaders {

  private static final long HEADER = Layouts.MMSGHDR.size();
  private static final long NAME = Layouts.MMSGHDR.offset("msg_hdr", "msg_name");
  private static final long NAME_LENGTH = Layouts.MMSGHDR.offset("msg_hdr", "msg_namelen");
  private static final long IOV = Layouts.MMSGHDR.offset("msg_hdr", "msg_iov");
  private static final long IOV_COUNT = Layouts.MMSGHDR.offset("msg_hdr", "msg_iovlen");
  private static final long CONTROL = Layouts.MMSGHDR.offset("msg_hdr", "msg_control");
  private static final long CONTROL_LENGTH = Layouts.MMSGHDR.offset("msg_hdr", "msg_controllen");
  private static final long LENGTH = Layouts.MMSGHDR.offset("msg_len");

  private static final long IOVEC = Layouts.IOVEC.size();
  private static final long BASE = Layouts.IOVEC.offset("iov_base");
  private static final long BASE_LENGTH = Layouts.IOVEC.offset("iov_len");

  /** Room for a name of either family. */
  private static final int NAME_ROOM = (int) Layouts.SOCKADDR_IN6.size();

  private static final long ALIGNMENT = 64;

  private final MemorySegment memory;
  private final long controlRoom;

  /**
   * For receives into places.
   *
   * @param controls where the system tells more than a sender; null for nowhere
   */
  MessageHeaders(Arena arena, SlotRegion places, @Nullable ReceiveControls controls) {
    long iovecs = places.slots() * HEADER;
    memory = arena.allocate(iovecs + places.slots() * IOVEC, ALIGNMENT);
    controlRoom = controls == null ? 0 : ReceiveControls.SIZE;
    long base = places.memory().address();
    for (int i = 0; i < places.slots(); i++) {
      long iovec = iovecs + i * IOVEC;
      memory.set(JAVA_LONG, iovec + BASE, base + places.payloadAt(i));
      memory.set(JAVA_LONG, iovec + BASE_LENGTH, places.payloadSize());
      memory.set(JAVA_LONG, i * HEADER + NAME, base + places.addressAt(i));
      memory.set(JAVA_LONG, i * HEADER + IOV, memory.address() + iovec);
      memory.set(JAVA_LONG, i * HEADER + IOV_COUNT, 1L);
      if (controls != null) {
        memory.set(JAVA_LONG, i * HEADER + CONTROL, controls.address(i));
      }
    }
    reset(0, places.slots());
  }

  /** What a call that begins with message {@code i} takes as {@code msgvec}. */
  long address(int i) {
    return memory.address() + i * HEADER;
  }

  /** Says again how much room there is, where a call has said how much it took. */
  void reset(int first, int count) {
    for (long header = first * HEADER; header < (first + count) * HEADER; header += HEADER) {
      memory.set(JAVA_INT, header + NAME_LENGTH, NAME_ROOM);
      memory.set(JAVA_LONG, header + CONTROL_LENGTH, controlRoom);
    }
  }

  /** {@code msg_controllen} of message {@code i}, as the call left it. */
  long controlLength(int i) {
    return memory.get(JAVA_LONG, i * HEADER + CONTROL_LENGTH);
  }

  /** {@code msg_len} of message {@code i}, as the call left it. */
  int length(int i) {
    return memory.get(JAVA_INT, i * HEADER + LENGTH);
  }
}
