package io.rioreactive.test;

import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

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
 * <p>If slots are compared, their bytes are kept when the kernel gets them and compared when the
 * pump gets them back, so a slot that is touched in between is found. Behind each payload stand
 * guard bytes that nobody may write.
 *
 * <p>Guarded by the kernel's lock. It never decides when something completes.
 */
final class Lane {

  private static final byte FREE = 0;
  private static final byte POSTED = 1;
  private static final byte STARTED = 2;
  private static final byte FINISHED = 3;

  private static final byte POISON = (byte) 0xDB;
  private static final long GUARD = 0xFDFD_FDFD_FDFD_FDFDL;
  private static final int GUARD_SIZE = Long.BYTES;

  private static final Cleaner MEMORIES = Cleaner.create();

  private final String name;

  /** What a test has to do for a slot to be with the kernel. */
  private final String lacking;

  private final Sanitizer sanitizer;
  private byte[] state;
  private SlotQueue posted;
  private SlotQueue started;

  /** What was in each slot when it changed hands; null if slots are not compared. */
  private byte @Nullable [] @Nullable [] images;

  private int finished;
  private SlotRegion region;

  /** Frees the memory; the garbage collector does it where nobody closes the network. */
  private final Cleaner.Cleanable memory;

  Lane(
      String name,
      String lacking,
      int slots,
      int payloadSize,
      boolean packetInfo,
      boolean compares,
      Sanitizer sanitizer) {
    this.name = name;
    this.lacking = lacking;
    this.sanitizer = sanitizer;
    this.state = new byte[slots];
    this.posted = new SlotQueue(slots);
    this.started = new SlotQueue(slots);
    this.images = compares ? new byte[slots][] : null;
    int infoOffset = SocketAddressFormat.SIZE + payloadSize + GUARD_SIZE;
    int used = infoOffset + (packetInfo ? PacketInfo.SIZE : 0);
    int stride = (used + 7) / 8 * 8;
    Arena arena = Arena.ofShared();
    this.memory = MEMORIES.register(this, arena::close);
    MemorySegment memory = arena.allocate((long) slots * stride, 8);
    this.region =
        new SlotRegion(
            memory,
            slots,
            stride,
            0,
            SocketAddressFormat.SIZE,
            payloadSize,
            packetInfo ? infoOffset : SlotRegion.NO_INFO);
    if (compares) {
      memory.fill(POISON);
    }
    for (int slot = 0; slot < slots; slot++) {
      setGuard(slot);
    }
  }

  SlotRegion region() {
    return region;
  }

  /** Frees the memory now: sockets and connections that are closed may be kept for long. */
  void free() {
    memory.clean();
    region = new SlotRegion(MemorySegment.NULL, 0, 0, 0, 0, 0);
    state = new byte[0];
    posted = new SlotQueue(0);
    started = new SlotQueue(0);
    images = null;
  }

  /**
   * The kernel gets a slot to fill: if slots are compared, what is in it is overwritten first, so
   * that nobody reads it.
   */
  void postEmpty(int slot) {
    requirePumps(slot);
    requireGuard(slot);
    if (images != null) {
      memoryOf(slot).fill(POISON);
      setGuard(slot);
    }
    post(slot);
  }

  /** The kernel gets a slot to send. */
  void postFilled(int slot) {
    requirePumps(slot);
    requireGuard(slot);
    post(slot);
  }

  private void post(int slot) {
    keepImage(slot);
    state[slot] = POSTED;
    posted.addLast(slot);
  }

  private void requirePumps(int slot) {
    if (slot < 0 || slot >= region.slots()) {
      sanitizer.violated(subject(slot), "posted, and there are " + region.slots() + " slots");
    }
    switch (state[slot]) {
      case FREE -> {}
      case FINISHED ->
          sanitizer.violated(subject(slot), "posted, and its completion has not been dequeued");
      default -> sanitizer.violated(subject(slot), "posted, and it is posted already");
    }
  }

  /** Starts all that was posted, in the order of the posts. */
  void start() {
    while (!posted.isEmpty()) {
      int slot = posted.removeFirst();
      state[slot] = STARTED;
      started.addLast(slot);
    }
  }

  /** Gives the most recent post back to the pump without a completion. There must be one. */
  int withdrawLast() {
    int slot = posted.isEmpty() ? started.last() : posted.last();
    requireUntouched(slot);
    remove(slot);
    state[slot] = FREE;
    return slot;
  }

  /** Fails if the slot was touched since the kernel got it. Called before the kernel writes. */
  void requireUntouched(int slot) {
    if (!isPosted(slot) && !isStarted(slot)) {
      throw new IllegalStateException(subject(slot) + " is not posted");
    }
    requireImage(slot, "touched while it was posted");
  }

