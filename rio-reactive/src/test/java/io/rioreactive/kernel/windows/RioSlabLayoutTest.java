package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.SlotRegion;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How slots are cut into registrations. */
class RioSlabLayoutTest {

  private static final long PAGE = RioSlabLayout.PAGE;
  private static final long MIB_256 = 256L << 20;

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1, 65507",
    "1024, 2048",
    "100000, 1024", // one registration
    "100000, 2592", // one, and as much as fits
    "100000, 2700", // a few bytes more than one
    "1000000, 1024", // several
    "16777216, 512",
    "16777216, 65507", // a terabyte: thousands of them
    "262144, 928", // fits exactly: 15 cache lines a slot
  })
  void receivesAreCutIntoRegistrationsThatNoSlotStraddles(int slots, int datagramSize) {
    RioSlabLayout layout = RioSlabLayout.ofReceives(slots, datagramSize, false);

    long end = 0;
    for (int i = 0; i < layout.registrations(); i++) {
      assertThat(layout.registrationAt(i)).as("no gap before registration %d", i).isEqualTo(end);
      assertThat(layout.registrationAt(i) % PAGE).as("begins at a page").isZero();
      assertThat(layout.registrationBytes(i)).isPositive().isLessThanOrEqualTo(MIB_256);
      end += layout.registrationBytes(i);
    }
    assertThat(end).isEqualTo(layout.bytes());
    for (int slot : new int[] {0, 1, slots / 2, slots - 2, slots - 1}) {
      if (slot >= 0 && slot < slots) {
        assertLiesInItsRegistration(layout, slot);
      }
    }
    for (int i = 1; i < layout.registrations(); i++) {
      int first = (int) (layout.registrationAt(i) / layout.stride());
      assertLiesInItsRegistration(layout, first);
      assertThat(layout.registrationOf(first)).isEqualTo(i);
      assertLiesInItsRegistration(layout, first - 1);
      assertThat(layout.registrationOf(first - 1)).isEqualTo(i - 1);
    }
  }

  private static void assertLiesInItsRegistration(RioSlabLayout layout, int slot) {
    int registration = layout.registrationOf(slot);
    long offset = layout.offsetInRegistration(slot);
    assertThat(layout.registrationAt(registration) + offset)
        .as("where slot %d is", slot)
        .isEqualTo(slot * layout.stride());
    assertThat(offset).isBetween(0L, 0xFFFF_FFFFL);
    assertThat(offset + layout.stride())
        .as("end of slot %d", slot)
        .isLessThanOrEqualTo(layout.registrationBytes(registration));
  }

  @Test
  void aSlabUpTo256MibIsOneRegistration() {
    int slots = (int) (MIB_256 / 2_112);
    assertThat(RioSlabLayout.ofReceives(slots, 2_048, false).registrations()).isEqualTo(1);
    assertThat(RioSlabLayout.ofReceives(slots + 1, 2_048, false).registrations()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 600, 2_048, 4_064, 4_065, 65_507})
  void eachSendSlotHasAPageAlignedRegistrationOfItsOwn(int datagramSize) {
    RioSlabLayout layout = RioSlabLayout.ofSends(100, datagramSize, false);

    assertThat(layout.registrations()).isEqualTo(100);
    for (int slot = 0; slot < 100; slot++) {
      assertThat(layout.registrationOf(slot)).isEqualTo(slot);
      assertThat(layout.offsetInRegistration(slot)).isZero();
      assertThat(layout.registrationAt(slot)).isEqualTo(slot * layout.stride());
      assertThat(layout.registrationAt(slot) % PAGE).isZero();
      assertThat(layout.registrationBytes(slot)).isEqualTo(layout.stride());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 4096", "4064, 4096", "4065, 8192", "65507, 69632"})
  void aSendSlotIsAddressAndPayloadInWholePages(int datagramSize, long stride) {
    assertThat(RioSlabLayout.ofSends(1, datagramSize, false).stride()).isEqualTo(stride);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 32, 600, 2_048, 4_096, 65_507})
  void aReceiveSlotIsAnOddNumberOfCacheLines(int datagramSize) {
    RioSlabLayout layout = RioSlabLayout.ofReceives(10, datagramSize, false);

    assertThat(layout.stride() % 64).isZero();
    assertThat(layout.stride() / 64 % 2).isEqualTo(1);
    assertThat(layout.stride()).isBetween(32L + datagramSize, 32L + datagramSize + 127);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 32, 600, 65_507})
  void slotsAreWhereTheRegionSaysThatTheyAre(int datagramSize) {
    for (RioSlabLayout layout :
        new RioSlabLayout[] {
          RioSlabLayout.ofReceives(9, datagramSize, false),
          RioSlabLayout.ofSends(9, datagramSize, false)
        }) {
      SlotRegion region = layout.slotsIn(MemorySegment.NULL);
      assertThat(region.slots()).isEqualTo(9);
      assertThat(region.payloadSize()).isEqualTo(datagramSize);
      assertThat(region.addressAt(3)).isEqualTo(3 * layout.stride() + layout.addressOffset());
      assertThat(region.payloadAt(3)).isEqualTo(3 * layout.stride() + layout.payloadOffset());
      assertThat(layout.payloadOffset())
          .as("address and payload do not overlap")
          .isGreaterThanOrEqualTo(layout.addressOffset() + 32);
      assertThat((long) layout.payloadOffset() + datagramSize)
          .as("nor payload and the next slot")
          .isLessThanOrEqualTo(layout.stride());
    }
  }

  @Test
  void lockedMemoryIsWholePages() {
    assertThat(RioSlabLayout.ofReceives(1_024, 2_048, false).lockedBytes())
        .isEqualTo(1_024 * 2_112);
    assertThat(RioSlabLayout.ofReceives(1, 1, false).lockedBytes()).isEqualTo(PAGE);
    assertThat(RioSlabLayout.ofSends(256, 2_048, false).lockedBytes()).isEqualTo(256 * PAGE);
  }

  /** Address, control, flags, info and payload, in this order and beside each other. */
  @ParameterizedTest
  @ValueSource(ints = {1, 32, 600, 65_507})
  void withPacketInfoItsSlicesAreInTheSlotAndDoNotOverlap(int datagramSize) {
    for (RioSlabLayout layout :
        new RioSlabLayout[] {
          RioSlabLayout.ofReceives(9, datagramSize, true),
          RioSlabLayout.ofSends(9, datagramSize, true)
        }) {
      SlotRegion region = layout.slotsIn(MemorySegment.NULL);
      assertThat(layout.controlOffset()).isEqualTo(layout.addressOffset() + 32);
      assertThat(layout.flagsOffset()).isEqualTo(layout.controlOffset() + layout.controlSize());
      assertThat(region.infoAt(3)).isEqualTo(3 * layout.stride() + layout.flagsOffset() + 8);
      assertThat(region.payloadAt(3)).isEqualTo(region.infoAt(3) + PacketInfo.SIZE);
      assertThat((long) layout.payloadOffset() + datagramSize).isLessThanOrEqualTo(layout.stride());
      assertThat(layout.controlOffset() % 8).isZero();
      assertThat(layout.controlSize() % 8).isZero();
    }
    assertThat(RioSlabLayout.ofReceives(9, datagramSize, true).controlSize()).isEqualTo(168);
    assertThat(RioSlabLayout.ofSends(9, datagramSize, true).controlSize()).isEqualTo(48);
  }

  @Test
  void withoutPacketInfoThereIsNoRoomForIt() {
    assertThat(RioSlabLayout.ofReceives(1, 64, false).slotsIn(MemorySegment.NULL).hasInfo())
        .isFalse();
    assertThat(RioSlabLayout.ofReceives(1, 64, false).payloadOffset()).isEqualTo(32);
    assertThat(RioSlabLayout.ofReceives(1, 64, true).payloadOffset()).isEqualTo(256);
    assertThat(RioSlabLayout.ofSends(1, 64, true).payloadOffset()).isEqualTo(136);
  }

  /** The defaults of RioUdpClient, and 8 KiB for what is on the heap. */
  @Test
  void aClientLocksLessThan64KibWithAllElse() {
    long receives = RioSlabLayout.ofReceives(8, 2_048, false).lockedBytes();
    long sends = RioSlabLayout.ofSends(8, 2_048, false).lockedBytes();

    assertThat(receives + sends).isLessThanOrEqualTo((64 - 8) << 10);
  }
}
