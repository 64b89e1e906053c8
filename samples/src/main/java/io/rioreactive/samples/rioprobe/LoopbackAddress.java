package io.rioreactive.samples.rioprobe;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.rioreactive.kernel.windows.Constants;
import io.rioreactive.kernel.windows.Layouts;
import java.lang.foreign.MemorySegment;

/** {@code 127.0.0.1} with a port, as a {@code sockaddr_in}. */
final class LoopbackAddress {

  private static final long FAMILY = Layouts.SOCKADDR_IN.offset("sin_family");
  private static final long PORT = Layouts.SOCKADDR_IN.offset("sin_port");
  private static final long ADDRESS = Layouts.SOCKADDR_IN.offset("sin_addr");

  private LoopbackAddress() {}

  static void write(MemorySegment name, int port) {
    name.set(JAVA_SHORT, FAMILY, (short) Constants.AF_INET);
    name.set(JAVA_BYTE, PORT, (byte) (port >> 8));
    name.set(JAVA_BYTE, PORT + 1, (byte) port);
    name.set(JAVA_BYTE, ADDRESS, (byte) 127);
    name.set(JAVA_BYTE, ADDRESS + 1, (byte) 0);
    name.set(JAVA_BYTE, ADDRESS + 2, (byte) 0);
    name.set(JAVA_BYTE, ADDRESS + 3, (byte) 1);
  }

  static int port(MemorySegment name) {
    return Byte.toUnsignedInt(name.get(JAVA_BYTE, PORT)) << 8
        | Byte.toUnsignedInt(name.get(JAVA_BYTE, PORT + 1));
  }
}
