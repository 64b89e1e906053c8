package io.rioreactive.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two areas hold the same address only if nothing in them differs. */
class SocketAddressFormatTest {

  private static final long V4 = SocketAddressFormat.lowOfV4(0x7F00_0001);
  private static final long PORT = SocketAddressFormat.portAndScope(53, 0);

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

  /** Whether one that differs by {@code high} is the same as ::ffff:127.0.0.1, port 53. */
  private boolean isSame(SocketAddressFormat format, long high, long low, long portAndScope) {
    format.write(memory, 0, 0, V4, PORT);
    format.write(memory, SocketAddressFormat.SIZE, high, low, portAndScope);
    return format.isSame(memory, 0, SocketAddressFormat.SIZE);
  }
}
