package io.rioreactive.samples.statsd;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscription;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;

/** Many browsers, some of which do not read, go away and come back. */
@Timeout(240)
class BrowsersTest {

  private static final int BROWSERS = 99; // and a slow one

  /** Of these so many stay until it has been overrun: for each of them all of it is sent. */
  private static final int STAYING = 4;

  /** Less than a browser may be behind, so that one that reads misses nothing. */
  private static final int ROUND = 30;

  /** Together far more than the buffers of a TCP connection hold. */
  private static final int ROUNDS = 25;

  private static final String PADDING = "x".repeat(16_384);

  /** Counts the test's own events, which come one after the other, and none twice. */
  private static final class Browser {

    private final AtomicInteger seen = new AtomicInteger();
    private volatile boolean hasMissed;

    void onEvent(ServerSentEvent<String> event) {
      int number = number(event.id());
      if (number >= 0 && number != seen.getAndIncrement()) {
        hasMissed = true;
      }
    }
  }

  /** Of an event of this test; -1 of a tick. */
  private static int number(String id) {
    return id != null && id.startsWith("test-") ? Integer.parseInt(id.substring(5)) : -1;
  }

  /** A browser that has stopped to read: a connection and a request, and nothing more. */
  private static Socket slowBrowser(RunningStatsd statsd) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), statsd.httpPort()));
    String request = "GET /ticks HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(US_ASCII));
    return socket;
  }

  /**
   * A round of events begins when all who read have seen the one before. If the one that does not
   * read held up others, that would never be.
   */
  @Test
  void aHundredBrowsersOfWhichOneDoesNotRead() throws IOException {
    Disposable.Composite leaving = Disposables.composite();
    Disposable.Composite staying = Disposables.composite();
    try (RunningStatsd statsd = RunningStatsd.start();
        Socket slow = slowBrowser(statsd)) {
      slow.setSoTimeout((int) RunningStatsd.LONG.toMillis());
      BufferedReader slowReader =
          new BufferedReader(new InputStreamReader(slow.getInputStream(), UTF_8));
      assertThat(slowReader.readLine()).contains("200"); // so it watches
      List<Browser> browsers = new ArrayList<>();
      for (int i = 0; i < BROWSERS; i++) {
        Browser browser = new Browser();
        browsers.add(browser);
        (i < STAYING ? staying : leaving).add(statsd.events().subscribe(browser::onEvent));
      }

      int published = publishARound(statsd, 0, browsers);
      leaving.dispose();
      List<Browser> left = browsers.subList(0, STAYING);
      for (int round = 1; round < ROUNDS; round++) {
        published = publishARound(statsd, published, left);
      }

      assertThat(browsers).noneMatch(browser -> browser.hasMissed);
      assertWasCutOff(slowReader, published);
      int last = published - 1;
      assertThat(
              statsd.events().filter(it -> number(it.id()) == last).blockFirst(RunningStatsd.LONG))
          .as("what it is told when it comes back")
          .isNotNull();
    } finally {
      leaving.dispose();
      staying.dispose();
    }
  }

  /** Answers how many events have been published, which all of these have then seen. */
  private static int publishARound(RunningStatsd statsd, int before, List<Browser> browsers) {
    int published = before + ROUND;
    for (int i = before; i < published; i++) {
      statsd.feed().publish("test-" + i, PADDING);
    }
    await()
        .atMost(RunningStatsd.LONG)
        .until(() -> browsers.stream().allMatch(browser -> browser.seen.get() == published));
    return published;
  }

  /** It is told what waited for it, and then the end. */
  private static void assertWasCutOff(BufferedReader reader, int published) throws IOException {
    int events = 0;
    int number = -1;
    String line = reader.readLine();
    while (!"0".equals(line)) { // HTTP's last chunk
      assertThat(line).isNotNull();
      if (line.startsWith("id:test-")) {
        int next = number(line.substring(3));
        assertThat(next).isGreaterThan(number); // in order
        number = next;
        events++;
      }
      line = reader.readLine();
    }
    assertThat(events).isPositive().isLessThan(published);
  }

  /** Nobody's memory grows, be it that of a browser of whose end the web server was not told. */
  @Test
  void whoTakesNothingIsCutOff() {
    try (RunningStatsd statsd = RunningStatsd.start()) {
      List<Integer> seen = new ArrayList<>();
      AtomicBoolean hasEnded = new AtomicBoolean();
      BaseSubscriber<ServerSentEvent<String>> slow =
          new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
              // asks for nothing yet
            }

            @Override
            protected void hookOnNext(ServerSentEvent<String> event) {
              if (number(event.id()) >= 0) {
                seen.add(number(event.id()));
              }
            }

            @Override
            protected void hookOnComplete() {
              hasEnded.set(true);
            }
          };
      statsd.feed().watch().subscribe(slow);
      for (int i = 0; i < 1_000; i++) {
        statsd.feed().publish("test-" + i, "x");
      }
      assertThat(statsd.feed().watchers()).isZero();

      slow.requestUnbounded();

      await().atMost(RunningStatsd.LONG).untilTrue(hasEnded);
      assertThat(seen).isSorted().hasSizeBetween(TickFeed.WAITING / 2, TickFeed.WAITING + 1);
    }
  }

  @Test
  void aBrowserThatComesBackIsToldOfTheLastMinute() throws Exception {
    try (RunningStatsd statsd = RunningStatsd.start()) {
      statsd.send("hits:1|c");
      Tick first = statsd.await(tick -> tick.lines() == 1); // and leaves: that was one connection

      Tick again = statsd.ticks().blockFirst(RunningStatsd.LONG);

      assertThat(again).isNotNull();
      assertThat(again.time()).isLessThanOrEqualTo(first.time());
    }
  }

  @Test
  void browsersThatLeaveInTheMiddleOfAnEventLeaveNothingBehind() throws IOException {
    try (RunningStatsd statsd = RunningStatsd.start()) {
      for (int i = 0; i < 50; i++) {
        Socket browser = slowBrowser(statsd);
        statsd.feed().publish("test-" + i, PADDING);
        browser.setSoLinger(true, 0); // a reset
        browser.close();
      }

      assertThat(statsd.events().blockFirst(RunningStatsd.LONG)).isNotNull();
      await()
          .atMost(RunningStatsd.LONG)
          .until(
              () -> {
                for (int i = 0; i < TickFeed.WAITING; i++) { // by a write it is noticed who is gone
                  statsd.feed().publish("test-more", "x");
                }
                return statsd.feed().watchers() == 0;
              });
    }
  }

  /** Its browser would send it here, if the page's name were made to resolve to this machine. */
  @Test
  void aStrangersPageIsRefused() throws IOException {
    try (RunningStatsd statsd = RunningStatsd.start()) {
      int port = statsd.httpPort();
      assertThat(statusAskedFor(statsd, "evil.example:" + port)).contains(" 403 ");
      assertThat(statusAskedFor(statsd, "evil.example")).contains(" 403 ");
      assertThat(statusAskedFor(statsd, "127.0.0.1.evil.example")).contains(" 403 ");
      assertThat(statusAskedFor(statsd, "127.0.0.1:" + port)).contains(" 200 ");
      assertThat(statusAskedFor(statsd, "[::1]:" + port)).contains(" 200 ");
      assertThat(statusAskedFor(statsd, "localhost")).contains(" 200 ");
    }
  }

  private static String statusAskedFor(RunningStatsd statsd, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), statsd.httpPort())) {
      String request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      return new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))
          .readLine();
    }
  }

  @Test
  void thePageAndAllThatItLoadsComeFromHere() throws Exception {
    try (RunningStatsd statsd = RunningStatsd.start()) {
      String page = statsd.get("").body();

      List<String> loaded =
          Pattern.compile("(?:src|href)=\"([^\"]+)\"")
              .matcher(page)
              .results()
              .map(match -> match.group(1))
              .toList();
      assertThat(loaded).hasSize(5);
      for (String each : loaded) {
        assertThat(each).doesNotContain("//");
        assertThat(statsd.get(each).statusCode()).as(each).isEqualTo(200);
      }
      assertThat(statsd.get("nothing").statusCode()).isEqualTo(404);
    }
  }
}
