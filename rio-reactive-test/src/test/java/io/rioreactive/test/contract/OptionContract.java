package io.rioreactive.test.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Notification;
import io.rioreactive.RioConnection;
import io.rioreactive.test.CapturedLog;
import java.net.StandardSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Options of the pump and of the socket. */
interface OptionContract extends OnTestbed {

  @ParameterizedTest
  @EnumSource(Notification.class)
  default void eachNotificationMovesDatagrams(Notification notification) {
    RioConnection echo = testbed().echo(testbed().server().notification(notification));
    Peer peer = testbed().peer();

    for (int i = 0; i < 50; i++) {
      assertThat(peer.ask("no. " + i, echo.localAddress())).isEqualTo("no. " + i);
    }
  }

  @Test
  default void aReceiveBufferThatIsNotGrantedIsAWarning() {
    try (CapturedLog log = new CapturedLog()) {
      testbed().bind(testbed().server().option(StandardSocketOptions.SO_RCVBUF, Integer.MAX_VALUE));

      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("SO_RCVBUF", "asked for 2147483647 bytes", "granted");
    }
  }

  @Test
  default void aReceiveBufferThatIsGrantedIsNot() {
    try (CapturedLog log = new CapturedLog()) {
      testbed().bind(testbed().server().option(StandardSocketOptions.SO_RCVBUF, 100_000));
      testbed().bind(testbed().server());

      assertThat(log.warnings()).isEmpty();
    }
  }

  @Test
  default void theOtherSocketOptionsAreTaken() {
    RioConnection echo =
        testbed()
            .echo(
                testbed()
                    .server()
                    .option(StandardSocketOptions.SO_SNDBUF, 100_000)
                    .option(StandardSocketOptions.SO_REUSEADDR, false)
                    .option(StandardSocketOptions.SO_REUSEPORT, true)
                    .option(StandardSocketOptions.SO_BROADCAST, true)
                    .option(StandardSocketOptions.IP_TOS, 0x10));

    assertThat(testbed().peer().ask("hello", echo.localAddress())).isEqualTo("hello");
  }
}
