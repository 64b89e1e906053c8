package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.ControlMessages;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import org.jspecify.annotations.Nullable;

/**
 * The receives of one socket: those that are posted, and the places that datagrams are received
 * into. As many places are in the ring that the system takes from as there are posted receives
 * without a datagram, and never more: so nothing is received that nobody has asked for.
 *
 * <pre>
 *   place:  FREE ──provide──▶ IN RING ──a completion──▶ ARRIVED ──dequeue──▶ HANDED OUT
 *            ▲ ◀───withdraw─────┘                                                │
 *            └────────────────────── the next dequeue ──────────────────────────┘
 * </pre>
 *
 * <p>A place is used up before the next batch is taken, so there are no more places than a batch
 * has, however many receives are posted: those few stay in the processor's cache.
 *
 * <p>The ring gives its places out in their order, so that each one in it is touched in turn: a
 * socket that gets little has only a few there, or a thousand such sockets would walk through a
 * quarter of a million places that nobody has touched for long. Whoever empties the ring gets twice
 * as many.
 *
 * <p>It owns the places and the ring. The queue's thread alone.
 */
final class UringReceives {

  private static final long OUT = UringLayouts.IO_URING_RECVMSG_OUT.size();
  private static final long CONTROL_LENGTH =
      UringLayouts.IO_URING_RECVMSG_OUT.offset("controllen") - OUT;
  private static final long PAYLOAD_LENGTH =
      UringLayouts.IO_URING_RECVMSG_OUT.offset("payloadlen") - OUT;

  /** Places that are in the ring at most, until it has been found empty. */
  private static final int FIRST_WINDOW = 8;

  /** Bytes of a buffer that the system gives to the name. */
  static final int NAME_SIZE = SocketAddressFormat.SIZE;

  private final int index;
  private final UdpSocket socket;
  private final Slab slab;
  private final SlotRegion slots;
  private final BufferRing ring;
  private final int bufferSize;

  /** Null without packet info. */
  private final @Nullable PacketInfoReader packetInfo;

  /** Posted receives: numbers only, the one posted last is completed first. */
  private final int[] posted;

  private int postedCount;

  /** Free places, the one used last is used first. */
  private final int[] free;

  private int freeCount;

  /** Places with a datagram, in their order, from {@link #firstArrived} on and around. */
  private final int[] arrived;

  private int firstArrived;
  private int arrivedCount;

  private final int[] handedOut;
  private int handedOutCount;

  private int inRing;

  /** As many places are in the ring at most. */
  private int window = FIRST_WINDOW;

  /**
   * Without anything posted.
   *
   * @param most receives that can be posted
   */
  UringReceives(
      LibC libc,
      Uring uring,
      int index,
      UdpSocket socket,
      int most,
      int datagramSize,
      boolean hasInfo)
      throws KernelException {
    this.index = index;
    this.socket = socket;
    int places = Math.min(most, CompletionBatch.CAPACITY);
    posted = new int[most];
    free = new int[places];
    arrived = new int[places];
    handedOut = new int[places];
    for (int i = 0; i < places; i++) {
      free[i] = places - 1 - i;
    }
    freeCount = places;

    // A slot: packet info, and the buffer: what the system tells, name, control messages, payload.
    int buffer = Slab.infoSize(hasInfo);
    int address = buffer + (int) OUT;
    int control = address + NAME_SIZE;
    int payload = control + (int) controlSize(hasInfo);
    int end = payload + datagramSize;
    bufferSize = end - buffer;
    long stride = SlotRegion.stride(end);
    slab =
        Slab.map(
            libc,
            places * stride,
            memory ->
                new SlotRegion(
                    memory,
                    places,
                    stride,
                    address,
                    payload,
                    datagramSize,
                    hasInfo ? 0 : SlotRegion.NO_INFO));
    slots = slab.slots();
    packetInfo =
        hasInfo
            ? new PacketInfoReader(
                slots.memory(),
                new ControlMessages(slots.memory(), control, stride, controlSize(true)))
            : null;
    ring = openRing(libc, uring, places);
  }

  private BufferRing openRing(LibC libc, Uring uring, int places) throws KernelException {
    BufferRing opened = null;
    try {
      opened = new BufferRing(libc, uring, index, places);
      return opened;
    } finally {
      if (opened == null) {
        slab.free();
      }
    }
  }

  /** Bytes of a buffer that the system gives to control messages. */
  static long controlSize(boolean hasInfo) {
    return hasInfo ? PacketInfoReader.CONTROL_SIZE : 0;
  }

  SlotRegion slots() {
    return slots;
  }

  // ---- what is posted

  void post(int slot) {
    posted[postedCount++] = slot;
  }

  int posted() {
    return postedCount;
  }

