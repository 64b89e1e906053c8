package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one direction of a socket, each with all that the system reads and writes while its
 * request is outstanding, and the account of which are.
 *
 * <pre>
 * OVERLAPPED (32) | address (32) | length of the address | flags | bytes moved | slot | WSABUF (16) | payload
 * with packet info:                                      … | WSABUF (16) | WSAMSG (56) | control | info | payload
 * </pre>
 *
 * <p>A packet of the port counts only if the slot is outstanding and its OVERLAPPED says done.
 * Where a request was done within its call, Windows may or may not send a packet all the same (it
 * does for a datagram that was cut off, unless told to skip it; some versions did in spite of
 * that): such a packet comes to nothing here, whenever it comes.
 *
 * <p>The queue's thread alone.
 */
final class IocpSlots {

  private static final int OVERLAPPED = 0;
  private static final int ADDRESS = OVERLAPPED + (int) Layouts.OVERLAPPED.size();
  private static final int ADDRESS_LENGTH = ADDRESS + SocketAddressFormat.SIZE;
  private static final int FLAGS = ADDRESS_LENGTH + Integer.BYTES;
  private static final int BYTES = FLAGS + Integer.BYTES;
  private static final int SLOT = BYTES + Integer.BYTES;
  private static final int BUFFER = SLOT + Integer.BYTES;
  private static final int MESSAGE = BUFFER + (int) Layouts.WSABUF.size();
  private static final int CONTROL = MESSAGE + (int) Layouts.WSAMSG.size();

  private static final long STATUS = OVERLAPPED + Layouts.OVERLAPPED.offset("Internal");
  private static final long MOVED = OVERLAPPED + Layouts.OVERLAPPED.offset("InternalHigh");
  private static final long BUFFER_LENGTH = BUFFER + Layouts.WSABUF.offset("len");
  private static final long BUFFER_ADDRESS = BUFFER + Layouts.WSABUF.offset("buf");

  private static final long NAME = MESSAGE + Layouts.WSAMSG.offset("name");
  private static final long NAME_LENGTH = MESSAGE + Layouts.WSAMSG.offset("namelen");
  private static final long BUFFERS = MESSAGE + Layouts.WSAMSG.offset("lpBuffers");
  private static final long BUFFER_COUNT = MESSAGE + Layouts.WSAMSG.offset("dwBufferCount");
  private static final long CONTROL_LENGTH = MESSAGE + Layouts.WSAMSG.offset("Control", "len");
  private static final long CONTROL_ADDRESS = MESSAGE + Layouts.WSAMSG.offset("Control", "buf");
  private static final long MESSAGE_FLAGS = MESSAGE + Layouts.WSAMSG.offset("dwFlags");

  /** {@link #allocate}: without packet info. */
  static final int NO_CONTROL = 0;

  /** No slot. */
  static final int NONE = -1;

  private final VirtualMemory memory;
  private final MemorySegment segment;
  private final long base;
  private final long stride;
  private final int controlSize;
  private final SlotRegion region;
  private final boolean[] isOutstanding;
  private int outstanding;

  private IocpSlots(VirtualMemory memory, int slots, int datagramSize, int controlSize) {
    this.memory = memory;
    this.controlSize = controlSize;
    segment = memory.segment();
    base = memory.address();
    stride = stride(datagramSize, controlSize);
    int payload = payloadOffset(controlSize);
    int info = controlSize == NO_CONTROL ? SlotRegion.NO_INFO : CONTROL + controlSize;
    region = new SlotRegion(segment, slots, stride, ADDRESS, payload, datagramSize, info);
    isOutstanding = new boolean[slots];
    for (int slot = 0; slot < slots; slot++) {
      long begin = slot * stride;
      segment.set(JAVA_INT, begin + SLOT, slot);
      segment.set(JAVA_LONG, begin + BUFFER_ADDRESS, base + begin + payload);
      if (region.hasInfo()) {
        segment.set(JAVA_LONG, begin + BUFFERS, base + begin + BUFFER);
        segment.set(JAVA_INT, begin + BUFFER_COUNT, 1);
        segment.set(JAVA_LONG, begin + CONTROL_ADDRESS, base + begin + CONTROL);
      }
    }
  }

  /**
   * Allocates slots.
   *
   * @param controlSize bytes of control that each has, with packet info; or {@link #NO_CONTROL}
   * @param purpose for the text of a failure
   */
  static IocpSlots allocate(
      Kernel32 kernel32, int slots, int datagramSize, int controlSize, String purpose)
      throws KernelException {
    long bytes = slots * stride(datagramSize, controlSize);
    VirtualMemory memory =
        VirtualMemory.allocate(kernel32, bytes, slots + " " + purpose + " slots");
    IocpSlots allocated = null;
    try {
      allocated = new IocpSlots(memory, slots, datagramSize, controlSize);
      return allocated;
    } finally {
      if (allocated == null) { // no heap for the account
        memory.free();
      }
    }
  }

  private static long stride(int datagramSize, int controlSize) {
    return SlotRegion.stride((long) payloadOffset(controlSize) + datagramSize);
  }

  private static int payloadOffset(int controlSize) {
    return controlSize == NO_CONTROL ? MESSAGE : CONTROL + controlSize + PacketInfo.SIZE;
  }

  SlotRegion region() {
    return region;
  }

