package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.contract.Testbed.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.CapturedLog;
import io.rioreactive.test.Peer;
import io.rioreactive.test.ProvidersUnderTest;
import java.net.StandardSocketOptions;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/** What the kernel drops is counted where it tells, and unknown where it does not. */
@Timeout(60)
class KernelDropsTest {

  private Testbed testbed;

  @AfterEach
  void close() {
    if (testbed != null) {
      testbed.close();
    }
  }

  private RioUdpServer smallServer(String provider) {
    testbed = new SystemTestbed(provider);
    return testbed.server().option(StandardSocketOptions.SO_RCVBUF, 20_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux-mmsg", "linux-uring"})
  @EnabledOnOs(OS.LINUX)
  void linuxCountsEachDatagramThatDidNotFitTheReceiveBuffer(String provider) {
    RioUdpServer server = smallServer(provider);
    RioConnection connection = testbed.bind(server);
    Peer peer = testbed.peer();
    BaseSubscriber<Datagram> paused = new PausedSubscriber();
    connection.receive().subscribe(paused);

    for (int i = 0; i < 1_000; i++) {
      peer.send(payload(200), connection.localAddress());
    }
    eventually(() -> assertThat(dropsOf(connection)).isPositive());
    assertThat(connection.stats().received()).isZero();
    paused.requestUnbounded();

    eventually(
        () -> {
          RioStats stats = connection.stats();
          assertThat(stats.received() + stats.kernelDrops().orElseThrow()).isEqualTo(1_000);
        });
    long drops = dropsOf(connection);
    connection.disposeNow();
    assertThat(dropsOf(connection)).as("also when it is closed").isEqualTo(drops);
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux-mmsg", "linux-uring"})
  @EnabledOnOs(OS.LINUX)
  void nothingIsDroppedWhereThereIsRoom(String provider) {
    testbed = new SystemTestbed(provider);
    RioConnection echo = testbed.echo(testbed.server());
    Peer peer = testbed.peer();
    Flux.range(0, 100).doOnNext(i -> peer.ask("no. " + i, echo.localAddress())).blockLast();

    assertThat(dropsOf(echo)).isZero();
  }

  private static Stream<String> others() {
    return ProvidersUnderTest.names().filter(name -> !name.startsWith("linux-"));
  }

  @ParameterizedTest
  @MethodSource("others")
  void othersDoNotTell(String provider) {
    RioUdpServer server = smallServer(provider);
    RioConnection connection = testbed.bind(server);
    Peer peer = testbed.peer();
    for (int i = 0; i < 1_000; i++) {
      peer.send(payload(200), connection.localAddress());
    }

    assertThat(connection.stats().kernelDrops()).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aSocketThatNobodySubscribesToIsOneWarningOnceItDrops() {
    try (CapturedLog log = new CapturedLog()) {
      RioUdpServer server = smallServer("linux-mmsg");
      RioConnection connection = testbed.bind(server);
      Peer peer = testbed.peer();

      eventually(
          () -> {
            peer.send(payload(200), connection.localAddress());
            assertThat(log.warnings()).isNotEmpty();
          });

      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains(
              "nobody receives from it",
              "127.0.0.1:" + connection.localAddress().getPort(),
              "receive()");
    }
  }

  private static long dropsOf(RioConnection connection) {
    return connection.stats().kernelDrops().orElseThrow();
  }

  private static final class PausedSubscriber extends BaseSubscriber<Datagram> {
    @Override
    protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {}
  }
}
