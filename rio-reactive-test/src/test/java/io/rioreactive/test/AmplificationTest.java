package io.rioreactive.test;

import static io.rioreactive.DropReason.AMPLIFICATION;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioUdpServer;
import io.rioreactive.Truncation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** To an address that may be forged no more leaves than three times what has come from it. */
class AmplificationTest {

  private static final InetSocketAddress PEER = SimulatedServer.PEER;
  private static final InetSocketAddress VICTIM =
      new InetSocketAddress(InetAddress.ofLiteral("198.51.100.7"), 4711);

  private SimulatedServer server;

  @AfterEach
  void close() {
    server.close();
  }

  private void bind(UnaryOperator<RioUdpServer> options) {
    server = SimulatedServer.bind(options);
  }

  /** Answers each datagram with as many bytes as it says. */
  private static Mono<Datagram> asMany(Datagram query) {
    return Mono.just(query.reply(new byte[Integer.parseInt(query.asString().strip())]));
  }

  /** A question of so many bytes for so many more. */
  private void ask(int bytes, int answer) {
    String number = String.valueOf(answer);
    String question = number + " ".repeat(bytes - number.length());
    server.socket().deliver(question.getBytes(UTF_8), PEER);
    server.run();
  }

  private List<Integer> lengthsSent() {
    return server.socket().sent().stream().map(sent -> sent.bytes().length).toList();
  }

  @Test
  void threeTimesIsAnsweredAndMoreIsDroppedAndCounted() {
    bind(it -> it.amplificationGuard(true).respond(AmplificationTest::asMany));

    ask(10, 30);
    ask(10, 31);
    ask(10, 60);

    assertThat(lengthsSent()).containsExactly(30, 60);
    assertThat(server.stats().count(AMPLIFICATION)).isEqualTo(1);
    assertThat(server.drops())
        .singleElement()
        .satisfies(
            drop -> {
              assertThat(drop.peer()).isEqualTo(PEER);
              assertThat(drop.length()).isEqualTo(31);
              assertThat(drop.cause()).hasMessageContaining("validated");
            });
  }

  @Test
  void manyAnswersToOneQuestionAreAddedUp() {
    bind(
        it ->
            it.amplificationGuard(true)
                .respond(query -> Flux.range(0, 100).map(i -> query.reply(new byte[7]))));

    server.socket().deliver(new byte[10], PEER);
    server.run();

    assertThat(lengthsSent()).containsExactly(7, 7, 7, 7);
    assertThat(server.stats().count(AMPLIFICATION)).isEqualTo(96);
  }

  @Test
  void whatTheSystemRefusesDoesNotCount() {
    bind(it -> it.amplificationGuard(true).respond(AmplificationTest::asMany));
    server.socket().refuseNextSend(DropReason.NOT_PERMITTED);

    ask(10, 30);
    ask(10, 60);

    assertThat(lengthsSent()).containsExactly(60);
    assertThat(server.stats().count(AMPLIFICATION)).isZero();
  }

  @Test
  void withoutTheGuardAllOfItLeaves() {
    bind(it -> it.respond(AmplificationTest::asMany));

    ask(10, 64);

    assertThat(lengthsSent()).containsExactly(64);
  }

  @Test
  void aValidatedPeerIsAnsweredInFull() {
    bind(it -> it.amplificationGuard(true).respond(AmplificationTest::asMany));
    ask(10, 64);
    assertThat(lengthsSent()).isEmpty();

    server.connection().validated(PEER);
    server.run();
    for (int i = 0; i < 100; i++) {
      ask(2, 64);
    }

    assertThat(lengthsSent()).hasSize(100).containsOnly(64);
  }

  @Test
  void theAnswerThatFollowsTheValidationIsTheFirstToLeave() {
    bind(
        it ->
            it.amplificationGuard(true)
                .handle((in, out) -> out.send(in.receive().map(this::validateAndAnswer))));

    server.socket().deliver(new byte[1], PEER);
    server.run();

    assertThat(lengthsSent()).containsExactly(64);
  }

  private Datagram validateAndAnswer(Datagram query) {
    server.connection().validated(query.remoteAddress());
    return query.reply(new byte[64]);
  }

  @Test
  void whatIsValidatedElsewhereBeforeTheAnswerIsMadeCountsForIt() throws InterruptedException {
    bind(it -> it.amplificationGuard(true));
    server.connection().receive().subscribe();
    server.run();
    server.socket().deliver(new byte[1], PEER);
    server.run();
    TestSubscriber<Void> sent = TestSubscriber.create();
    Thread other =
        Thread.ofPlatform()
            .start(
                () -> {
                  server.connection().validated(PEER);
                  server
                      .connection()
                      .send(Flux.just(Datagram.to(PEER, new byte[64])))
                      .subscribe(sent);
                });
    other.join();

    server.run();

    assertThat(lengthsSent()).containsExactly(64);
    assertThat(sent.isTerminatedComplete()).isTrue();
  }

  @Test
  void toWhomNothingCameNothingLeavesAndTheSendGoesOn() {
    bind(it -> it.amplificationGuard(true));
    server.connection().receive().subscribe();
    server.run();
    server.socket().deliver(new byte[1], PEER);
    server.run();

    TestSubscriber<Void> sent =
        server.send(Flux.just(Datagram.to(VICTIM, "x"), Datagram.to(PEER, "abc")));

    assertThat(server.sent()).containsExactly("abc");
    assertThat(sent.isTerminatedComplete()).isTrue();
    assertThat(server.stats().count(AMPLIFICATION)).isEqualTo(1);
    assertThat(server.stats().accepted()).isEqualTo(2);
  }

  @Test
  void whatThePortsTheFilterOrTheRateKeptOutEarnsNothing() {
    bind(
        it ->
            it.amplificationGuard(true)
                .sourceFilter(source -> source.port() != PEER.getPort())
                .handle((in, out) -> out.send(in.receive())));
    server.socket().deliver(new byte[60], PEER);
    server.run();

    server.send(Flux.just(Datagram.to(PEER, "x")));

    assertThat(server.sent()).isEmpty();
    assertThat(server.stats().count(AMPLIFICATION)).isEqualTo(1);
  }

  @Test
  void whatWasCutOffEarnsNothing() {
    bind(
        it ->
            it.datagramSize(16)
                .truncation(Truncation.DELIVER)
                .amplificationGuard(true)
                .respond(query -> Flux.range(0, 4).map(i -> query.reply(new byte[16]))));

    server.socket().deliver(new byte[100], PEER);
    server.run();

    assertThat(lengthsSent()).containsExactly(16, 16, 16);
  }

  @Test
  void theFirstIsOneWarningWithTheRemedyAndAFloodFillsNoLog() {
    try (CapturedLog log = new CapturedLog()) {
      bind(it -> it.amplificationGuard(true).respond(AmplificationTest::asMany));
      IntStream.range(0, 1_000).forEach(i -> ask(2, 64));

      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("AMPLIFICATION", "192.0.2.7:4711", "RioConnection.validated");
    }
  }

  @Test
  void aServerOnAnIpv6SocketKnowsItsIpv4PeersAgain() {
    bind(it -> it.host("::").amplificationGuard(true).respond(AmplificationTest::asMany));

    ask(10, 30);
    ask(10, 31);

    assertThat(lengthsSent()).containsExactly(30);
  }

  @Test
  void aPeerWithoutAnAddressIsRefusedAtOnce() {
    bind(it -> it);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                server.connection().validated(InetSocketAddress.createUnresolved("localhost", 53)))
        .withMessageContaining("not resolved");
  }
}
