package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.contract.Testbed.payload;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.DropReason;
import io.rioreactive.RateLimit;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.SourceView;
import io.rioreactive.test.CapturedLog;
import io.rioreactive.test.Peer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Who may send and how much, what may be sent to whom, and bytes that nobody has asked for. */
interface HostileContract extends OnTestbed {

  int SLOT = 512;

  @Test
  default void whatTheFilterDoesNotWantIsCountedAndTheOthersAreAnswered() {
    Peer wanted = testbed().peer();
    Peer unwanted = testbed().peer();
    int refused = unwanted.address().getPort();
    RioConnection echo =
        testbed()
            .echo(
                testbed()
                    .server()
                    .datagramSize(SLOT)
                    .sourceFilter(SourceView.in("127.0.0.0/8"))
                    .sourceFilter(source -> source.port() != refused));

    for (int length : new int[] {0, 1, SLOT, SLOT + 1, 2 * SLOT}) {
      unwanted.send(payload(length), echo.localAddress());
    }

    assertThat(wanted.ask("hello", echo.localAddress())).isEqualTo("hello");
    eventually(
        () -> {
          assertThat(echo.stats().received()).isEqualTo(6);
          assertThat(echo.stats().delivered()).isEqualTo(1);
        });
    assertThat(echo.stats().count(DropReason.FILTERED)).isEqualTo(5);
    assertThat(echo.stats().count(DropReason.TRUNCATED)).isZero();
  }

  @Test
  default void aRangeThatTheSenderIsNotInLetsNothingThrough() {
    RioConnection echo =
        testbed()
            .echo(
                testbed()
                    .server()
                    .sourceFilter(SourceView.in("192.0.2.0/24", "2001:db8::/32", "127.0.0.9")));

    testbed().peer().send("hello", echo.localAddress());

    eventually(() -> assertThat(echo.stats().count(DropReason.FILTERED)).isEqualTo(1));
    assertThat(echo.stats().sent()).isZero();
  }

  @Test
  default void aPortThatIsRefusedIsNotAnswered() {
    Peer peer = testbed().peer();
    Peer service = testbed().peer();
    RioConnection echo =
        testbed().echo(testbed().server().refusedSourcePorts(7, service.address().getPort()));

    service.send("an answer to answer", echo.localAddress());

    assertThat(peer.ask("hello", echo.localAddress())).isEqualTo("hello");
    eventually(
        () -> {
          assertThat(echo.stats().count(DropReason.REFUSED_PORT)).isEqualTo(1);
          assertThat(echo.stats().delivered()).isEqualTo(1);
        });
  }

  @Test
  default void aSourceHasItsBurstAndWhatIsMoreIsCounted() {
    long began = System.nanoTime();
    RioConnection echo =
        testbed().echo(testbed().server().rateLimit(RateLimit.perSecond(1).withBurst(5)));
    Peer peer = testbed().peer();

    for (int i = 0; i < 50; i++) {
      peer.send(payload(10), echo.localAddress());
    }

    eventually(
        () -> {
          RioStats stats = echo.stats();
          assertThat(stats.received()).isEqualTo(50);
          assertThat(stats.delivered() + stats.count(DropReason.RATE_LIMITED)).isEqualTo(50);
        });
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    assertThat(echo.stats().delivered()).isBetween(5L, 5 + seconds + 1);
  }

  @Test
  default void anUnknownPeerGetsThreeTimesWhatItSentAndAValidatedOneAllOfIt() {
    AtomicInteger length = new AtomicInteger(90);
    RioConnection server =
        testbed()
            .bind(
                testbed()
                    .server()
                    .amplificationGuard(true)
                    .respond(query -> Mono.just(query.reply(payload(length.get())))));
    Peer peer = testbed().peer();

    peer.send(payload(30), server.localAddress());
    assertThat(peer.receive()).isEqualTo(payload(90));
    length.set(91);
    peer.send(payload(30), server.localAddress());
    eventually(() -> assertThat(server.stats().count(DropReason.AMPLIFICATION)).isEqualTo(1));

    server.validated(peer.address());
    length.set(1_000);
    peer.send(payload(1), server.localAddress());

    assertThat(peer.receive()).isEqualTo(payload(1_000));
    assertThat(server.stats().count(DropReason.AMPLIFICATION)).isEqualTo(1);
  }

  @Test
  default void bytesOfEveryKindAreCountedAndNeverQuotedInTheLog() {
    Random random = new Random(1_010);
    try (CapturedLog log = new CapturedLog()) {
      RioConnection connection =
          testbed()
              .bind(
                  testbed()
                      .server()
                      .datagramSize(SLOT)
                      .respond(query -> Mono.just(query.reply(square(query.asString())))));
      Peer peer = testbed().peer();

      for (int i = 1; i <= 200; i++) {
        peer.send(hostile(random), connection.localAddress());
        if (i % 20 == 0) {
          assertThat(peer.ask("17", connection.localAddress())).isEqualTo("289");
        }
      }

      eventually(
          () -> {
            RioStats stats = connection.stats();
            assertThat(stats.received()).isEqualTo(210);
            assertThat(stats.handlerFailures() + stats.count(DropReason.TRUNCATED)).isEqualTo(200);
          });
      assertThat(log.text()).doesNotContain("secret", "forged line");
      assertThat(log.warnings()).as("one for each kind").hasSizeLessThanOrEqualTo(2);
      assertThat(log.errors()).isEmpty();
    }
  }

  private static String square(String number) {
    int value = Integer.parseInt(number); // which quotes what is no number
    return String.valueOf(value * value);
  }

  /** Of any length, with line breaks for the log and with bytes that are no text. */
  private static byte[] hostile(Random random) {
    byte[] begin = "secret\r\n[main] ERROR forged line\n".getBytes(UTF_8);
    byte[] bytes = new byte[random.nextInt(3 * SLOT / 2)];
    random.nextBytes(bytes);
    for (int at = 0; at < bytes.length; at += 100) {
      System.arraycopy(begin, 0, bytes, at, Math.min(begin.length, bytes.length - at));
    }
    return bytes;
  }
}
