package io.rioreactive.samples.statsd;

import static io.rioreactive.test.RioAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole application: real datagrams in, real requests for what it shows. */
@Timeout(180)
class StatsdServerTest {

  @Test
  void showsWhatIsSent() throws IOException {
    try (RunningStatsd statsd = RunningStatsd.start()) {
      statsd.send("hits:1|c\nhits:2|c|@0.1\ntook:320|ms\ndepth:7|g", "depth:+3|g", "users:a|s");

      Tick tick =
          statsd.await(it -> it.lines() == 6 && it.metrics().size() == 4 && it.datagrams() == 3);

      assertThat(tick.metrics()).extracting(Shown::name).contains("hits", "took", "depth", "users");
      assertThat(statsd.await(Kind.COUNTER, "hits", it -> it.value() == 21).kind())
          .isEqualTo(Kind.COUNTER);
      assertThat(statsd.await(Kind.GAUGE, "depth", it -> it.value() == 10).mean()).isNull();
      assertThat(tick.refused().values()).containsOnly(0L);
    }
  }

  /** Bad lines and bad datagrams: each is counted by its reason, and the next one is as welcome. */
  @Test
  void whatIsBadIsCountedAndNothingElse() throws IOException {
    try (RunningStatsd statsd = RunningStatsd.start(RunningStatsd.udpServer().datagramSize(100));
        DatagramSocket client = new DatagramSocket()) {
      statsd.send("nonsense", "hits:x|c\nhits:1|q\nhits:1|c", "hits:1|c|@7", "");
      statsd.send(client, "n".repeat(101).getBytes(UTF_8));
      statsd.send("hits:1|c");

      Tick tick = statsd.await(it -> it.lines() == 2 && it.datagrams() == 6);

      assertThat(tick.refused())
          .containsEntry(Fault.NO_VALUE, 1L)
          .containsEntry(Fault.VALUE, 1L)
          .containsEntry(Fault.TYPE, 1L)
          .containsEntry(Fault.RATE, 1L)
          .containsEntry(Fault.NAME, 0L);
      assertThat(tick.dropped())
          .containsEntry(DropReason.TRUNCATED, 1L)
          .containsEntry(DropReason.DECODER, 0L);
      assertThat(statsd.connection()).isOpen().eventually().conserves();
    }
  }

  /** Each datagram's lines are its own: what is random between them changes nothing. */
  @Test
  void seededRubbishBetweenGoodLinesLosesNoGoodOne() throws IOException {
    Random random = new Random(20_251);
    try (RunningStatsd statsd = RunningStatsd.start();
        DatagramSocket client = new DatagramSocket()) {
      for (int i = 1; i <= 200; i++) {
        byte[] rubbish = new byte[random.nextInt(300)];
        random.nextBytes(rubbish);
        statsd.send(client, rubbish);
        statsd.send(client, "good:1|c".getBytes(UTF_8));
        int sent = 2 * i; // one after the other, so that no buffer is too small
        await()
            .atMost(RunningStatsd.LONG)
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(1))
            .until(() -> received(statsd) == sent);
      }

      assertThat(statsd.await(Kind.COUNTER, "good", it -> it.value() == 200).name())
          .isEqualTo("good");
      assertThat(statsd.connection()).isOpen().eventually().hasDroppedNothing().conserves();
    }
  }

  private static long received(RunningStatsd statsd) {
    return statsd.connection().stats().received();
  }

  /** The slider: fewer posts, then drops that the kernel counts, then all as before. */
  @Test
  void theSliderTurnsIntoFewerPostsThenDropsThenRecovery() throws Exception {
    RioUdpServer small = RunningStatsd.udpServer().option(StandardSocketOptions.SO_RCVBUF, 8_192);
    try (RunningStatsd statsd = RunningStatsd.start(small);
        DatagramSocket client = new DatagramSocket()) {
      assumeTrue(
          statsd.connection().stats().kernelDrops().isPresent(),
          "the provider here does not tell the kernel's drops");
      statsd.await(tick -> isPosted(tick) && tick.slots() == StatsdServer.WINDOW);

      assertThat(statsd.put("delay/1000").statusCode()).isEqualTo(204);
      byte[] datagram = "hits:1|c".getBytes(UTF_8);
      await()
          .atMost(RunningStatsd.LONG)
          .until(
              () -> {
                for (int i = 0; i < 1_000; i++) {
                  statsd.send(client, datagram);
                }
                return statsd.connection().stats().kernelDrops().orElseThrow() > 0;
              });
      Tick slow = statsd.await(tick -> kernelDrops(tick) > 0 && tick.delayMillis() == 1_000);
      assertThat(slow.posted()).isLessThan(StatsdServer.WINDOW);
      assertThat(slow.dropped().values()).containsOnly(0L);

      assertThat(statsd.put("delay/0").statusCode()).isEqualTo(204);
      Tick again =
          statsd.await(
              tick -> tick.time() > slow.time() && tick.delayMillis() == 0 && isPosted(tick));
      statsd.send("after:1|c");
      statsd.await(Kind.COUNTER, "after", it -> it.value() == 1);
      RioConnection connection = statsd.connection();
      assertThat(connection.stats().kernelDrops().orElseThrow()).isEqualTo(kernelDrops(again));
      assertThat(connection).isOpen().eventually().conserves();
    }
  }

  /** All but those that are not worth waking the pump for. */
  private static boolean isPosted(Tick tick) {
    return tick.posted() > StatsdServer.WINDOW * 3 / 4.0;
  }

  private static long kernelDrops(Tick tick) {
    Long drops = tick.kernelDrops();
    return drops == null ? 0 : drops;
  }

  @Test
  void aDelayThatCannotBeIsRefused() throws Exception {
    try (RunningStatsd statsd = RunningStatsd.start()) {
      for (String wrong : List.of("-1", "1001", "soon", "1e3", "99999999999")) {
        assertThat(statsd.put("delay/" + wrong).statusCode()).as(wrong).isEqualTo(400);
      }
      assertThat(statsd.get("delay/5").statusCode()).isEqualTo(405);
      assertThat(statsd.await(tick -> true).delayMillis()).isZero();
    }
  }

  /** Ctrl-C in the middle: what has been received is stored, shown and told, and both sides end. */
  @Test
  void theEndStoresWhatWasReceivedAndEndsTheEvents() throws Exception {
    RunningStatsd statsd = RunningStatsd.start();
    RioConnection connection = statsd.connection();
    CountDownLatch isWatched = new CountDownLatch(1);
    CompletableFuture<Tick> last =
        statsd.ticks().doOnNext(tick -> isWatched.countDown()).last().toFuture();
    assertThat(isWatched.await(RunningStatsd.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(statsd.put("delay/200").statusCode()).isEqualTo(204);
    for (int i = 0; i < 100; i++) {
      statsd.send("hits:1|c");
    }
    await().atMost(RunningStatsd.LONG).until(() -> connection.stats().received() == 100);

    statsd.close();

    assertThat(connection).isClosed().hasDroppedNothing().conserves();
    Tick tick = last.get(RunningStatsd.LONG.toSeconds(), TimeUnit.SECONDS);
    assertThat(tick.lines()).isEqualTo(100);
    assertThat(tick.datagrams()).isEqualTo(100);
  }
}
