package io.rioreactive.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.DropReason;
import io.rioreactive.RateLimit;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/** Two servers on two hosts, and one datagram to the first that pretends to be the other's. */
@Timeout(60)
class ReflectionLoopTest {

  private static final Duration LATENCY = Duration.ofMillis(1);
  private static final int PORT = 5_050;

  private SimulatedNetwork network;
  private RioConnection first;
  private RioConnection second;

  @BeforeEach
  void open() {
    network = SimulatedNetwork.create(1).link(Link.create().latency(LATENCY)).virtualTime();
  }

  @AfterEach
  void close() {
    network.close();
    NetworkLaw.assertThatItHolds(network);
  }

  private RioConnection bind(String host, int port, UnaryOperator<RioUdpServer> options) {
    RioUdpServer server = RioUdpServer.create().host(host).port(port).runOn(network.pumps());
    return options.apply(server).bindNow();
  }

  private void bindBoth(int portOfTheSecond, UnaryOperator<RioUdpServer> options) {
    first = bind("10.0.0.1", PORT, options);
    second = bind("10.0.0.2", portOfTheSecond, options);
  }

  private static RioUdpServer echo(RioUdpServer server) {
    return server.handle((in, out) -> out.send(in.receive()));
  }

  private void forge(int datagrams) {
    for (int i = 0; i < datagrams; i++) {
      SimulatedSocket.of(first).deliver("hello".getBytes(UTF_8), second.localAddress());
    }
    network.advance(Duration.ZERO);
  }

  private long echoesIn(Duration time) {
    long before = first.stats().sent() + second.stats().sent();
    network.advance(time);
    return first.stats().sent() + second.stats().sent() - before;
  }

  /** What all of this is about; else the tests below would prove nothing. */
  @Test
  void withoutPrecautionTheyAnswerEachOtherForEver() {
    bindBoth(PORT, ReflectionLoopTest::echo);

    forge(1);

    for (int round = 0; round < 3; round++) {
      assertThat(echoesIn(Duration.ofSeconds(1))).isGreaterThan(900);
    }
  }

  @Test
  void echoServersThatRefuseTheirOwnPortDoNotBegin() {
    bindBoth(PORT, it -> echo(it.refuseOwnPort(true)));

    forge(100);

    assertThat(echoesIn(Duration.ofSeconds(10))).isZero();
    assertThat(first.stats().count(DropReason.REFUSED_PORT)).isEqualTo(100);
    assertThat(second.stats().received()).isZero();
  }

  @Test
  void serversThatRespondDoNotBeginByDefault() {
    bindBoth(PORT, it -> it.respond(query -> Mono.just(query.reply(query.asByteArray()))));

    forge(100);

    assertThat(echoesIn(Duration.ofSeconds(10))).isZero();
    assertThat(first.stats().count(DropReason.REFUSED_PORT)).isEqualTo(100);
  }

  @Test
  void onDifferentPortsEachCanBeToldOfTheOthers() {
    bindBoth(PORT + 1, it -> echo(it.refusedSourcePorts(PORT, PORT + 1)));

    forge(100);

    assertThat(echoesIn(Duration.ofSeconds(10))).isZero();
  }

  @Test
  void aRateLimitEndsEveryLoopThatTurnsFasterThanIt() {
    bindBoth(PORT + 1, it -> echo(it.rateLimit(RateLimit.perSecond(20))));

    forge(100);

    network.advance(Duration.ofSeconds(10));
    assertThat(echoesIn(Duration.ofSeconds(10))).isZero();
    assertThat(network.stats().inFlight()).isZero();
    assertThat(first.stats().count(DropReason.RATE_LIMITED)).isPositive();
  }
}
