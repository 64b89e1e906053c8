package io.rioreactive.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.Random;

/**
 * Control buffers with anything in them, likely to be believed or not, and what a provider may make
 * of them. The same for each system, so that what they share meets both systems' messages.
 */
public final class PacketInfoFuzz {

  /** The local port that a provider is to be given. */
  public static final int PORT = 4_711;

  private static final int ROUNDS = 200_000;
  private static final byte UNTOUCHED = 0x5A;

  private final int[] levels;
  private final int[] types;
  private final Random random = new Random(42);

  /** What a provider does with one control buffer. */
  @FunctionalInterface
  public interface Reader {

    /**
     * Reads it.
     *
     * @param told bytes of it, as the system is said to have told
     * @param flags of the message
     */
    void read(long told, int flags);
  }

  /** Of these levels and types. */
  public PacketInfoFuzz(int[] levels, int... types) {
    this.levels = levels;
    this.types = types;
  }

  /**
   * Has a provider read many buffers.
   *
   * @param around where the info is written, with as much before and behind it
   */
  public void run(
      SocketAddressFormat format, MemorySegment control, MemorySegment around, Reader reader) {
    int[] seen = new int[3];
    int told = 0;
    for (int round = 0; round < ROUNDS; round++) {
      fill(control);
      around.fill(UNTOUCHED);
      int size = (int) control.byteSize();
      long length = random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(size + 1);

      reader.read(length, random.nextInt(3) == 0 ? random.nextInt() : 0);

      seen[checked(format, around)]++;
      told += PacketInfo.hopLimit(around, PacketInfo.SIZE) >= 0 ? 1 : 0;
      assertUntouched(around.asSlice(0, PacketInfo.SIZE));
      assertUntouched(around.asSlice(2 * PacketInfo.SIZE));
    }
    assertThat(seen).as("of each origin").doesNotContain(0);
    assertThat(told).isGreaterThan(500);
  }

  private static int checked(SocketAddressFormat format, MemorySegment slots) {
    long info = PacketInfo.SIZE;
    int origin = PacketInfo.origin(slots, info);
    assertThat(origin).isBetween(PacketInfo.UNKNOWN, PacketInfo.INTERFACE);
    assertThat(PacketInfo.hopLimit(slots, info)).isBetween(-1, 255);
    assertThat(PacketInfo.trafficClass(slots, info)).isBetween(-1, 255);
    if (origin != PacketInfo.UNKNOWN) {
      InetSocketAddress local = format.read(slots, info);
      assertThat(local.getPort()).isEqualTo(PORT);
      assertThat(origin == PacketInfo.ADDRESS && local.getAddress().isMulticastAddress()).isFalse();
    }
    return origin;
  }

  private void fill(MemorySegment buffer) {
    int size = (int) buffer.byteSize();
    byte[] noise = new byte[size];
    random.nextBytes(noise);
    MemorySegment.copy(noise, 0, buffer, JAVA_BYTE, 0, size);
    int at = 0;
    while (at + 16 <= size) {
      int length = random.nextInt(5) == 0 ? random.nextInt() : 16 + random.nextInt(24);
      buffer.set(JAVA_LONG, at, length);
      buffer.set(JAVA_INT, at + 8, levels[random.nextInt(levels.length)]);
      buffer.set(JAVA_INT, at + 12, types[random.nextInt(types.length)]);
      if (at + 28 <= size && random.nextInt(3) == 0) {
        buffer.set(JAVA_INT, at + 24, buffer.get(JAVA_INT, at + 20)); // Linux: an own address
      }
      if (random.nextInt(3) == 0) {
        buffer.set(JAVA_BYTE, Math.min(at + 16, size - 1), (byte) 0xFF); // a group
      }
      at += Math.max(16, (Math.abs(length % size) + 7) & -8);
    }
  }

  private static void assertUntouched(MemorySegment memory) {
    for (long i = 0; i < memory.byteSize(); i++) {
      if (memory.get(JAVA_BYTE, i) != UNTOUCHED) {
        throw new AssertionError("written beside the area, at " + i);
      }
    }
  }
}