  /** Says why a slot that has not started cannot be completed. */
  void refuse(int slot) {
    if (slot < 0 || slot >= state.length) {
      throw new IllegalStateException(
          name + " slots are 0 to " + (state.length - 1) + ": there is no " + slot);
    }
    if (isPosted(slot)) {
      throw new IllegalStateException(
          subject(slot)
              + " is posted and not committed: the kernel has not started it before the turn ends");
    }
    throw new IllegalStateException(
        subject(slot)
            + (state[slot] == FINISHED
                ? " has been completed, and the pump has not dequeued it"
                : " is not with the kernel")
            + ": those that can be completed are "
            + started.toText()
            + (started.isEmpty() ? ": " + lacking : ""));
  }

  /** The completion of a post waits to be dequeued, and the kernel has written what it had to. */
  void finish(int slot) {
    remove(slot);
    state[slot] = FINISHED;
    finished++;
    keepImage(slot);
  }

  private void remove(int slot) {
    (state[slot] == POSTED ? posted : started).remove(slot);
  }

  /** The completion was dequeued. */
  void giveBack(int slot) {
    if (state[slot] != FINISHED) {
      throw new IllegalStateException(subject(slot) + " has no completion");
    }
    state[slot] = FREE;
    finished--;
    requireImage(slot, "touched before its completion was dequeued");
  }

  private void keepImage(int slot) {
    if (images != null) {
      images[slot] = bytesOf(slot);
    }
  }

  private void requireImage(int slot, String rule) {
    byte[] image = images == null ? null : images[slot];
    if (image != null) {
      int at = Arrays.mismatch(image, bytesOf(slot));
      if (at >= 0) {
        sanitizer.violated(subject(slot), rule + ", at byte " + at + " of the slot");
      }
    }
  }

  private void requireGuard(int slot) {
    if (region.memory().get(ValueLayout.JAVA_LONG_UNALIGNED, guardAt(slot)) != GUARD) {
      sanitizer.violated(subject(slot), "written beyond its end");
    }
  }

  private void setGuard(int slot) {
    region.memory().set(ValueLayout.JAVA_LONG_UNALIGNED, guardAt(slot), GUARD);
  }

  private long guardAt(int slot) {
    return region.payloadAt(slot) + region.payloadSize();
  }

  /** Whether anything can be completed. */
  boolean hasStarted() {
    return !started.isEmpty();
  }

  /** The slot that started first, of those that have no completion. There must be one. */
  int firstStarted() {
    return started.first();
  }

  boolean isPosted(int slot) {
    return is(POSTED, slot);
  }

  boolean isStarted(int slot) {
    return is(STARTED, slot);
  }

  private boolean is(byte wanted, int slot) {
    return slot >= 0 && slot < state.length && state[slot] == wanted;
  }

  boolean hasPosted() {
    return !posted.isEmpty();
  }

  /** Slots that were posted and have not started. */
  List<Integer> posted() {
    return posted.toList();
  }

  /** {@link #posted} for people. */
  String postedText() {
    return posted.toText();
  }

  /** Slots that have started and have no completion, in the order of their posts. */
  List<Integer> started() {
    return started.toList();
  }

  /** Slots that were posted and have no completion, in the order of their posts. */
  List<Integer> pending() {
    List<Integer> slots = new ArrayList<>(started.toList());
    slots.addAll(posted.toList());
    return List.copyOf(slots);
  }

  /** How many slots were posted and have no completion. */
  int pendingCount() {
    return posted.size() + started.size();
  }

  /** How many slots the kernel has, completions that were not dequeued included. */
  int outstanding() {
    return pendingCount() + finished;
  }

  /** Who has which slot: one line for people. */
  String table() {
    return name
        + " slots: with the kernel "
        + slots(STARTED)
        + ", posted and not committed "
        + slots(POSTED)
        + ", completed and not dequeued "
        + slots(FINISHED)
        + ", free "
        + slots(FREE);
  }

  /** The slots in a state, as a number and, of some, as ranges: {@code 3 (0-1, 5)}. */
  private String slots(byte wanted) {
    StringJoiner ranges = new StringJoiner(", ", " (", ")");
    int count = 0;
    for (int slot = 0; slot < state.length; slot++) {
      if (state[slot] != wanted) {
        continue;
      }
      int first = slot;
      while (slot + 1 < state.length && state[slot + 1] == wanted) {
        slot++;
      }
      count += slot - first + 1;
      ranges.add(first == slot ? "" + slot : first + "-" + slot);
    }
    return count == 0 ? "0" : count + ranges.toString();
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

  private String subject(int slot) {
    return name + " slot " + slot;
  }
}
