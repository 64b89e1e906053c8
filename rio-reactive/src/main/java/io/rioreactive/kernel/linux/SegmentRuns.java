package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.SendRing;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Which of a socket's sends leave as one message that the system cuts apart: a run to one peer,
 * from one source, of one size, but for a shorter last one. And which do not although they could,
 * since a run was refused: the system does not cut where a datagram does not fit the path's MTU, or
 * where it is encrypted on its way (IPsec); then each is sent by itself, and has its own result.
 *
 * <p>One socket's; the queue's thread alone.
 */
final class SegmentRuns {

  /** {@code UDP_MAX_SEGMENTS} of the kernels before 6.9; later ones take twice as many. */
  private static final int MOST_SEGMENTS = 64;

  /** What IPv4 takes in one piece, and so what a message takes before it is cut. */
  private static final int MOST_BYTES = 65_507;

  private final SlotRegion slots;
  private final MemorySegment memory;
  private final SocketAddressFormat format;
  private final SendRing ring;
  private final boolean isEnabled;

  /** Null until a run is refused: mostly none is. */
  private @Nullable SegmentRefusals refusals;

  /** So many of the first waiting sends have been tried as one message, and shall not be again. */
  private int plain;

  /** Where the last run ends that is not to be tried, in the messages that are being made. */
  private int forbiddenEnd;

  /** Of those that wait in the ring. */
  SegmentRuns(SlotRegion slots, UdpSocket socket, SendRing ring) {
    this.slots = slots;
    this.memory = slots.memory();
    this.format = socket.format();
    this.ring = ring;
    this.isEnabled = socket.segmentation();
  }

  /** Messages are to be made of what waits. */
  void begin() {
    forbiddenEnd = 0;
  }

  /**
   * How many sends leave as one message. To be asked of one message after the other, from the first
   * on.
   *
   * @param first of them, among those that wait
   * @param room the most
   * @return 1 for one that leaves by itself
   */
  int length(int first, int room) {
    int size = ring.length(first);
    if (!isEnabled || first < Math.max(plain, forbiddenEnd) || size == 0) { // nothing to be cut
      return 1;
    }
    int most = Math.min(Math.min(room, ring.waiting() - first), mostOf(size));
    int count = 1;
    int last = size;
    while (count < most && last == size && isOfRun(first, first + count)) {
      last = ring.length(first + count);
      count++;
    }
    if (count > 1 && isForbidden(first)) {
      forbiddenEnd = first + count; // one run, which counts once and is looked for once
      return 1;
    }
    return count;
  }

  private boolean isForbidden(int first) {
    return refusals != null && refusals.forbid(peer(first), ring.length(first));
  }

  private static int mostOf(int size) {
    return Math.min(MOST_SEGMENTS, MOST_BYTES / size);
  }

  private boolean isOfRun(int first, int next) {
    int length = ring.length(next);
    return 0 < length && length <= ring.length(first) && isSame(ring.slot(first), ring.slot(next));
  }

  /** Of a connected socket too: all its slots name its peer. */
  private boolean isSame(int a, int b) {
    return format.isSame(memory, slots.addressAt(a), slots.addressAt(b))
        && (!slots.hasInfo()
            || PacketInfo.isSameSource(memory, slots.infoAt(a), slots.infoAt(b), format));
  }

  private long peer(int i) {
    long address = slots.addressAt(ring.slot(i));
    return SegmentRefusals.peer(
        format.readHigh(memory, address),
        format.readLow(memory, address),
        format.readPortAndScope(memory, address));
  }

  /** The first waiting sends shall leave each by itself. */
  void split(int count) {
    plain = Math.max(plain, count);
  }

  /** The system refused the first waiting sends as one message. */
  void onRefused(int count) {
    split(count);
    if (refusals == null) {
      refusals = new SegmentRefusals();
    }
    refusals.add(peer(0), ring.length(0));
  }

  /** So many of the first waiting sends have their result. */
  void onDone(int count) {
    plain = Math.max(0, plain - count);
  }
}
