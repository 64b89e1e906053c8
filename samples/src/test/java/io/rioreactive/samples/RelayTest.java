package io.rioreactive.samples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The relay between real sockets. */
@Timeout(60)
@Tag("once")
class RelayTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration FOREVER = Duration.ofHours(1);

  private final List<UdpRelay> relays = new ArrayList<>();

  @AfterEach
  void stopRelays() {
    relays.forEach(relay -> relay.shutdown().block(LONG));
  }

  private UdpRelay relay(InetSocketAddress to, double loss, long seed, Duration idle, int clients) {
    UdpRelay relay =
        new UdpRelay(
            new RelaySettings("127.0.0.1", 0, to, "auto", loss, seed, idle, clients, 65_507));
    relays.add(relay);
    return relay;
  }

  private UdpRelay relay(InetSocketAddress to) {
    return relay(to, 0, 1, FOREVER, 1_000);
  }

  private static DatagramSocket client() throws IOException {
    DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    socket.setSoTimeout((int) LONG.toMillis());
    socket.setReceiveBufferSize(1 << 22);
    return socket;
  }

  /** Not connected: then the JDK would not send one of length 0. */
  private static void send(DatagramSocket socket, UdpRelay relay, byte[] bytes) throws IOException {
    socket.send(new DatagramPacket(bytes, bytes.length, relay.listener().localAddress()));
  }

  private static byte[] receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
    socket.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_200, 2_048, 2_049, 9_000, 40_000, 65_507})
  void everySizeComesBackByteForByte(int length) throws Exception {
    try (TestServer echo = TestServer.echo();
        DatagramSocket client = client()) {
      UdpRelay relay = relay(echo.address());
      byte[] datagram = random(length);
      for (int i = 0; i < 20; i++) {
        send(client, relay, datagram);
        assertThat(receive(client)).isEqualTo(datagram);
      }
    }
  }

  @Test
  void eachClientGetsItsOwnAnswers() throws Exception {
    try (TestServer echo = TestServer.echo()) {
      UdpRelay relay = relay(echo.address());
      List<DatagramSocket> clients = new ArrayList<>();
      try {
        for (int i = 0; i < 100; i++) {
          clients.add(client());
          send(clients.getLast(), relay, ("client " + i).getBytes(UTF_8));
        }
        for (int i = 0; i < clients.size(); i++) {
          assertThat(new String(receive(clients.get(i)), UTF_8)).isEqualTo("client " + i);
        }
        assertThat(relay.clientCount()).isEqualTo(100);
        assertThat(relay.totals()).isEqualTo("to server 100, lost 0; to clients 100, lost 0");
      } finally {
        clients.forEach(DatagramSocket::close);
      }
    }
  }

  @Test
  void aLoadThroughItLosesNothing() {
    RioConnection echo =
        RioUdpServer.create().handle((in, out) -> out.send(in.receive())).bindNow();
    try {
      UdpRelay relay = relay(echo.localAddress());
      SamplesTest.Outcome outcome =
          SamplesTest.run(
              "load",
              "--to",
              PeerAddress.text(relay.listener().localAddress()),
              "--window",
              "32",
              "--duration",
              "1s");

      assertThat(outcome.status()).as(outcome.toString()).isZero();
      assertThat(outcome.out())
          .containsPattern("lost 0 \\(0\\.000 %\\); late \\d+, duplicates 0, not ours 0");
      long relayed = relay.toServer().relayedCount();
      assertThat(relay.toClients().relayedCount()).isEqualTo(relayed);
      await().atMost(LONG).until(() -> echo.stats().received() == relayed);
      assertThat(relay.clientCount()).isEqualTo(4);
      assertThat(relay.holders().inUse()).isZero();
    } finally {
      echo.disposeNow();
    }
  }

  /** Which numbers arrive at the server, and which of their echoes come back. */
  private record Passed(Set<Integer> up, Set<Integer> down) {}

  private Passed pass(int count, double loss, long seed) throws Exception {
    Set<Integer> up = new ConcurrentSkipListSet<>();
    Set<Integer> down = new TreeSet<>();
    try (TestServer echo =
        new TestServer(
            (datagram, peer) -> {
              up.add(ByteBuffer.wrap(datagram).getInt());
              return List.of(datagram);
            })) {
      UdpRelay relay = relay(echo.address(), loss, seed, FOREVER, 1);
      try (DatagramSocket client = client()) {
        for (int i = 0; i < count; i++) {
          send(client, relay, ByteBuffer.allocate(4).putInt(i).array());
          int sent = i + 1;
          if (sent % 16 == 0) { // no more than any buffer holds
            await()
                .atMost(LONG)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> isThrough(relay, sent));
          }
        }
        long back = relay.toClients().relayedCount();
        while (down.size() < back) {
          down.add(ByteBuffer.wrap(receive(client)).getInt());
        }
        assertThat(relay.toServer().lostCount("seeded")).isEqualTo(count - up.size());
        assertThat(relay.toClients().lostCount("seeded")).isEqualTo(up.size() - back);
      }
    }
    return new Passed(Set.copyOf(up), Set.copyOf(down));
  }

  private static boolean isThrough(UdpRelay relay, long sent) {
    RelayCounts up = relay.toServer();
    RelayCounts down = relay.toClients();
    return up.relayedCount() + up.lostCount("seeded") == sent
        && down.relayedCount() + down.lostCount("seeded") == up.relayedCount();
  }

  @Test
  void theSeedSaysWhichAreLostEachWay() throws Exception {
    Passed first = pass(960, 0.2, 7);

    assertThat(pass(960, 0.2, 7)).isEqualTo(first);
    assertThat(pass(960, 0.2, 8)).isNotEqualTo(first);
    assertThat(first.up().size()).isBetween(960 / 2, 950);
    assertThat(first.down().size()).isBetween(first.up().size() / 2, first.up().size() - 10);
    assertThat(first.up()).containsAll(first.down());
  }

  @Test
  void aLossOfOneLosesAll() throws Exception {
    Passed none = pass(32, 1, 1);

    assertThat(none.up()).isEmpty();
  }

  @Test
  void anIdleClientsSocketIsClosedAndItsNextDatagramOpensAnother() throws Exception {
    List<InetSocketAddress> peers = new ArrayList<>(); // read after an answer
    try (TestServer echo =
        new TestServer(
            (datagram, peer) -> {
              peers.add(peer);
              return List.of(datagram);
            })) {
      UdpRelay relay = relay(echo.address(), 0, 1, Duration.ofMillis(200), 1);
      try (DatagramSocket client = client()) {
        send(client, relay, random(10));
        receive(client);
        int port = peers.getFirst().getPort();
        await().atMost(LONG).until(() -> relay.clientCount() == 0);
        await().atMost(LONG).until(() -> canBind(port));

        send(client, relay, random(11));
        assertThat(receive(client)).isEqualTo(random(11));
        assertThat(relay.toServer().lostCount("too many clients")).isZero();
      }
    }
  }

  private static boolean canBind(int port) throws IOException {
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
      return true;
    } catch (BindException isTaken) {
      return false;
    }
  }

  @Test
  void aClientTooManyIsCountedAndTheOthersGoOn() throws Exception {
    try (TestServer echo = TestServer.echo()) {
      UdpRelay relay = relay(echo.address(), 0, 1, FOREVER, 1);
      try (DatagramSocket first = client();
          DatagramSocket second = client()) {
        send(first, relay, random(10));
        receive(first);
        send(second, relay, random(20));
        await().atMost(LONG).until(() -> relay.toServer().lostCount("too many clients") == 1);
        send(first, relay, random(30));

        assertThat(receive(first)).isEqualTo(random(30));
        second.setSoTimeout(1);
        assertThatThrownBy(() -> receive(second)).isInstanceOf(SocketTimeoutException.class);
        assertThat(relay.totals()).contains("lost too many clients 1;");
      }
    }
  }

  @Test
  void whenAllHoldersAreInUseDatagramsAreDroppedAndCounted() throws Exception {
    try (TestServer echo = TestServer.echo()) {
      UdpRelay relay = relay(echo.address());
      try (DatagramSocket client = client()) {
        List<Holder> taken = new ArrayList<>();
        for (Holder holder = relay.holders().take(); holder != null; ) {
          taken.add(holder);
          holder = relay.holders().take();
        }
        send(client, relay, random(10));
        await().atMost(LONG).until(() -> relay.toServer().lostCount("holders in use") == 1);
        taken.forEach(Holder::release);
        send(client, relay, random(11));

        assertThat(receive(client)).isEqualTo(random(11));
      }
    }
  }

  /** As slow as a server's side can be: it has no socket yet. */
  private UdpRelay relayThatWaitsFor(
      CountDownLatch isThere, InetSocketAddress server, Duration idle) {
    UdpRelay relay =
        new UdpRelay(
            new RelaySettings("127.0.0.1", 0, server, "auto", 0, 1, idle, 1, 65_507),
            () -> {
              try {
                isThere.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return server;
            });
    relays.add(relay);
    return relay;
  }

  @Test
  void whatASlowServersQueueCannotHoldIsDroppedAndCounted() throws Exception {
    CountDownLatch isThere = new CountDownLatch(1);
    try (TestServer echo = TestServer.echo();
        DatagramSocket client = client()) {
      UdpRelay relay = relayThatWaitsFor(isThere, echo.address(), FOREVER);
      for (int i = 0; i < RelayClient.QUEUE + 36; i++) {
        send(client, relay, new byte[] {(byte) i});
      }
      await().atMost(LONG).until(() -> relay.toServer().lostCount("queue full") == 36);
      assertThat(relay.holders().inUse()).isEqualTo(RelayClient.QUEUE);
      isThere.countDown();

      for (int i = 0; i < RelayClient.QUEUE; i++) {
        assertThat(receive(client)).containsExactly(i);
      }
      assertThat(relay.totals())
          .isEqualTo("to server 64, lost queue full 36; to clients 64, lost 0");
    } finally {
      isThere.countDown();
    }
  }

  @Test
  void aClientThatExpiresBeforeItHasASocketGivesAllBack() throws Exception {
    CountDownLatch isThere = new CountDownLatch(1);
    try (TestServer echo = TestServer.echo();
        DatagramSocket client = client()) {
      UdpRelay relay = relayThatWaitsFor(isThere, echo.address(), Duration.ofMillis(200));
      send(client, relay, random(10));

      await().atMost(LONG).until(() -> relay.toServer().lostCount("closed") == 1);
      assertThat(relay.clientCount()).isZero();
      assertThat(relay.holders().inUse()).isZero();
    } finally {
      isThere.countDown();
    }
  }

  @Test
  void aServerThatIsNotThereIsCountedAndDoesNotEndIt() throws Exception {
    InetSocketAddress dead;
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      dead = (InetSocketAddress) socket.getLocalSocketAddress();
    }
    UdpRelay relay = relay(dead);
    try (DatagramSocket client = client()) {
      for (int i = 0; i < 10; i++) {
        int sent = i + 1;
        send(client, relay, random(10));
        await().atMost(LONG).until(() -> relay.toServer().relayedCount() == sent);
      }
      await().atMost(LONG).until(() -> relay.toServer().lostCount("unreachable") > 0);
      assertThat(relay.clientCount()).isEqualTo(1);
    }
  }

  @Test
  void aShutdownClosesEverySocketAndThread() throws Exception {
    int port;
    try (TestServer echo = TestServer.echo()) {
      UdpRelay relay = relay(echo.address());
      try (DatagramSocket client = client()) {
        send(client, relay, random(10));
        receive(client);
      }
      port = relay.listener().localAddress().getPort();
      relay.shutdown().block(LONG);

      assertThat(relay.listener().isDisposed()).isTrue();
      assertThat(relay.listener().stats().sent()).isEqualTo(1);
      assertThat(relay.holders().inUse()).isZero();
      assertThat(canBind(port)).isTrue();
    }
  }
}
