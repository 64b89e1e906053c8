package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.PacketInfoFuzz;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packet info from control buffers with anything in them, as {@code windows-*} have them. */
class WindowsPacketInfoFuzzTest {

  private static final PacketInfoFuzz FUZZ =
      new PacketInfoFuzz(
          new int[] {Constants.IPPROTO_IP, Constants.IPPROTO_IPV6},
          Constants.IP_TOS,
          Constants.IP_TTL,
          Constants.IP_HOPLIMIT,
          Constants.IP_PKTINFO,
          Constants.IPV6_TCLASS);

  private static final int SLOT = 2;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whateverTheMessageSaysTheInfoIsOneThatCanBe(boolean isIpv6) {
    SocketAddressFormat format = new SocketAddressFormat(Constants.AF_INET6, isIpv6);
    int size = WindowsPacketInfo.RECEIVE_SIZE;
    // Room for as much as an info before and behind the info.
    int infoOffset = size + PacketInfo.SIZE;
    int stride = infoOffset + 2 * PacketInfo.SIZE;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(4L * stride, Long.BYTES);
      SlotRegion slots = new SlotRegion(memory, 4, stride, 0, stride, 0, infoOffset);
      WindowsPacketInfo info = new WindowsPacketInfo(slots, 0, size, format, PacketInfoFuzz.PORT);

      FUZZ.run(
          format,
          memory.asSlice((long) SLOT * stride, size),
          memory.asSlice(slots.infoAt(SLOT) - PacketInfo.SIZE, 3L * PacketInfo.SIZE),
          (told, flags) -> info.read(SLOT, told, flags));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whateverTheControlSliceSaysTheInfoIsOneThatCanBe(boolean isIpv6) {
    SocketAddressFormat format = new SocketAddressFormat(Constants.AF_INET6, isIpv6);
    RioSlabLayout layout = RioSlabLayout.ofReceives(4, 64, true);
    try (Arena arena = Arena.ofConfined()) {
      SlotRegion slots = layout.slotsIn(arena.allocate(layout.bytes(), Long.BYTES));
      MemorySegment memory = slots.memory();
      RioPacketInfo info = new RioPacketInfo(slots, layout, socket(format));
      long begin = slots.stride() * SLOT;
      long control = begin + layout.controlOffset();
      MemorySegment around = arena.allocate(3L * PacketInfo.SIZE);

      FUZZ.run(
          format,
          memory.asSlice(control + 8, RioPacketInfo.RECEIVE_SIZE - 8),
          around,
          (told, flags) -> {
            memory.set(JAVA_INT, control, (int) told + 8);
            memory.set(JAVA_INT, begin + layout.flagsOffset(), flags);
            info.read(SLOT, 0, 64, 64);
            MemorySegment.copy(
                memory, slots.infoAt(SLOT), around, PacketInfo.SIZE, PacketInfo.SIZE);
          });
    }
  }

  private static WindowsSocket socket(SocketAddressFormat format) {
    InetSocketAddress local =
        new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), PacketInfoFuzz.PORT);
    return new WindowsSocket(1, format, 28, local, 0, 0);
  }
}
