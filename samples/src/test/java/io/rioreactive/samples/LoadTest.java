package io.rioreactive.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.samples.SamplesTest.Outcome;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The load against servers that answer, that do not, and that answer too late or too often. */
@Timeout(60)
@Tag("once")
class LoadTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private static Outcome load(InetSocketAddress to, String options) {
    return SamplesTest.run(("load --to " + PeerAddress.text(to) + " " + options).split(" "));
  }

  private static long number(Outcome outcome, String name) {
    Matcher matcher = Pattern.compile(name + " ([0-9,]+)").matcher(outcome.out());
    assertThat(matcher.find()).as(outcome.toString()).isTrue();
    return Long.parseLong(matcher.group(1).replace(",", ""));
  }

  @Test
  void aClosedLoopSaysWhatCameBack() {
    RioConnection echo =
        RioUdpServer.create().handle((in, out) -> out.send(in.receive())).bindNow();
    try {
      Outcome outcome = load(echo.localAddress(), "--duration 500ms --window 64 --sockets 3");

      assertThat(outcome.status()).as(outcome.toString()).isZero();
      assertThat(outcome.out())
          .contains("3 sockets to 127.0.0.1:", "64 under way, so latency is service time")
          .containsPattern("lost 0 \\(0\\.000 %\\); late \\d+, duplicates 0, not ours 0")
          .containsPattern("(?m)^service time p50 .*, p99 .*, p99\\.9 .*, max .*$");
      assertThat(number(outcome, "sent"))
          .isGreaterThanOrEqualTo(64)
          .isEqualTo(number(outcome, ", echoed"));
      await().atMost(LONG).until(() -> echo.stats().received() == number(outcome, "sent"));
    } finally {
      echo.disposeNow();
    }
  }

  @Test
  void inAnOpenLoopTheClockAloneSends() {
    RioConnection echo =
        RioUdpServer.create().handle((in, out) -> out.send(in.receive())).bindNow();
    try {
      Outcome outcome = load(echo.localAddress(), "--duration 500ms --rate 400 --sockets 2");

      assertThat(outcome.status()).as(outcome.toString()).isZero();
      assertThat(outcome.out())
          .contains("open loop: 400/s, latency from when each was to be sent")
          .contains("lost 0 (0.000 %)", "latency from intended send p50 ");
      long notSent = outcome.out().contains("not sent") ? number(outcome, "not sent") : 0;
      assertThat(number(outcome, "sent") + notSent).isEqualTo(200);
    } finally {
      echo.disposeNow();
    }
  }

  /** Which is what keeps a pause from hiding the latency of those that had to wait. */
  @Test
  void anOpenLoopsDatagramsCarryTheTimeTheyWereToBeSent() throws Exception {
    Queue<Long> times = new ConcurrentLinkedQueue<>();
    try (TestServer server =
        new TestServer(
            (datagram, peer) -> {
              times.add(ByteBuffer.wrap(datagram).getLong(16));
              return List.of(datagram);
            })) {
      load(server.address(), "--duration 300ms --rate 1000 --sockets 1");

      List<Long> sent = new ArrayList<>(times);
      assertThat(sent).hasSizeGreaterThan(1);
      for (int i = 1; i < sent.size(); i++) {
        assertThat(sent.get(i) - sent.getFirst()).isEqualTo(i * 1_000_000L);
      }
    }
  }

  @Test
  void nobodyThereIsOneLineWithTheRemedy() throws IOException {
    InetSocketAddress dead;
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      dead = (InetSocketAddress) socket.getLocalSocketAddress();
    }
    Outcome outcome = load(dead, "--duration 100ms --window 4");

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err().lines())
        .singleElement()
        .asString()
        .startsWith("load: nothing came back from 127.0.0.1:" + dead.getPort())
        .contains("samples/run echo --port " + dead.getPort());
    assertThat(outcome.out()).contains("lost 4 (100.000 %)");
  }

  private static LoadRun closedLoop(TestServer server, int window) {
    return new LoadRun(
        new LoadSettings(server.address(), "auto", 1, window, 0, 64, Duration.ofHours(1)));
  }

  @Test
  void eachReplyLetsTheNextGo() throws Exception {
    try (TestServer server = new TestServer((datagram, peer) -> List.of(datagram));
        LoadRun load = closedLoop(server, 4)) {
      CompletableFuture<Void> end = send(load);

      await().atMost(LONG).until(() -> load.totals().echoed() > 100);
      load.stop();
      end.get(30, TimeUnit.SECONDS);

      assertThat(load.totals().lost()).isZero();
    }
  }

  /** Runs it beside the test, which stops it. */
  private static CompletableFuture<Void> send(LoadRun load) {
    return CompletableFuture.runAsync(() -> load.send(status -> {}));
  }

  @Test
  void lostDatagramsDoNotUseUpTheWindow() throws Exception {
    AtomicInteger seen = new AtomicInteger();
    try (TestServer server =
            new TestServer(
                (datagram, peer) -> seen.incrementAndGet() <= 8 ? List.of() : List.of(datagram));
        LoadRun load = closedLoop(server, 8)) {
      CompletableFuture<Void> end = send(load);

      await().atMost(LONG).until(() -> load.totals().echoed() > 8);
      load.stop();
      end.get(30, TimeUnit.SECONDS);

      assertThat(load.totals().lost()).isEqualTo(8);
    }
  }

  @Test
  void lateRepliesAreNotLostAndOpenNoSecondPlaceInTheWindow() throws Exception {
    AtomicBoolean isLate = new AtomicBoolean();
    List<byte[]> kept = new ArrayList<>(); // the server's thread alone
    try (TestServer server =
            new TestServer(
                (datagram, peer) -> {
                  kept.add(datagram);
                  List<byte[]> answers = isLate.get() ? List.copyOf(kept) : List.of();
                  kept.removeAll(answers);
                  return answers;
                });
        LoadRun load = closedLoop(server, 4)) {
      CompletableFuture<Void> end = send(load);

      await().atMost(LONG).until(() -> load.totals().lost() >= 4);
      isLate.set(true);
      await().atMost(LONG).until(() -> load.totals().late() >= 4);
      LoadTotals later = load.totals();
      load.stop();
      end.get(30, TimeUnit.SECONDS);

      assertThat(later.underWay()).isBetween(0L, 4L);
      assertThat(load.totals().lost()).isZero();
    }
  }

  @Test
  void duplicatesAndStrangersAreCountedApart() throws Exception {
    byte[] stranger = new byte[64];
    try (TestServer server =
            new TestServer((datagram, peer) -> List.of(datagram, datagram, stranger, new byte[0]));
        LoadRun load = closedLoop(server, 2)) {
      CompletableFuture<Void> end = send(load);

      await().atMost(LONG).until(() -> load.totals().echoed() > 10);
      load.stop();
      end.get(30, TimeUnit.SECONDS);

      LoadTotals totals = load.totals();
      assertThat(totals.echoed()).isEqualTo(totals.sent());
      assertThat(totals.duplicates()).isPositive().isLessThanOrEqualTo(totals.sent());
      assertThat(totals.foreign()).isPositive().isLessThanOrEqualTo(2 * totals.sent());
    }
  }
}
