package io.rioreactive.samples.rioprobe;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.kernel.windows.Constants;
import io.rioreactive.kernel.windows.Layouts;
import io.rioreactive.kernel.windows.RioFunctions;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory for requests: a page for each, registered by itself, so that no request shares its buffer
 * with another. The rest of a page behind each slice is left unused: whatever the system writes too
 * much stays inside.
 *
 * <pre>
 * cell (4,096): address (64) | control (960) | payload (3,072)
 * </pre>
 */
final class Cells {

  static final int LONGEST_PAYLOAD = 2_048;
  static final int LONGEST_CONTROL = 512;
  static final int ADDRESS_LENGTH = 28;

  private static final int PAGE = 4_096;
  private static final int CONTROL = 64;
  private static final int PAYLOAD = 1_024;

  private final RioFunctions rio;
  private final MemorySegment memory;
  private final List<Long> ids = new ArrayList<>();

  Cells(RioFunctions rio, Arena arena, int count) throws IOException {
    this.rio = rio;
    memory = arena.allocate((long) count * PAGE, PAGE);
    for (int cell = 0; cell < count; cell++) {
      long id = rio.RIORegisterBuffer(memory.address() + (long) cell * PAGE, PAGE);
      if (id == Constants.RIO_INVALID_BUFFERID) {
        int code = rio.error();
        deregister();
        throw new IOException("RIORegisterBuffer failed with " + WindowsCalls.text(code));
      }
      ids.add(id);
    }
  }

  MemorySegment address(int cell) {
    return memory.asSlice((long) cell * PAGE, CONTROL);
  }

  MemorySegment control(int cell) {
    return memory.asSlice((long) cell * PAGE + CONTROL, LONGEST_CONTROL);
  }

  MemorySegment payload(int cell) {
    return memory.asSlice((long) cell * PAGE + PAYLOAD, LONGEST_PAYLOAD);
  }

  int firstByte(int cell) {
    return Byte.toUnsignedInt(payload(cell).get(JAVA_BYTE, 0));
  }

  /** Descriptor of a slice of a cell's payload, address or control area. */
  long describePayload(MemorySegment descriptor, int cell, int length) {
    return describe(descriptor, cell, PAYLOAD, length);
  }

  long describeAddress(MemorySegment descriptor, int cell, int length) {
    return describe(descriptor, cell, 0, length);
  }

  long describeControl(MemorySegment descriptor, int cell, int length) {
    return describe(descriptor, cell, CONTROL, length);
  }

  private long describe(MemorySegment descriptor, int cell, int offset, int length) {
    descriptor.set(JAVA_LONG, Layouts.RIO_BUF.offset("BufferId"), ids.get(cell));
    descriptor.set(JAVA_INT, Layouts.RIO_BUF.offset("Offset"), offset);
    descriptor.set(JAVA_INT, Layouts.RIO_BUF.offset("Length"), length);
    return descriptor.address();
  }

  /** Only when no request refers to a cell. */
  void deregister() {
    ids.forEach(rio::RIODeregisterBuffer);
    ids.clear();
  }
}
