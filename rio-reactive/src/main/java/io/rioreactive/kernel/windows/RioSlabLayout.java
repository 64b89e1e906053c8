package io.rioreactive.kernel.windows;

import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.MemorySegment;

/**
 * How the slots of one direction stand in memory, and how that memory is cut into registrations. No
 * slot straddles two of them, and each registration begins at a page of its own.
 *
 * <pre>
 * slot:      address (32) | payload | to the next slot
 *            address (32) | control | flags (8) | info (48) | payload | to the next slot: with packet info
 * receives:  slots in whole cache lines, as many in a registration as fit in 256 MiB
 * sends:     one slot, one registration, in whole pages
 * </pre>
 *
 * <p>Sends have a registration each, since Windows forbids that anything refers to the registered
 * buffer of a pending send. A receive slab is cut since one registration of gigabytes asks the
 * system to lock all of it in one piece.
 *
 * @param slots how many
 * @param datagramSize bytes of payload in each
 * @param controlSize bytes of the control slice in each; 0 without packet info
 * @param stride bytes from one slot to the next
 * @param shift the slots in a registration, as a power of two: a slot is found by shifting
 */
record RioSlabLayout(int slots, int datagramSize, int controlSize, long stride, int shift) {

  static final long PAGE = VirtualMemory.PAGE;
  static final long LARGEST_REGISTRATION = 256L << 20;

  private static final int ADDRESS_OFFSET = 0;
  private static final int CONTROL_OFFSET = ADDRESS_OFFSET + SocketAddressFormat.SIZE;

  /** The flags slice has 4 bytes; what follows begins at a multiple of 8. */
  private static final int FLAGS_SIZE = 8;

  /** All slots of any slab: there are less than two billion. */
  private static final int ALL = Integer.SIZE - 1;

  /** Receives. */
  static RioSlabLayout ofReceives(int slots, int datagramSize, boolean packetInfo) {
    int controlSize = packetInfo ? RioPacketInfo.RECEIVE_SIZE : 0;
    // Whole cache lines: a power of two of such slots, 64 or more, is whole pages.
    long stride = SlotRegion.stride(slotBytes(datagramSize, controlSize));
    boolean isOneEnough = slots * stride <= LARGEST_REGISTRATION;
    int shift = isOneEnough ? ALL : floorLog2(LARGEST_REGISTRATION / stride);
    return new RioSlabLayout(slots, datagramSize, controlSize, stride, shift);
  }

  /** Sends. */
  static RioSlabLayout ofSends(int slots, int datagramSize, boolean packetInfo) {
    int controlSize = packetInfo ? RioPacketInfo.SEND_SIZE : 0;
    long stride = VirtualMemory.roundUp(slotBytes(datagramSize, controlSize), PAGE);
    return new RioSlabLayout(slots, datagramSize, controlSize, stride, 0);
  }

  private static long slotBytes(int datagramSize, int controlSize) {
    return (long) payloadOffset(controlSize) + datagramSize;
  }

  private static int payloadOffset(int controlSize) {
    return controlSize == 0
        ? CONTROL_OFFSET
        : CONTROL_OFFSET + controlSize + FLAGS_SIZE + PacketInfo.SIZE;
  }

  private static int floorLog2(long number) {
    return Long.SIZE - 1 - Long.numberOfLeadingZeros(number);
  }

  /** Bytes of memory for all slots. */
  long bytes() {
    return slots * stride;
  }

  /** Bytes the system locks for them: whole pages. */
  long lockedBytes() {
    return VirtualMemory.roundUp(bytes(), PAGE);
  }

  int registrations() {
    return slots == 0 ? 0 : registrationOf(slots - 1) + 1;
  }

  /** Which registration a slot lies in. */
  int registrationOf(int slot) {
    return slot >>> shift;
  }

  /** Where in its registration a slot begins. */
  long offsetInRegistration(int slot) {
    return (slot & ((1 << shift) - 1)) * stride;
  }

  /** Where in the slab a registration begins. */
  long registrationAt(int registration) {
    return ((long) registration << shift) * stride;
  }

  /** Bytes of a registration: the last one may be shorter. */
  long registrationBytes(int registration) {
    long end = Math.min((registration + 1L) << shift, slots);
    return end * stride - registrationAt(registration);
  }

  boolean hasPacketInfo() {
    return controlSize > 0;
  }

  int addressOffset() {
    return ADDRESS_OFFSET;
  }

  /** Where in a slot its control slice begins; with packet info. */
  int controlOffset() {
    return CONTROL_OFFSET;
  }

  /** Where in a slot its flags slice begins; with packet info. */
  int flagsOffset() {
    return CONTROL_OFFSET + controlSize;
  }

  int payloadOffset() {
    return payloadOffset(controlSize);
  }

  /** The slots in this memory. */
  SlotRegion slotsIn(MemorySegment memory) {
    int info = hasPacketInfo() ? flagsOffset() + FLAGS_SIZE : SlotRegion.NO_INFO;
    return new SlotRegion(
        memory, slots, stride, ADDRESS_OFFSET, payloadOffset(), datagramSize, info);
  }
}
