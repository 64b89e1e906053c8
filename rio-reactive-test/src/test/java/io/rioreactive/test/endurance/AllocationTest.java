package io.rioreactive.test.endurance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rioreactive.Datagram;
import io.rioreactive.DatagramView;
import io.rioreactive.DatagramWriter;
import io.rioreactive.RateLimit;
import io.rioreactive.RioConnection;
import io.rioreactive.RioSupport;
import io.rioreactive.RioSupport.Capability;
import io.rioreactive.RioUdpServer;
import io.rioreactive.SourceView;
import io.rioreactive.test.Needs;
import io.rioreactive.test.ThreadCounters;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

/**
 * What the pump allocates for a datagram, in steady state. It is measured in windows; the compiler
 * decides when the steady state begins, so three windows in a row within the budget are looked for,
 * among so many at most.
 */
@Tag("endurance")
@Timeout(120)
class AllocationTest {

  private static final int PAYLOAD = 64;
  private static final int MOST_WINDOWS = 200;
  private static final int ENOUGH_IN_A_ROW = 3;

  /** So many datagrams are under way at most: the smallest receive buffer holds them. */
  private static final int BURST = 64;

  private final List<DatagramSocket> peers = new ArrayList<>();
  private final AtomicReference<Thread> pump = new AtomicReference<>();

