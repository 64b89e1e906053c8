package io.rioreactive.test;

import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * One direction of a simulated socket: its slots, which of them the kernel has, and what was in
 * them when it got them.
 *
 * <pre>
 *          post            start            finish            giveBack
 *  (pump) ------> POSTED ---------> STARTED -------> FINISHED ---------> (pump)
 *    ^               |                 |
 *    +---------------+-----------------+ withdrawLast
 * </pre>
 *
 * A slot's bytes are kept when the kernel gets it and compared when the pump gets it back, so a
 * slot that is touched in between is found. Behind each payload stand guard bytes that nobody may
 * write.
 *
 * <p>Guarded by the kernel's lock. It never decides when something completes.
 */
final class Lane {

  private static final byte POISON = (byte) 0xDB;
  private static final byte GUARD = (byte) 0xFD;
  private static final int GUARD_SIZE = 8;

  private final String name;
  private final Sanitizer sanitizer;
  private final SequencedMap<Integer, byte[]> posted = new LinkedHashMap<>();
  private final SequencedMap<Integer, byte[]> started = new LinkedHashMap<>();
  private final Map<Integer, byte[]> finished = new LinkedHashMap<>();
  private SlotRegion region;

  Lane(String name, int slots, int payloadSize, boolean packetInfo, Sanitizer sanitizer) {
    this.name = name;
    this.sanitizer = sanitizer;
    int infoOffset = SocketAddressFormat.SIZE + payloadSize + GUARD_SIZE;
    int used = infoOffset + (packetInfo ? PacketInfo.SIZE : 0);
    int stride = (used + 7) / 8 * 8;
    MemorySegment memory = Arena.ofAuto().allocate((long) slots * stride, 8);
    this.region =
        new SlotRegion(
            memory,
            slots,
            stride,
            0,
            SocketAddressFormat.SIZE,
            payloadSize,
            packetInfo ? infoOffset : SlotRegion.NO_INFO);
    memory.fill(POISON);
    for (int slot = 0; slot < slots; slot++) {
      guardOf(slot).fill(GUARD);
    }
  }

  SlotRegion region() {
    return region;
  }

  /**
   * Lets go of the memory, which is freed once nobody else refers to it: tests keep their sockets.
   */
  void free() {
    region = new SlotRegion(MemorySegment.NULL, 0, 0, 0, 0, 0);
  }

  /**
   * The kernel gets a slot to fill: what is in it is overwritten first, so that nobody reads it.
   */
  void postEmpty(int slot) {
    requirePumps(slot);
    requireGuard(slot);
    memoryOf(slot).fill(POISON);
    guardOf(slot).fill(GUARD);
    posted.put(slot, bytesOf(slot));
  }

  /** The kernel gets a slot to send. */
  void postFilled(int slot) {
    requirePumps(slot);
    requireGuard(slot);
    posted.put(slot, bytesOf(slot));
  }

  private void requirePumps(int slot) {
    sanitizer.require(
        slot >= 0 && slot < region.slots(),
        subject(slot),
        "posted, and there are " + region.slots() + " slots");
    sanitizer.require(
        !isPosted(slot) && !isStarted(slot), subject(slot), "posted, and it is posted already");
    sanitizer.require(
        !finished.containsKey(slot),
        subject(slot),
        "posted, and its completion has not been dequeued");
  }

  /** Starts all that was posted, and returns it in the order of the posts. */
  List<Integer> start() {
    List<Integer> starting = List.copyOf(posted.keySet());
    started.putAll(posted);
    posted.clear();
    return starting;
  }

  /** Gives the most recent post back to the pump without a completion. There must be one. */
  int withdrawLast() {
    int slot = posted.isEmpty() ? started.lastEntry().getKey() : posted.lastEntry().getKey();
    requireUntouched(slot);
    posted.remove(slot);
    started.remove(slot);
    return slot;
  }

  /** Fails if the slot was touched since the kernel got it. Called before the kernel writes. */
  void requireUntouched(int slot) {
    byte[] image = posted.get(slot);
    if (image == null) {
      image = started.get(slot);
    }
    if (image == null) {
      throw new IllegalStateException(subject(slot) + " is not posted");
    }
    requireEqual(slot, image, "touched while it was posted");
  }

  /** The completion of a post waits to be dequeued, and the kernel has written what it had to. */
  void finish(int slot) {
    posted.remove(slot);
    started.remove(slot);
    finished.put(slot, bytesOf(slot));
  }

  /** The completion was dequeued. */
  void giveBack(int slot) {
    byte[] image = finished.remove(slot);
    if (image == null) {
      throw new IllegalStateException(subject(slot) + " has no completion");
    }
    requireEqual(slot, image, "touched before its completion was dequeued");
  }

  private void requireEqual(int slot, byte[] image, String rule) {
    int at = Arrays.mismatch(image, bytesOf(slot));
    sanitizer.require(at < 0, subject(slot), rule + ", at byte " + at + " of the slot");
  }

  private void requireGuard(int slot) {
    for (byte guard : guardOf(slot).toArray(ValueLayout.JAVA_BYTE)) {
      sanitizer.require(guard == GUARD, subject(slot), "written beyond its end");
    }
  }

  /** Whether anything can be completed. */
  boolean hasStarted() {
    return !started.isEmpty();
  }

  /** The slot that started first, of those that have no completion. There must be one. */
  int firstStarted() {
    return started.firstEntry().getKey();
  }

  boolean isPosted(int slot) {
    return posted.containsKey(slot);
  }

  boolean isStarted(int slot) {
    return started.containsKey(slot);
  }

  /** Slots that were posted and have not started. */
  List<Integer> posted() {
    return List.copyOf(posted.keySet());
  }

  /** Slots that have started and have no completion, in the order of their posts. */
  List<Integer> started() {
    return List.copyOf(started.keySet());
  }

  /** Slots that were posted and have no completion, in the order of their posts. */
  List<Integer> pending() {
    List<Integer> slots = new ArrayList<>(started.keySet());
    slots.addAll(posted.keySet());
    return List.copyOf(slots);
  }

  /** How many slots the kernel has, completions that were not dequeued included. */
  int outstanding() {
    return posted.size() + started.size() + finished.size();
  }

  /** The payload of a slot, copied. */
  byte[] payload(int slot, int length) {
    return region.memory().asSlice(region.payloadAt(slot), length).toArray(ValueLayout.JAVA_BYTE);
  }

  private byte[] bytesOf(int slot) {
    return memoryOf(slot).toArray(ValueLayout.JAVA_BYTE);
  }

  private MemorySegment memoryOf(int slot) {
    return region.memory().asSlice(slot * region.stride(), region.stride());
  }

  private MemorySegment guardOf(int slot) {
    return region.memory().asSlice(region.payloadAt(slot) + region.payloadSize(), GUARD_SIZE);
  }

  private String subject(int slot) {
    return name + " slot " + slot;
  }
}
