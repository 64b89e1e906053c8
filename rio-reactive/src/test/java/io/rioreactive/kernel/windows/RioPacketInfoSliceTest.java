package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in a control slice and a flags slice, on any system. */
class RioPacketInfoSliceTest {

  private static final int SLOT = 3;
  private static final int SIZE = 64;
  private static final int NONE = 8;
  private static final int ONE = 8 + 24;

  private final Arena arena = Arena.ofConfined();
  private final SocketAddressFormat format = new SocketAddressFormat(Constants.AF_INET6, false);
  private final WindowsSocket socket =
      new WindowsSocket(
          1, format, 16, new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 9), 0, 0);

  @AfterEach
  void free() {
    arena.close();
  }

  private SlotRegion slots(RioSlabLayout layout) {
    return layout.slotsIn(arena.allocate(layout.bytes(), Long.BYTES));
  }

  /** A slice with an address, as the system leaves it. */
  private static void tell(SlotRegion slots, RioSlabLayout layout, int totalLength, int flags) {
    long slot = slots.stride() * SLOT;
    int[] words = {totalLength, 0, 24, 0, 0, 19, 0x0702_00C0, 5}; // 192.0.2.7
    for (int i = 0; i < words.length; i++) {
      slots.memory().set(JAVA_INT, slot + layout.controlOffset() + 4L * i, words[i]);
    }
    slots.memory().set(JAVA_INT, slot + layout.flagsOffset(), flags);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 10, 0",
    "0, 0x200, 10, 0",
    "10040, 0x100, 64, 10040",
    "10040, 0x300, 64, 10040",
    "10040, 0x200, 10, 0", // the control alone was cut off
    "10040, 0x200, 65, 10040", // which cannot be
    "10040, 0, 10, 10040",
    "10054, 0x200, 10, 10054",
    "995, 0x200, 0, 995"
  })
  void theFlagsSayWhetherTheDatagramIsWhole(int status, String flags, int bytes, int expected) {
    RioSlabLayout layout = RioSlabLayout.ofReceives(5, SIZE, true);
    SlotRegion slots = slots(layout);
    RioPacketInfo info = new RioPacketInfo(slots, layout, socket);
    tell(slots, layout, ONE, Integer.decode(flags));

    assertThat(info.read(SLOT, status, bytes, SIZE)).isEqualTo(expected);

    boolean isDatagram = status == 0 || status == 10_040;
    assertThat(PacketInfo.interfaceIndex(slots.memory(), slots.infoAt(SLOT)))
        .isEqualTo(isDatagram ? 5 : 0);
  }

  /** The length counts itself and its padding; one below that is none. */
  @ParameterizedTest
  @ValueSource(ints = {0, 4, NONE, ONE - 1, Integer.MIN_VALUE, ONE, ONE + 1, -1, Integer.MAX_VALUE})
  void aMessageIsReadIfTheLengthCoversIt(int totalLength) {
    RioSlabLayout layout = RioSlabLayout.ofReceives(5, SIZE, true);
    SlotRegion slots = slots(layout);
    tell(slots, layout, totalLength, 0);

    new RioPacketInfo(slots, layout, socket).read(SLOT, 0, 1, SIZE);

    boolean isWhole = Integer.compareUnsigned(totalLength, ONE) >= 0;
    assertThat(PacketInfo.origin(slots.memory(), slots.infoAt(SLOT)))
        .isEqualTo(isWhole ? PacketInfo.ADDRESS : PacketInfo.UNKNOWN);
  }

  @Test
  void nothingOfTheLastReceiveIsLeftForTheNext() {
    RioSlabLayout layout = RioSlabLayout.ofReceives(5, SIZE, true);
    SlotRegion slots = slots(layout);
    RioPacketInfo info = new RioPacketInfo(slots, layout, socket);
    tell(slots, layout, ONE, 0x200);

    info.prepareReceive(SLOT);

    assertThat(info.read(SLOT, 10_040, 10, SIZE)).isEqualTo(10_040);
    assertThat(PacketInfo.origin(slots.memory(), slots.infoAt(SLOT))).isEqualTo(PacketInfo.UNKNOWN);
  }

  @Test
  void aSendsSliceBeginsWithItsLength() {
    RioSlabLayout layout = RioSlabLayout.ofSends(5, SIZE, true);
    SlotRegion slots = slots(layout);
    MemorySegment memory = slots.memory();
    RioPacketInfo info = new RioPacketInfo(slots, layout, socket);
    InetSocketAddress target = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.9"), 9);
    format.write(memory, slots.addressAt(SLOT), target);
    format.write(memory, slots.infoAt(SLOT), socket.localAddress());
    PacketInfo.setOrigin(memory, slots.infoAt(SLOT), PacketInfo.ADDRESS, 0);

    assertThat(info.write(SLOT)).isEqualTo(ONE);

    long control = slots.stride() * SLOT + layout.controlOffset();
    assertThat(memory.get(JAVA_INT, control)).isEqualTo(ONE);
    assertThat(memory.get(JAVA_INT, control + 8)).as("cmsg_len").isEqualTo(24);
    assertThat(memory.get(JAVA_INT, control + 24)).as("ipi_addr").isEqualTo(0x0702_00C0);
    PacketInfo.clear(memory, slots.infoAt(SLOT));
    assertThat(info.write(SLOT)).isEqualTo(WindowsPacketInfo.NOTHING);
  }
}
