package io.rioreactive.samples.netty;

import static io.rioreactive.samples.netty.BothLibraries.LONG;
import static io.rioreactive.samples.netty.BothLibraries.addressOf;
import static io.rioreactive.samples.netty.BothLibraries.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.udp.UdpResources;

/** The examples of docs/FROM-REACTOR-NETTY.md do after the migration what they did before. */
@Timeout(60)
class MigrationTest {

  private static final InetAddress GROUP = InetAddress.ofLiteral("239.255.72.8");

  private final BothLibraries both = new BothLibraries();

  @AfterEach
  void close() {
    both.close();
  }

  /** The threads that examples have which name none. */
  @AfterAll
  static void endThreadsOfExamples() {
    UdpResources.shutdownLater(Duration.ZERO, LONG).block(LONG);
  }

  @Test
  void echo() throws IOException {
    Connection before = both.closedAtTheEnd(Before.echo(0));
    RioConnection after = both.closedAtTheEnd(After.echo(0));

    try (TestPeer peer = new TestPeer()) {
      assertThat(peer.ask(addressOf(before), "hello")).isEqualTo("hello");
      assertThat(peer.ask(after.localAddress(), "hello")).isEqualTo("hello");
    }
  }

  @Test
  void resolver() throws IOException {
    Function<String, Mono<String>> lookUp =
        name -> {
          if (name.equals("throws")) {
            throw new IllegalArgumentException(name);
          }
          return name.equals("fails")
              ? Mono.error(new IOException(name))
              : Mono.just(name + " is 192.0.2.1");
        };
    Connection before = both.closedAtTheEnd(Before.resolver(lookUp));
    RioConnection after = both.closedAtTheEnd(After.resolver(lookUp));

    assertResolves(addressOf(before));
    assertResolves(after.localAddress());
    assertThat(after.stats().handlerFailures()).isEqualTo(2);
  }

  private static void assertResolves(InetSocketAddress server) throws IOException {
    try (TestPeer peer = new TestPeer()) {
      peer.send(server, "throws");
      peer.send(server, "fails");
      assertThat(peer.ask(server, "example.org")).isEqualTo("example.org is 192.0.2.1");
    }
  }

  @Test
  void ask() {
    int port = both.bind(both.rioServer().handle(BothLibraries::echo)).localAddress().getPort();

    assertThat(Before.ask(port, "hello").block(LONG)).isEqualTo("hello");
    assertThat(After.ask(port, "hello").block(LONG)).isEqualTo("hello");
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the JDK's groups on loopback are known there")
  void member() throws IOException {
    NetworkInterface loopback =
        NetworkInterface.getByInetAddress(InetAddress.ofLiteral("127.0.0.1"));
    List<String> before = new CopyOnWriteArrayList<>();
    List<String> after = new CopyOnWriteArrayList<>();
    Connection itsMember =
        both.closedAtTheEnd(Before.member(both.loops(), GROUP, loopback, before::add));
    RioConnection ourMember = both.closedAtTheEnd(After.member(GROUP, loopback, after::add));

    try (DatagramSocket sender = new DatagramSocket()) {
      sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, loopback);
      sender.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 0);
      eventually( // reactor-netty joins when it is bound already
          () -> {
            sendToGroup(sender, addressOf(itsMember).getPort());
            assertThat(before).contains("to all");
          });
      sendToGroup(sender, ourMember.localAddress().getPort());
      eventually(() -> assertThat(after).containsExactly("to all"));
    }
  }

  private static void sendToGroup(DatagramSocket sender, int port) throws IOException {
    byte[] text = "to all".getBytes(UTF_8);
    sender.send(new DatagramPacket(text, text.length, GROUP, port));
  }

  @Test
  void readings() throws IOException {
    List<Reading> before = new CopyOnWriteArrayList<>();
    List<Reading> after = new CopyOnWriteArrayList<>();
    Connection its =
        both.bind(
            both.nettyServer()
                .handle((in, out) -> Before.readings(in).doOnNext(before::add).then()));
    RioConnection ours =
        both.bind(
            both.rioServer().handle((in, out) -> After.readings(in).doOnNext(after::add).then()));

    try (TestPeer peer = new TestPeer()) {
      for (InetSocketAddress server : List.of(addressOf(its), ours.localAddress())) {
        peer.send(server, "too short");
        peer.send(server, ByteBuffer.allocate(12).putLong(7).putInt(42).array());
      }
      eventually(() -> assertThat(before).containsExactly(new Reading(peer.address(), 7, 42)));
      eventually(() -> assertThat(after).containsExactly(new Reading(peer.address(), 7, 42)));
    }
    assertThat(ours.stats().count(DropReason.DECODER)).isEqualTo(1);
  }

  @Test
  void stored() throws IOException {
    List<String> before = new CopyOnWriteArrayList<>();
    List<String> after = new CopyOnWriteArrayList<>();
    Connection its =
        both.bind(both.nettyServer().handle((in, out) -> Before.stored(in, storeIn(before))));
    RioConnection ours =
        both.bind(both.rioServer().handle((in, out) -> After.stored(in, storeIn(after))));

    try (TestPeer peer = new TestPeer()) {
      for (String text : List.of("one", "two", "three")) {
        peer.send(addressOf(its), text);
        peer.send(ours.localAddress(), text);
      }
    }
    eventually(() -> assertThat(before).containsExactly("one", "two", "three"));
    eventually(() -> assertThat(after).containsExactly("one", "two", "three"));
  }

  private static Function<byte[], Mono<Void>> storeIn(List<String> store) {
    return bytes -> Mono.fromRunnable(() -> store.add(new String(bytes, UTF_8)));
  }

  @Test
  void large() throws IOException {
    Connection its = both.bind(Before.large().runOn(both.loops()).host("127.0.0.1").port(0));
    RioConnection ours = both.bind(After.large());

    try (TestPeer peer = new TestPeer()) {
      peer.send(addressOf(its), new byte[9_000]);
      peer.send(ours.localAddress(), new byte[9_000]);
    }

    assertThat(its.inbound().receive().asByteArray().next().block(LONG)).hasSize(9_000);
    assertThat(ours.next().map(Datagram::length).block(LONG)).isEqualTo(9_000);
  }

  @Test
  void announced() {
    List<InetSocketAddress> addresses = new CopyOnWriteArrayList<>();
    Connection before = both.closedAtTheEnd(Before.announced(addresses::add));
    RioConnection after = both.closedAtTheEnd(After.announced(addresses::add));

    assertThat(addresses).containsExactly(addressOf(before), after.localAddress());
  }

  @Test
  void twoOnSharedThreads() throws IOException {
    List<Connection> before = Before.twoOnSharedThreads(both.loops());
    List<RioConnection> after = After.twoOnSharedThreads(both.pumps());
    before.forEach(both::closedAtTheEnd);
    after.forEach(both::closedAtTheEnd);

    assertThat(before).extracting(BothLibraries::addressOf).doesNotHaveDuplicates();
    assertThat(after).extracting(RioConnection::localAddress).doesNotHaveDuplicates();
  }

  @Test
  void stop() {
    Connection before = both.closedAtTheEnd(Before.echo(0));
    RioConnection after = both.closedAtTheEnd(After.echo(0));

    Before.stop(before);
    After.stop(after);

    assertThat(before.isDisposed()).isTrue();
    assertThat(after.isDisposed()).isTrue();
  }
}
