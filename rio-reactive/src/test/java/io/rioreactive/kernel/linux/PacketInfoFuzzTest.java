package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packet info from control buffers with anything in them. */
class PacketInfoFuzzTest {

  private static final int PORT = 4_711;
  private static final byte UNTOUCHED = 0x5A;

  private static final int[] LEVELS = {Constants.IPPROTO_IP, Constants.IPPROTO_IPV6};
  private static final int[] TYPES = {
    Constants.IP_TOS,
    Constants.IP_TTL,
    Constants.IP_PKTINFO,
    Constants.IPV6_PKTINFO,
    Constants.IPV6_HOPLIMIT,
    Constants.IPV6_TCLASS
  };

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @SuppressWarnings("restricted")
  void whateverTheControlSaysTheInfoIsOneThatCanBe(boolean isIpv6) {
    SocketAddressFormat format = new SocketAddressFormat(Constants.AF_INET6, isIpv6);
    Random random = new Random(42);
    try (Arena arena = Arena.ofConfined()) {
      PacketInfoMessages messages = new PacketInfoMessages(arena);
      MemorySegment headers =
          MemorySegment.ofAddress(messages.receiveHeaders().address())
              .reinterpret(MessageHeaders.CAPACITY * Layouts.MMSGHDR.size());
      messages.prepareReceives(MessageHeaders.CAPACITY);
      MemorySegment slots = arena.allocate(3 * PacketInfo.SIZE);
      int[] seen = new int[3];
      int told = 0;
      for (int round = 0; round < 200_000; round++) {
        int i = random.nextInt(MessageHeaders.CAPACITY);
        fillControl(headers, i, random);
        slots.fill(UNTOUCHED);

        messages.read(i, format, PORT, slots, PacketInfo.SIZE);

        seen[checked(format, slots)]++;
        told += PacketInfo.hopLimit(slots, PacketInfo.SIZE) >= 0 ? 1 : 0;
        assertUntouched(slots.asSlice(0, PacketInfo.SIZE));
        assertUntouched(slots.asSlice(2 * PacketInfo.SIZE));
      }
      assertThat(seen).as("of each origin").doesNotContain(0);
      assertThat(told).isGreaterThan(500);
    }
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
      boolean isOwn = origin == PacketInfo.ADDRESS;
      boolean isV4 = local.getAddress().getAddress().length == 4;
      assertThat(isOwn && !isV4 && local.getAddress().isMulticastAddress()).isFalse();
    }
    return origin;
  }

  @SuppressWarnings("restricted")
  private static void fillControl(MemorySegment headers, int i, Random random) {
    long header = i * Layouts.MMSGHDR.size();
    long control =
        headers.get(JAVA_LONG, header + Layouts.MMSGHDR.offset("msg_hdr", "msg_control"));
    int size = 120; // of a receive's buffer
    MemorySegment buffer = MemorySegment.ofAddress(control).reinterpret(size);
    byte[] noise = new byte[size];
    random.nextBytes(noise);
    MemorySegment.copy(noise, 0, buffer, JAVA_BYTE, 0, size);
    int at = 0;
    while (at + 16 <= size) {
      int length = random.nextInt(5) == 0 ? random.nextInt() : 16 + random.nextInt(24);
      buffer.set(JAVA_LONG, at, length);
      buffer.set(JAVA_INT, at + 8, LEVELS[random.nextInt(LEVELS.length)]);
      buffer.set(JAVA_INT, at + 12, TYPES[random.nextInt(TYPES.length)]);
      if (at + 28 <= size && random.nextInt(3) == 0) {
        buffer.set(JAVA_INT, at + 24, buffer.get(JAVA_INT, at + 20)); // spec_dst is the target
      }
      if (random.nextInt(3) == 0) {
        buffer.set(JAVA_BYTE, Math.min(at + 16, size - 1), (byte) 0xFF); // a group
      }
      at += Math.max(16, (Math.abs(length % size) + 7) & -8);
    }
    long told = random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(size + 1);
    headers.set(JAVA_LONG, header + Layouts.MMSGHDR.offset("msg_hdr", "msg_controllen"), told);
  }

  private static void assertUntouched(MemorySegment memory) {
    for (long i = 0; i < memory.byteSize(); i++) {
      if (memory.get(JAVA_BYTE, i) != UNTOUCHED) {
        throw new AssertionError("written beside the area, at " + i);
      }
    }
  }
}
