package io.rioreactive.test;

import static io.rioreactive.test.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That a pump polls where it was told to: it uses CPU while nothing happens, and others do not. */
class BusyPollTest {

  private static final Duration FOR_EVER = Duration.ofDays(1);

  /** Far more than a pump uses that sleeps. */
  private static final long MUCH = TimeUnit.MILLISECONDS.toNanos(100);

  private final ThreadCounters counters;
  private final List<Thread> pumps = new CopyOnWriteArrayList<>();
  private final List<RioConnection> open = new CopyOnWriteArrayList<>();

  BusyPollTest() throws ReflectiveOperationException {
    counters = new ThreadCounters();
  }

  @AfterEach
  void close() {
    open.forEach(RioConnection::disposeNow);
  }

  private RioUdpServer server() {
    return RioUdpServer.create().doOnBound(bound -> pumps.add(Thread.currentThread()));
  }

  private void assertPolls(Thread pump) {
    long before = counters.cpuNanos(pump);
    eventually(() -> assertThat(counters.cpuNanos(pump) - before).isGreaterThan(MUCH));
  }

  @Test
  void aServersPumpPollsAndThatOfAnotherSleeps() {
    open.add(server().busyPoll(FOR_EVER).bindNow());
    open.add(server().bindNow());
    long before = counters.cpuNanos(pumps.getLast());

    assertPolls(pumps.getFirst());

    assertThat(counters.cpuNanos(pumps.getLast()) - before).isLessThan(MUCH);
  }

  @Test
  void aGroupsPumpsPoll() {
    PumpGroup group = PumpGroup.create().size(2).busyPoll(FOR_EVER);
    try {
      server().runOn(group).pumps(1).bindNow();

      assertPolls(pumps.getFirst());
    } finally {
      group.dispose();
    }
  }

  @Test
  void clientsSharePumpsWithThoseThatPollAsLong() {
    RioConnection server = RioUdpServer.create().bindNow();
    open.add(server);
    RioUdpClient client =
        RioUdpClient.create()
            .port(server.localAddress().getPort())
            .doOnConnected(connected -> pumps.add(Thread.currentThread()));

    open.add(client.connectNow());
    open.add(client.busyPoll(FOR_EVER).connectNow());
    open.add(client.busyPoll(FOR_EVER).connectNow());

    assertThat(pumps.get(1)).isNotSameAs(pumps.getFirst()).isSameAs(pumps.get(2));
    assertPolls(pumps.get(1));
  }
}
