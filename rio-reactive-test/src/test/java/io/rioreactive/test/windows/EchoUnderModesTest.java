package io.rioreactive.test.windows;

import static io.rioreactive.test.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Notification;
import io.rioreactive.RioConnection;
import io.rioreactive.test.LoopbackPeer;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever Registered I/O leaves open, the double may do: each datagram comes back once, with the
 * bytes it had.
 */
@OnRioDouble
@ParameterizedClass
@EnumSource
class EchoUnderModesTest {

  private static final int DATAGRAMS = 3_000;

  /** With its address a slot is two pages, the second of which is all payload: it can be hidden. */
  private static final int SIZE = 8_160;

  private static final int LARGEST_BURST = 64;

  @Parameter Notification notification;

  @RegisterExtension final RioRig rig = new RioRig();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "order shuffled; seed 7",
        "defer now",
        "protect on",
        "partial on; seed 11",
        "spurious on",
        "handles low",
        "order shuffled; defer late; exclusivity strict; protect on; partial on; spurious on;"
            + " handles high; seed 13"
      })
  void eachDatagramComesBackOnceAndWhole(String modes) {
    for (String mode : modes.split("; ", -1)) {
      RioDouble.control(mode);
    }
    RioConnection echo = rig.echo(rig.server(notification).datagramSize(SIZE));
    LoopbackPeer peer = rig.peer();
    BitSet awaited = new BitSet();
    Random random = new Random(17);

    for (int sent = 0; sent < DATAGRAMS; ) {
      int burst = Math.min(1 + random.nextInt(LARGEST_BURST), DATAGRAMS - sent);
      for (int i = 0; i < burst; i++) {
        awaited.set(sent);
        peer.send(numbered(sent++), echo.localAddress());
      }
      for (int i = 0; i < burst; i++) {
        byte[] reply = peer.receive();
        int number = numberOf(reply);
        assertThat(awaited.get(number)).as("%d is awaited", number).isTrue();
        awaited.clear(number);
        assertThat(reply).isEqualTo(numbered(number));
      }
    }

    assertThat(awaited.isEmpty()).isTrue();
    eventually(() -> assertThat(echo.stats().sent()).isEqualTo(DATAGRAMS));
    assertThat(echo.stats().received()).isEqualTo(DATAGRAMS);
    assertThat(echo.stats().droppedTotal() + echo.stats().failedTotal()).isZero();
  }

  /** Of any length that fits, and different from every other. */
  private static byte[] numbered(int number) {
    Random random = new Random(number);
    int longest = number % 16 == 0 ? SIZE : 1_400;
    byte[] bytes = new byte[2 + random.nextInt(longest - 1)];
    random.nextBytes(bytes);
    bytes[0] = (byte) (number >> 8);
    bytes[1] = (byte) number;
    return bytes;
  }

  private static int numberOf(byte[] bytes) {
    return ((bytes[0] & 0xFF) << 8) | (bytes[1] & 0xFF);
  }
}