  /** Whether so many posts can only be taken back while the system does not use the ring. */
  boolean isWithdrawalInRing(int count) {
    return inRing > postedCount - arrivedCount - count;
  }

  /** Takes posts back, the most recent first, and answers how many: not those of what arrived. */
  int withdraw(int[] slots, int most) {
    int count = Math.min(most, postedCount - arrivedCount);
    for (int i = 0; i < count; i++) {
      slots[i] = posted[--postedCount];
    }
    if (inRing > postedCount - arrivedCount) {
      for (; inRing > postedCount - arrivedCount; inRing--) {
        free[freeCount++] = ring.takeBack();
      }
      ring.publish();
    }
    return count;
  }

  // ---- to the system

  /** Gives the system a place for each posted receive that has none, as far as the window goes. */
  void provide() {
    int wanted = Math.min(window, postedCount - arrivedCount);
    int count = Math.min(freeCount, wanted - inRing);
    if (count > 0) {
      long base = slots.memory().address() - OUT;
      for (int i = 0; i < count; i++) {
        int place = free[--freeCount];
        ring.add(place, base + slots.addressAt(place), bufferSize);
      }
      inRing += count;
      ring.publish();
    }
  }

  /** Whether the system has places to fill. */
  boolean hasPlacesInRing() {
    return inRing > 0;
  }

  // ---- from the system

  /** The system has found the ring empty. */
  void onEmptied() {
    if (postedCount > arrivedCount) { // or there was no demand for more
      window = Math.min(2 * window, free.length);
    }
  }

  /** The system has used a place: for a datagram that is wanted, or for nothing. */
  void onUsed(int place, boolean isWanted) {
    if (place >= free.length || inRing == 0) {
      throw new IllegalStateException(
          "the system used place " + place + ", which it was not given");
    }
    inRing--;
    if (isWanted) {
      int last = firstArrived + arrivedCount++;
      arrived[last < arrived.length ? last : last - arrived.length] = place;
    } else {
      free[freeCount++] = place;
    }
  }

  /** Datagrams that have not been dequeued. */
  int arrived() {
    return arrivedCount;
  }

  /**
   * Adds what has arrived to the batch.
   *
   * @return whether there was any: then {@link #takePlacesBack} is due before the next dequeue
   */
  boolean dequeue(CompletionBatch batch) {
    int count = Math.min(arrivedCount, batch.remaining());
    for (int i = 0; i < count; i++) {
      int place = arrived[firstArrived];
      firstArrived = firstArrived + 1 < arrived.length ? firstArrived + 1 : 0;
      handedOut[handedOutCount++] = place;
      add(batch, posted[--postedCount], place);
    }
    arrivedCount -= count;
    return count > 0;
  }

  private void add(CompletionBatch batch, int slot, int place) {
    long buffer = slots.addressAt(place);
    int length = slots.memory().get(JAVA_INT, buffer + PAYLOAD_LENGTH);
    // As MSG_TRUNC tells; and a length that cannot be is not believed either.
    boolean isTruncated = Integer.compareUnsigned(length, slots.payloadSize()) > 0;
    CompletionStatus status = isTruncated ? CompletionStatus.TRUNCATED : CompletionStatus.OK;
    if (packetInfo != null) {
      readPacketInfo(packetInfo, place, slots.memory().get(JAVA_INT, buffer + CONTROL_LENGTH));
    }
    batch.addReceive(index, slot, place, status, length, 0);
  }

  private void readPacketInfo(PacketInfoReader packetInfo, int place, int controlLength) {
    int port = socket.localAddress().getPort();
    long info = slots.infoAt(place);
    packetInfo.read(place, controlLength, socket.format(), port, slots.memory(), info);
  }

  /** The batch that they were handed out with has been used up. */
  void takePlacesBack() {
    for (int i = 0; i < handedOutCount; i++) {
      free[freeCount++] = handedOut[i];
    }
    handedOutCount = 0;
  }

  /** Whether receives are posted that have no place before {@link #takePlacesBack}. */
  boolean isShortOfPlaces() {
    return freeCount == 0 && handedOutCount > 0 && postedCount > arrivedCount + inRing;
  }

  // ---- end

  /** Completes what is posted and has no datagram, as far as the batch has room. */
  void end(CompletionBatch batch, CompletionStatus status, int code) {
    while (postedCount > arrivedCount && batch.remaining() > 0) {
      batch.addReceive(index, posted[--postedCount], status, 0, code);
    }
  }

  /** Forgets what is posted and what has arrived. */
  void clear() {
    postedCount = 0;
    arrivedCount = 0;
  }

  /** Takes the ring away from the system and frees everything. No request is under way. */
  void free() {
    ring.free();
    slab.free();
  }

  /** Takes the ring away from the system and leaves the places there for good. The same. */
  void leak() {
    ring.free();
    slab.leak();
  }
}