  /** What stands in the control of the slots of this socket; null without packet info. */
  @Nullable WindowsPacketInfo packetInfo(WindowsSocket socket) {
    return region.hasInfo()
        ? new WindowsPacketInfo(
            region, CONTROL, controlSize, socket.format(), socket.localAddress().getPort())
        : null;
  }

  /** Bytes of all slots. */
  long bytes() {
    return memory.bytes();
  }

  // ---- what a call is told

  /**
   * Makes a slot ready for a call. It is outstanding from here on: {@link #takeBack} or {@link
   * #onNotStarted} ends that.
   */
  void start(int slot, int length, int addressLength) {
    if (isOutstanding[slot]) {
      throw new IllegalStateException("slot " + slot + " is outstanding");
    }
    long begin = slot * stride;
    segment.set(JAVA_INT, begin + ADDRESS_LENGTH, addressLength);
    segment.set(JAVA_INT, begin + FLAGS, 0);
    segment.set(JAVA_INT, begin + BUFFER_LENGTH, length);
    isOutstanding[slot] = true;
    outstanding++;
  }

  /** Before a call that is to receive a message: the last one took the room away. */
  void startReceivedMessage(int slot, int addressLength) {
    setMessage(slot, address(slot), addressLength, controlSize);
  }

  /**
   * Before a call that sends a message.
   *
   * @param addressLength 0 on a connected socket
   * @param control bytes of control that have been written
   */
  void startSentMessage(int slot, int addressLength, int control) {
    setMessage(slot, addressLength == 0 ? Constants.NULL : address(slot), addressLength, control);
  }

  private void setMessage(int slot, long name, int nameLength, int control) {
    long begin = slot * stride;
    segment.set(JAVA_LONG, begin + NAME, name);
    segment.set(JAVA_INT, begin + NAME_LENGTH, nameLength);
    segment.set(JAVA_INT, begin + CONTROL_LENGTH, control);
    segment.set(JAVA_INT, begin + MESSAGE_FLAGS, 0);
  }

  /** Before each call: the system does the same, but not where it refuses the call. */
  void setPending(int slot) {
    segment.set(JAVA_LONG, slot * stride + STATUS, (long) Constants.STATUS_PENDING);
  }

  /** The call has failed, or it was done at once and the system sends no packet. */
  void onNotStarted(int slot) {
    takeBack(slot);
  }

  long overlapped(int slot) {
    return base + slot * stride + OVERLAPPED;
  }

  long address(int slot) {
    return base + slot * stride + ADDRESS;
  }

  long addressLength(int slot) {
    return base + slot * stride + ADDRESS_LENGTH;
  }

  long flags(int slot) {
    return base + slot * stride + FLAGS;
  }

  long bytesMoved(int slot) {
    return base + slot * stride + BYTES;
  }

  long buffer(int slot) {
    return base + slot * stride + BUFFER;
  }

  /** The WSAMSG; only with packet info, as all that is said of messages. */
  long message(int slot) {
    return base + slot * stride + MESSAGE;
  }

  /** Bytes that its last {@link #start} was told. */
  int length(int slot) {
    return segment.get(JAVA_INT, slot * stride + BUFFER_LENGTH);
  }

  // ---- what became of it

  /** Bytes of a request that was done within its call. */
  int movedAtOnce(int slot) {
    return segment.get(JAVA_INT, slot * stride + BYTES);
  }

  /** The slot whose OVERLAPPED stands at the address; {@link #NONE} if it is none of these. */
  int slotOf(long overlapped) {
    long offset = overlapped - base - OVERLAPPED;
    if (offset < 0 || offset > segment.byteSize() - stride) {
      return NONE;
    }
    int slot = segment.get(JAVA_INT, offset + SLOT);
    return slot >= 0 && slot < isOutstanding.length && slot * stride == offset ? slot : NONE;
  }

  /** Whether a packet for this slot is news: its request is outstanding and done. */
  boolean isDone(int slot) {
    return isOutstanding[slot] && status(slot) != Constants.STATUS_PENDING;
  }

  /** The request is done and its packet has come: the system does not touch the slot any more. */
  void takeBack(int slot) {
    isOutstanding[slot] = false;
    outstanding--;
  }

  /** The NTSTATUS of a request that is done; the upper half of the field may be anything. */
  int status(int slot) {
    return (int) segment.get(JAVA_LONG, slot * stride + STATUS);
  }

  /** Bytes of a request that is done. */
  int moved(int slot) {
    return (int) segment.get(JAVA_LONG, slot * stride + MOVED);
  }

  /** Bytes of control of a message that was received, as the system says. */
  long controlLength(int slot) {
    return Integer.toUnsignedLong(segment.get(JAVA_INT, slot * stride + CONTROL_LENGTH));
  }

  /** The flags of a message that was received. */
  int messageFlags(int slot) {
    return segment.get(JAVA_INT, slot * stride + MESSAGE_FLAGS);
  }

  /** How many slots the system may write to or read from. */
  int outstanding() {
    return outstanding;
  }

  /** Gives the memory back. */
  void free() {
    if (outstanding > 0) {
      throw new IllegalStateException(outstanding + " requests are outstanding");
    }
    memory.free();
  }

  /** Ends access and leaves the memory to the system for good. */
  void leak() {
    memory.leak();
  }
}
