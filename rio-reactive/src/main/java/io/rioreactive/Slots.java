package io.rioreactive;

/**
 * The slots of one direction of one socket: who owns each, and which are free.
 *
 * <pre>
 *              post                    complete                  release
 * receive: FREE ───▶ POSTED (kernel's) ─────────▶ FILLED (decoded) ──────▶ FREE
 *                      └──────────────── withdraw ───────────────────────▶ FREE
 *
 *              fill                    post                      complete
 * send:    FREE ───▶ FILLED (encoded) ─────▶ POSTED (kernel's) ──────────▶ FREE
 *                      └──────────────── release ────────────────────────▶ FREE
 * </pre>
 *
 * <p>Free slots are a stack: the one used last is used first, so that few slots stay in the
 * processor's cache however many there are.
 *
 * <p>Owned by the pump; no other thread. A transition that the diagram does not have is a defect of
 * the kernel or the pump and throws: no slot is ever touched by two owners.
 */
final class Slots {

  private static final byte FREE = 0;
  private static final byte POSTED = 1;
  private static final byte FILLED = 2;
  private static final String[] NAMES = {"FREE", "POSTED", "FILLED"};

  private final byte[] state;
  private final int[] free;
  private int freeCount;
  private int postedCount;

  Slots(int count) {
    state = new byte[count];
    free = new int[count];
    freeCount = count;
    for (int i = 0; i < count; i++) {
      free[i] = count - 1 - i;
    }
  }

  int count() {
    return state.length;
  }

  /** How many the kernel owns. */
  int posted() {
    return postedCount;
  }

  boolean hasFree() {
    return freeCount > 0;
  }

  /** The slot that {@link #postNext} and {@link #fillNext} take; there must be one. */
  int nextFree() {
    return free[freeCount - 1];
  }

  /** Receive: the kernel has accepted the next free slot. */
  void postNext() {
    change(free[--freeCount], FREE, POSTED);
    postedCount++;
  }

  /** Receive: the kernel has given a slot back with or without a datagram. */
  void complete(int slot) {
    change(slot, POSTED, FILLED);
    postedCount--;
  }

  /** Receive: the kernel has let go of a slot it had not used. */
  void withdraw(int slot) {
    complete(slot);
    release(slot);
  }

  /** Send: the next free slot is being encoded into. */
  int fillNext() {
    int slot = free[--freeCount];
    change(slot, FREE, FILLED);
    return slot;
  }

  /** Send: the kernel has accepted an encoded slot. */
  void post(int slot) {
    change(slot, FILLED, POSTED);
    postedCount++;
  }

  /** Both: the datagram has been decoded, or will not be sent, or has been. */
  void release(int slot) {
    change(slot, FILLED, FREE);
    free[freeCount++] = slot;
  }

  /**
   * What the kernel says of its slots is always checked; what the pump does with its own, by tests.
   */
  private void change(int slot, byte from, byte to) {
    if (from == POSTED) {
      require(slot, from);
    } else {
      assert isAll(slot, from);
    }
    state[slot] = to;
  }

  private boolean isAll(int slot, byte from) {
    require(slot, from);
    return true;
  }

  private void require(int slot, byte from) {
    if (slot < 0 || slot >= state.length || state[slot] != from) {
      throw new IllegalStateException(
          "slot " + slot + " of " + state.length + " is " + stateOf(slot) + ", not " + NAMES[from]);
    }
  }

  private String stateOf(int slot) {
    return slot < 0 || slot >= state.length ? "unknown" : NAMES[state[slot]];
  }
}
