package io.rioreactive.test.contract;

import static io.rioreactive.test.contract.Testbed.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Notification;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.CapturedLog;
import io.rioreactive.test.Peer;
import java.net.StandardSocketOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

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

  /** A day is never over, and a nanosecond is after one look. */
  @ParameterizedTest
  @ValueSource(strings = {"P1D", "PT0.000000001S"})
  default void aPumpThatPollsBeforeItSleepsMovesDatagrams(Duration busyPoll) {
    RioUdpServer server = testbed().server().notification(Notification.COMPLETION_PORT);
    RioConnection echo = testbed().echo(server.busyPoll(busyPoll));
    Peer peer = testbed().peer();

    for (int i = 0; i < 50; i++) {
      assertThat(peer.ask("no. " + i, echo.localAddress())).isEqualTo("no. " + i);
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows grants a receive buffer of any size")
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
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no SO_REUSEPORT")
  default void twoSocketsShareAPortWhereTheSystemCan() {
    RioUdpServer sharing = testbed().server().option(StandardSocketOptions.SO_REUSEPORT, true);
    RioConnection first = testbed().bind(sharing);
    RioConnection second = testbed().bind(sharing.port(first.localAddress().getPort()));

    assertThat(second.localAddress()).isEqualTo(first.localAddress());
  }

  @Test
  @EnabledOnOs(OS.WINDOWS)
  default void anOptionThatTheSystemHasNotFailsTheBindByItsName() {
    StepVerifier.create(testbed().server().option(StandardSocketOptions.SO_REUSEPORT, true).bind())
        .expectErrorSatisfies(failure -> assertThat(failure).hasMessageContaining("SO_REUSEPORT"))
        .verify(LONG);
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
                    .option(StandardSocketOptions.SO_BROADCAST, true)
                    .option(StandardSocketOptions.IP_TOS, 0x10));

    assertThat(testbed().peer().ask("hello", echo.localAddress())).isEqualTo("hello");
  }
}
