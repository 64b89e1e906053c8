package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** What is written for the system and read from it, byte by byte. */
class RioMemoryTest {

  private static final long ID_ABOVE_2_31 = 0xFFFF_FFFEL;
  private static final long FOUR_GIB_LESS_64 = (1L << 32) - 64;

  @Test
  @SuppressWarnings("restricted")
  void aRequestIsTwoSlicesOfOneRegistration() {
    try (Arena arena = Arena.ofConfined()) {
      RioBuffers buffers = new RioBuffers(arena);
      buffers.set(ID_ABOVE_2_31, 4_128, 600, FOUR_GIB_LESS_64, 28);

      MemorySegment payload = MemorySegment.ofAddress(buffers.payload()).reinterpret(16);
      assertThat(payload.get(JAVA_LONG, 0)).isEqualTo(ID_ABOVE_2_31);
      assertThat(payload.get(JAVA_INT, 8)).isEqualTo(4_128);
      assertThat(payload.get(JAVA_INT, 12)).isEqualTo(600);
      MemorySegment address = MemorySegment.ofAddress(buffers.address()).reinterpret(16);
      assertThat(address.get(JAVA_LONG, 0)).isEqualTo(ID_ABOVE_2_31);
      assertThat(address.get(JAVA_INT, 8)).isEqualTo(-64);
      assertThat(address.get(JAVA_INT, 12)).isEqualTo(28);
      assertThat(buffers.address() - buffers.payload()).as("they do not overlap").isEqualTo(16);
    }
  }

  @Test
  @SuppressWarnings("restricted")
  void controlAndFlagsAreTwoSlicesMore() {
    try (Arena arena = Arena.ofConfined()) {
      RioBuffers buffers = new RioBuffers(arena);
      buffers.set(1, 2, 3, 4, 5);
      buffers.setControl(ID_ABOVE_2_31, FOUR_GIB_LESS_64, 168);
      buffers.setFlags(ID_ABOVE_2_31, 200);

      MemorySegment control = MemorySegment.ofAddress(buffers.control()).reinterpret(16);
      assertThat(control.get(JAVA_LONG, 0)).isEqualTo(ID_ABOVE_2_31);
      assertThat(control.get(JAVA_INT, 8)).isEqualTo(-64);
      assertThat(control.get(JAVA_INT, 12)).isEqualTo(168);
      MemorySegment flags = MemorySegment.ofAddress(buffers.flags()).reinterpret(16);
      assertThat(flags.get(JAVA_LONG, 0)).isEqualTo(ID_ABOVE_2_31);
      assertThat(flags.get(JAVA_INT, 8)).isEqualTo(200);
      assertThat(flags.get(JAVA_INT, 12)).isEqualTo(4);
      MemorySegment address = MemorySegment.ofAddress(buffers.address()).reinterpret(16);
      assertThat(address.get(JAVA_LONG, 0)).isEqualTo(1);
      assertThat(address.get(JAVA_INT, 12)).isEqualTo(5);
    }
  }

  @Test
  @SuppressWarnings("restricted")
  void aResultIsReadFromWhereTheSystemWritesIt() {
    try (Arena arena = Arena.ofConfined()) {
      RioResults results = new RioResults(arena);
      MemorySegment last =
          MemorySegment.ofAddress(results.address() + 24L * (RioResults.CAPACITY - 1))
              .reinterpret(24);
      last.set(JAVA_INT, 0, 10_054);
      last.set(JAVA_INT, 4, 1_200);
      last.set(JAVA_LONG, 8, 7);
      last.set(JAVA_LONG, 16, RioContext.ofSend(9));

      int i = RioResults.CAPACITY - 1;
      assertThat(results.status(i)).isEqualTo(10_054);
      assertThat(results.bytesTransferred(i)).isEqualTo(1_200);
      assertThat(results.socketContext(i)).isEqualTo(7);
      assertThat(RioContext.isSend(results.requestContext(i))).isTrue();
      assertThat(RioContext.slot(results.requestContext(i))).isEqualTo(9);
    }
  }
}
