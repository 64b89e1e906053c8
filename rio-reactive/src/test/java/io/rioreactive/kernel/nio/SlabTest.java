package io.rioreactive.kernel.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** The slots' memory, seen through the region and through the byte buffers. */
class SlabTest {

  private static final int SLOTS = 37;
  private static final int DATAGRAM_SIZE = 100;

  @Test
  void bothViewsShowTheSameSlotsAcrossBuffers() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Slab slab = Slab.allocate(arena, SLOTS, DATAGRAM_SIZE, 1_000);
      for (int slot = 0; slot < SLOTS; slot++) {
        ByteBuffer buffer = slab.toFill(slot);
        assertThat(buffer.remaining()).as("a byte to spare").isEqualTo(DATAGRAM_SIZE + 1);
        assertThat(buffer.isDirect()).isTrue();
        buffer.put((byte) slot);
      }
      for (int slot = 0; slot < SLOTS; slot++) {
        long payload = slab.region().payloadAt(slot);
        assertThat(slab.region().memory().get(ValueLayout.JAVA_BYTE, payload))
            .isEqualTo((byte) slot);
        ByteBuffer buffer = slab.toSend(slot, 3);
        assertThat(buffer.remaining()).isEqualTo(3);
        assertThat(buffer.get()).isEqualTo((byte) slot);
      }
    }
  }

  @Test
  void slotsDoNotOverlap() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      for (int size = 0; size < 200; size++) {
        var region = Slab.allocate(arena, 2, size).region();
        assertThat(region.addressAt(1)).isGreaterThanOrEqualTo(region.payloadAt(0) + size + 1);
        assertThat(region.memory().byteSize())
            .isGreaterThanOrEqualTo(region.payloadAt(1) + size + 1);
      }
    }
  }

  @Test
  void moreThanThereIsIsToldWithARemedy() {
    try (Arena arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> Slab.allocate(arena, Integer.MAX_VALUE, 65_507))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("2147483647 slots")
          .hasMessageContaining("MaxDirectMemorySize");
    }
  }
}
