package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.KernelException;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.WINDOWS)
class IocpSlotsTest {

  @Test
  void anAddressIsASlotsOnlyWhereItsOverlappedStands() throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      IocpSlots slots =
          IocpSlots.allocate(new Kernel32(arena), 8, 1_000, IocpSlots.NO_CONTROL, "test");
      long base = slots.region().memory().address();
      int found = 0;
      for (long address = base - 100; address < base + slots.bytes() + 100; address += 4) {
        int slot = slots.slotOf(address);
        if (slot != IocpSlots.NONE) {
          assertThat(slots.overlapped(slot)).isEqualTo(address);
          found++;
        }
      }
      assertThat(found).isEqualTo(8);
      slots.free();
    }
  }

  @Test
  void theNumberOfASlotIsNotInItsPayload() throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      IocpSlots slots =
          IocpSlots.allocate(new Kernel32(arena), 8, 1_000, IocpSlots.NO_CONTROL, "test");
      for (int slot = 0; slot < 8; slot++) {
        long payload = slots.region().payloadAt(slot);
        for (int i = 0; i < 1_000; i++) {
          slots.region().memory().set(JAVA_BYTE, payload + i, (byte) -1);
        }
      }
      for (int slot = 0; slot < 8; slot++) {
        assertThat(slots.slotOf(slots.overlapped(slot))).isEqualTo(slot);
      }
      slots.free();
    }
  }

  @Test
  void whatIsOutstandingIsNotFreed() throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      IocpSlots slots =
          IocpSlots.allocate(new Kernel32(arena), 8, 1_000, IocpSlots.NO_CONTROL, "test");
      slots.start(3, 0, 0);
      assertThat(slots.outstanding()).isEqualTo(1);
      assertThatThrownBy(slots::free).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> slots.start(3, 0, 0)).isInstanceOf(IllegalStateException.class);
      slots.takeBack(3);
      slots.free();
    }
  }
}
