package io.rioreactive.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two areas hold the same address only if nothing in them differs; and any bytes are one. */
class SocketAddressFormatTest {

  private static final long V4 = SocketAddressFormat.lowOfV4(0x7F00_0001);
  private static final long PORT = SocketAddressFormat.portAndScope(53, 0);
  private static final int SOCKADDR_IN6 = 28;
  private static final long SEED = 1;

  private final MemorySegment memory = Arena.ofAuto().allocate(2L * SocketAddressFormat.SIZE, 8);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anAddressIsTheSameAsItself(boolean isIpv6) {
    SocketAddressFormat format = new SocketAddressFormat(10, isIpv6);

    assertThat(isSame(format, 0, V4, PORT)).isTrue();
    assertThat(isSame(format, 0, V4 + 1, PORT)).isFalse();
    assertThat(isSame(format, 0, V4, PORT + 1)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1L << 63, 1L << 32})
  void eachPartOfAnIpv6AddressCounts(long difference) {
    SocketAddressFormat format = new SocketAddressFormat(10, true);

    assertThat(isSame(format, difference, V4, PORT)).isFalse();
    assertThat(isSame(format, 0, V4 ^ difference, PORT)).isFalse();
    assertThat(isSame(format, 0, V4, SocketAddressFormat.portAndScope(53, 2))).isFalse();
  }

  /** Whatever the system has written: not a byte behind a {@code sockaddr_in6} is read. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anyBytesAreAnAddress(boolean isIpv6) {
    SocketAddressFormat format = new SocketAddressFormat(10, isIpv6);
    Random random = new Random(SEED);
    byte[] bytes = new byte[SOCKADDR_IN6];
    MemorySegment exact = Arena.ofAuto().allocate(SOCKADDR_IN6, 8);
    for (int round = 0; round < 200_000; round++) {
      random.nextBytes(bytes);
      if (round % 3 > 0) {
        bytes[0] = (byte) (round % 3 == 1 ? SocketAddressFormat.AF_INET : 10);
        bytes[1] = 0;
      }
      MemorySegment.copy(bytes, 0, exact, ValueLayout.JAVA_BYTE, 0, SOCKADDR_IN6);

      InetSocketAddress address = format.read(exact, 0);

      assertThat(address.getPort()).isEqualTo((bytes[2] & 0xFF) << 8 | (bytes[3] & 0xFF));
      long high = format.readHigh(exact, 0);
      long low = format.readLow(exact, 0);
      long portAndScope = format.readPortAndScope(exact, 0);
      boolean isReachable = format.write(memory, 0, high, low, portAndScope);
      assertThat(isReachable).isEqualTo(isIpv6 || SocketAddressFormat.isV4(high, low));
      if (isReachable) {
        assertThat(format.readHigh(memory, 0)).isEqualTo(high);
        assertThat(format.readLow(memory, 0)).isEqualTo(low);
        assertThat(SocketAddressFormat.port(format.readPortAndScope(memory, 0)))
            .isEqualTo(address.getPort());
      }
    }
  }

  /** Whether one that differs by {@code high} is the same as ::ffff:127.0.0.1, port 53. */
  private boolean isSame(SocketAddressFormat format, long high, long low, long portAndScope) {
    format.write(memory, 0, 0, V4, PORT);
    format.write(memory, SocketAddressFormat.SIZE, high, low, portAndScope);
    return format.isSame(memory, 0, SocketAddressFormat.SIZE);
  }
}