  private void openPeers(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      DatagramSocket peer =
          new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      peer.setSoTimeout(10_000);
      peers.add(peer);
    }
  }

  @AfterEach
  void closePeers() {
    for (DatagramSocket peer : peers) {
      peer.close();
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("io.rioreactive.test.ProvidersUnderTest#thatAllocateNothing")
  void decodingAndEncodingInTheSlotAllocateNothing(String provider) throws Exception {
    Needs.provider(provider);
    openPeers(1_024);
    Pool pool = new Pool();
    RioConnection echo =
        server(provider)
            .handle((in, out) -> out.send(in.receive(pool::decode), pool::encode))
            .bindNow();
    try {
      assertBudget(0, () -> exchangeWithAll(echo));
    } finally {
      echo.disposeNow();
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("io.rioreactive.test.ProvidersUnderTest#thatAllocateNothing")
  void packetInfoAndAnswersFromThereAllocateNothing(String provider) throws Exception {
    Needs.provider(provider);
    assumeTrue(hasPacketInfo(provider), "a provider without packet info");
    openPeers(1_024);
    Pool pool = new Pool();
    RioConnection echo =
        server(provider)
            .packetInfo(true)
            .handle((in, out) -> out.send(in.receive(pool::decodeWithInfo), pool::encodeFrom))
            .bindNow();
    try {
      assertBudget(0, () -> exchangeWithAll(echo));
    } finally {
      echo.disposeNow();
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("io.rioreactive.test.ProvidersUnderTest#thatAllocateNothing")
  void whoMaySendAndHowMuchMayLeaveIsJudgedWithoutAllocating(String provider) throws Exception {
    Needs.provider(provider);
    openPeers(1_024);
    Pool pool = new Pool();
    RioConnection echo =
        server(provider)
            .sourceFilter(SourceView.in("127.0.0.0/8", "::1"))
            .rateLimit(RateLimit.perSecond(1_000_000))
            .refuseOwnPort(true)
            .amplificationGuard(true)
            .handle((in, out) -> out.send(in.receive(pool::decode), pool::encode))
            .bindNow();
    try {
      assertBudget(0, () -> exchangeWithAll(echo));
    } finally {
      echo.disposeNow();
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("io.rioreactive.test.ProvidersUnderTest#thatAllocateNothing")
  void whatIsRefusedAllocatesNothing(String provider) throws Exception {
    Needs.provider(provider);
    openPeers(4_096); // of whom some would not find their place in the cache of addresses
    RioConnection connection =
        server(provider)
            .sourceFilter(
                source -> {
                  pump.lazySet(Thread.currentThread());
                  return source.port() % 2 == 0; // and the others meet the limit
                })
            .rateLimit(RateLimit.perSecond(1).withBurst(1))
            .bindNow();
    connection.receive(view -> null).subscribe();
    try {
      assertBudget(0, () -> sendFromAll(connection));
    } finally {
      connection.disposeNow();
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("io.rioreactive.test.ProvidersUnderTest#thatAllocateNothing")
  void whatTheGuardKeepsBackAllocatesNothing(String provider) throws Exception {
    Needs.provider(provider);
    openPeers(1_024);
    Pool pool = new Pool();
    RioConnection amplifier =
        server(provider)
            .amplificationGuard(true)
            .handle((in, out) -> out.send(in.receive(pool::decode), pool::encodeThirtyTimes))
            .bindNow();
    try {
      assertBudget(0, () -> sendFromAll(amplifier));
    } finally {
      amplifier.disposeNow();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void runsThatComeAndGoInOneMessageAllocateNothing() throws Exception {
    Needs.provider("linux-mmsg");
    openPeers(1);
    Pool pool = new Pool();
    RioConnection echo =
        server("linux-mmsg")
            .coalescing(true)
            .handle((in, out) -> out.send(in.receive(pool::decode), pool::encode))
            .bindNow();
    RioConnection sender = server("linux-mmsg").bindNow();
    sender.receive().subscribe();
    try {
      assertBudget(0, () -> exchangeRuns(sender, echo));
    } finally {
      sender.disposeNow();
      echo.disposeNow();
    }
  }

  private static void exchangeRuns(RioConnection sender, RioConnection echo) {
    InetSocketAddress to = echo.localAddress();
    for (int i = 0; i < 16; i++) {
      long received = sender.stats().received() + BURST;
      sender
          .send(Flux.range(0, BURST).map(each -> Datagram.to(to, new byte[PAYLOAD])))
          .block(Duration.ofSeconds(10));
      await()
          .atMost(Duration.ofSeconds(10))
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofNanos(100_000))
          .until(() -> sender.stats().received() == received);
    }
  }

  private static boolean hasPacketInfo(String provider) {
    return RioSupport.providers().stream()
        .anyMatch(each -> each.name().equals(provider) && each.can(Capability.PACKET_INFO));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("io.rioreactive.test.ProvidersUnderTest#thatAllocateNothing")
  void aReceivedValueCosts64BytesAndItsPayload(String provider) throws Exception {
    Needs.provider(provider);
    openPeers(4_096); // a few of them do not find their place in the cache of addresses
    RioConnection connection = server(provider).bindNow();
    connection.receive().subscribe(datagram -> pump.lazySet(Thread.currentThread()));
    try {
      assertBudget(64 + PAYLOAD, () -> sendFromAll(connection));
    } finally {
      connection.disposeNow();
    }
  }

  private static RioUdpServer server(String provider) {
    return RioUdpServer.create().provider(provider);
  }

  private interface Window {
    void run() throws IOException;
  }

  private void assertBudget(long bytesADatagram, Window window) throws Exception {
    window.run();
    ThreadCounters counters = new ThreadCounters();
    List<Double> costs = new ArrayList<>();
    int inARow = 0;
    while (inARow < ENOUGH_IN_A_ROW && costs.size() < MOST_WINDOWS) {
      long before = counters.allocatedBytes(pump.get());
      window.run();
      long bytes = counters.allocatedBytes(pump.get()) - before;
      costs.add((double) bytes / peers.size());
      inARow = bytes <= bytesADatagram * peers.size() ? inARow + 1 : 0;
    }
    assertThat(inARow)
        .as("windows in a row with at most %d bytes a datagram in %s", bytesADatagram, costs)
        .isEqualTo(ENOUGH_IN_A_ROW);
  }

  private void exchangeWithAll(RioConnection connection) throws IOException {
    DatagramPacket answer = new DatagramPacket(new byte[PAYLOAD], PAYLOAD);
    for (int first = 0; first < peers.size(); first += BURST) {
      sendBurst(first, connection);
      for (DatagramSocket peer : peers.subList(first, first + BURST)) {
        peer.receive(answer);
      }
    }
  }

  private void sendFromAll(RioConnection connection) throws IOException {
    long received = connection.stats().received();
    for (int first = 0; first < peers.size(); first += BURST) {
      sendBurst(first, connection);
      received += BURST;
      long expected = received;
      await()
          .atMost(Duration.ofSeconds(10))
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofNanos(100_000))
          .until(() -> connection.stats().received() == expected);
    }
  }

  private void sendBurst(int first, RioConnection connection) throws IOException {
    DatagramPacket packet =
        new DatagramPacket(new byte[PAYLOAD], PAYLOAD, connection.localAddress());
    for (DatagramSocket peer : peers.subList(first, first + BURST)) {
      peer.send(packet);
    }
  }

  /** The application's own part of the zero: holders that go round. Used on the pump alone. */
  private final class Pool {

    private final ArrayDeque<Holder> free = new ArrayDeque<>();

    Holder decode(DatagramView view) {
      pump.lazySet(Thread.currentThread());
      Holder holder = free.poll();
      if (holder == null) {
        holder = new Holder();
      }
      holder.from = view.remoteAddress();
      holder.length = view.length();
      view.getBytes(0, holder.bytes, 0, holder.length);
      return holder;
    }

    Holder decodeWithInfo(DatagramView view) {
      Holder holder = decode(view);
      holder.at = view.localAddress();
      if (view.interfaceIndex() < 1 || view.hopLimit() < 1 || view.trafficClass() != 0) {
        throw new IllegalStateException("packet info is not told");
      }
      return holder;
    }

    void encodeFrom(Holder holder, DatagramWriter writer) {
      encode(holder, writer);
      writer.from(holder.at, 0);
    }

    void encodeThirtyTimes(Holder holder, DatagramWriter writer) {
      for (int i = 0; i < 29; i++) {
        writer.remoteAddress(holder.from).put(holder.bytes, 0, holder.length);
      }
      encode(holder, writer);
    }

    void encode(Holder holder, DatagramWriter writer) {
      writer.remoteAddress(holder.from).put(holder.bytes, 0, holder.length);
      free.push(holder);
    }
  }

  private static final class Holder {
    private final byte[] bytes = new byte[PAYLOAD];
    private InetSocketAddress from;
    private InetSocketAddress at;
    private int length;
  }
}
