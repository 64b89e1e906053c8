package io.rioreactive.test;

import static io.rioreactive.test.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.Membership;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Several sockets on one port, where the kernel spreads the peers over them. */
@EnabledOnOs(OS.LINUX)
class PumpsTest {

  /** So many that all of them on one of two sockets is as good as impossible: 1 in 2^63. */
  private static final int PEERS = 64;

  private static final int QUESTIONS = 20;
  private static final Duration ANSWER_TIME = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofSeconds(10);

  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final List<Peer> peers =
      IntStream.range(0, PEERS).<Peer>mapToObj(i -> new LoopbackPeer()).toList();

  @AfterEach
  void close() {
    peers.forEach(Peer::close);
  }

  private RioUdpServer server() {
    return RioUdpServer.create()
        .provider("linux-mmsg")
        .pumps(2)
        .handle(
            (in, out) -> out.send(in.receive().doOnNext(d -> threads.add(Thread.currentThread()))));
  }

  private void askAll(RioConnection server) {
    for (Peer peer : peers) {
      peer.send("hello", server.localAddress());
    }
    for (Peer peer : peers) {
      assertThat(peer.receiveText()).isEqualTo("hello");
    }
  }

  @Test
  void peersAreSpreadOverThePumpsAndTheSumOfAllIsTheServers() {
    RioConnection server = server().bindNow();

    askAll(server);

    assertThat(threads).hasSize(2);
    eventually(() -> assertThat(server.stats().sent()).isEqualTo(PEERS));
    assertThat(server.connections())
        .hasSize(2)
        .allSatisfy(member -> assertThat(member.stats().received()).isPositive());
    RioStats stats = server.stats();
    assertThat(stats.received()).isEqualTo(PEERS);
    assertThat(stats.receiveSlots()).isEqualTo(2 * 1_024);
    assertThat(stats.isDemandUnbounded()).isFalse();
    server.disposeNow();
    assertThat(server.isDisposed()).isTrue();
    for (Thread pump : threads) {
      eventually(() -> assertThat(pump.isAlive()).isFalse());
    }
  }

  @Test
  void aPeerStaysOnItsPump() {
    Map<Integer, Set<Thread>> pumpsOfPeers = new ConcurrentHashMap<>();
    RioConnection server =
        server()
            .handle(
                (in, out) ->
                    out.send(
                        in.receive()
                            .doOnNext(
                                d ->
                                    pumpsOfPeers
                                        .computeIfAbsent(
                                            d.remoteAddress().getPort(),
                                            peer -> ConcurrentHashMap.newKeySet())
                                        .add(Thread.currentThread()))))
            .bindNow();

    for (int i = 0; i < 5; i++) {
      askAll(server);
    }

    assertThat(pumpsOfPeers).hasSize(PEERS);
    assertThat(pumpsOfPeers.values()).allSatisfy(pumps -> assertThat(pumps).hasSize(1));
    server.disposeNow();
  }

  @Test
  void whenOneSocketClosesTheOthersTakeItsPeers() {
    RioConnection server = server().bindNow();
    askAll(server);

    server.connections().getFirst().disposeNow();

    assertThat(server.isDisposed()).isFalse();
    askAll(server);
    server.disposeNow();
  }

  @Test
  void aSocketThatClosesUnderLoadLeavesNoQuestionWithoutAnAnswer() {
    RioConnection server = server().bindNow();
    RioUdpClient asking = RioUdpClient.create().port(server.localAddress().getPort());
    RioConnection closing = server.connections().getFirst();
    Retry retry = Retry.fixedDelay(200, Duration.ofMillis(50));
    AtomicInteger answered = new AtomicInteger();

    Flux.range(0, PEERS)
        .flatMap(i -> asking.connect().flatMap(client -> askOften(client, retry, answered)), PEERS)
        .doOnNext(client -> assertThat(client.stats().accepted()).isGreaterThanOrEqualTo(QUESTIONS))
        .doOnNext(RioConnection::dispose)
        .doOnSubscribe(
            on ->
                Thread.startVirtualThread(
                    () -> {
                      eventually(() -> assertThat(answered).hasValueGreaterThan(PEERS));
                      closing.dispose();
                    }))
        .blockLast(Duration.ofSeconds(60));

    closing.onDispose().block(LONG);
    assertThat(answered).hasValue(PEERS * QUESTIONS);
    server.disposeNow();
  }

  private static Mono<RioConnection> askOften(
      RioConnection client, Retry retry, AtomicInteger answered) {
    return Flux.range(0, QUESTIONS)
        .map(i -> "question " + i)
        .concatMap(
            text ->
                client.request(
                    Datagram.of(text), d -> d.asString().equals(text), ANSWER_TIME, retry))
        .doOnNext(answer -> answered.incrementAndGet())
        .then(Mono.just(client));
  }

  @Test
  void aGroupsDatagramIsHeardOnce() throws IOException {
    InetAddress group = InetAddress.ofLiteral("239.255.71.9");
    Set<String> heard = ConcurrentHashMap.newKeySet();
    AtomicInteger count = new AtomicInteger();
    RioConnection server =
        RioUdpServer.create()
            .host("0.0.0.0")
            .pumps(2)
            .join(Membership.of(group).on(InetAddress.ofLiteral("127.0.0.1")))
            .handle(
                (in, out) ->
                    in.receive()
                        .doOnNext(d -> heard.add(d.asString() + count.incrementAndGet()))
                        .then())
            .bindNow();
    int port = server.localAddress().getPort();

    try (MulticastSocket sender = new MulticastSocket()) {
      sender.setNetworkInterface(
          NetworkInterface.getByInetAddress(InetAddress.ofLiteral("127.0.0.1")));
      for (String text : List.of("a", "b", "c")) {
        sender.send(new DatagramPacket(text.getBytes(UTF_8), 1, group, port));
      }
    }
    InetSocketAddress unicast = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    peers.forEach(peer -> peer.send("z", unicast)); // each of the sockets gets some of these last

    eventually(() -> assertThat(count).hasValueGreaterThanOrEqualTo(3 + PEERS));
    eventually(() -> assertThat(server.stats().received()).isEqualTo(3 + PEERS));
    assertThat(heard).filteredOn(text -> !text.startsWith("z")).hasSize(3);
    assertThat(server.stats().memberships()).hasSize(1);
    server.disposeNow();
  }

  @Test
  void aPeerThatIsValidatedIsSoOnWhicheverOfThemItIs() {
    RioConnection server =
        RioUdpServer.create()
            .provider("linux-mmsg")
            .pumps(2)
            .amplificationGuard(true)
            .respond(query -> Mono.just(query.reply(new byte[100])))
            .bindNow();
    peers.forEach(peer -> peer.send("hello", server.localAddress()));
    eventually(() -> assertThat(server.stats().count(DropReason.AMPLIFICATION)).isEqualTo(PEERS));

    peers.forEach(peer -> server.validated(peer.address()));
    peers.forEach(peer -> peer.send("hello", server.localAddress()));

    assertThat(peers).allSatisfy(peer -> assertThat(peer.receive()).hasSize(100));
    eventually(
        () ->
            assertThat(server.connections())
                .allSatisfy(member -> assertThat(member.stats().sent()).isPositive()));
    server.disposeNow();
  }

  @Test
  void aShutdownEndsAllOfThemAndSoDoesOnDispose() {
    RioConnection server = server().bindNow();
    askAll(server);

    server.shutdown(LONG).block(LONG);

    server.onDispose().block(LONG);
    assertThat(server.connections()).allSatisfy(it -> assertThat(it.isDisposed()).isTrue());
  }

  @Test
  void itHasNoInboundOfItsOwnAndSaysWhereTheyAre() {
    RioConnection server = server().bindNow();

    assertThatThrownBy(server::receive)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("handle or respond")
        .hasMessageContaining("connections()");
    server.disposeNow();
  }

  @Test
  void aPortInUseIsRefusedThoughTheOptionWouldShareIt() {
    RioConnection first = server().bindNow();

    assertThatThrownBy(() -> server().port(first.localAddress().getPort()).bindNow())
        .hasCauseInstanceOf(BindException.class);
    assertThatThrownBy(() -> RioUdpServer.create().port(first.localAddress().getPort()).bindNow())
        .hasCauseInstanceOf(BindException.class);
    first.disposeNow();
  }

  @Test
  void whoAsksForTheOptionSharesThePortWithOthers() {
    RioUdpServer sharing = server().option(StandardSocketOptions.SO_REUSEPORT, true);
    RioConnection first = sharing.bindNow();
    RioConnection second = sharing.port(first.localAddress().getPort()).bindNow();

    askAll(first);

    eventually(
        () -> assertThat(first.stats().received() + second.stats().received()).isEqualTo(PEERS));
    first.disposeNow();
    second.disposeNow();
  }

  @Test
  void aProviderThatCannotIsNamed() {
    assertThatThrownBy(() -> server().provider("nio").bindNow())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pumps is 2")
        .hasMessageContaining("nio");
    assertThatThrownBy(() -> RioUdpServer.create().pumps(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 1024");
  }

  /** At whatever moment: while the port is looked for, and while the members are bound. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBindThatIsCancelledLeavesNoSocket(boolean isShared) {
    InetSocketAddress free;
    try (Peer gone = new LoopbackPeer()) {
      free = gone.address();
    }
    Set<Thread> before = pumpThreads();
    RioUdpServer server =
        server().port(free.getPort()).option(StandardSocketOptions.SO_REUSEPORT, isShared);
    for (int i = 0; i < 100; i++) {
      Closing bind = new Closing();
      server.bind().subscribe(bind);
      LockSupport.parkNanos(i * 5_000L); // another moment each time
      bind.dispose();
    }

    eventually(
        () -> {
          RioConnection alone =
              RioUdpServer.create().bindAddress(free).bind().onErrorComplete().block(LONG);
          assertThat(alone).as("the port is free again").isNotNull();
          alone.disposeNow();
        });
    eventually(() -> assertThat(pumpThreads()).isSubsetOf(before));
  }

  /** Closes what it is given, also after it has cancelled. */
  private static final class Closing extends BaseSubscriber<RioConnection> {
    @Override
    protected void hookOnNext(RioConnection connection) {
      connection.dispose();
    }
  }

  private static Set<Thread> pumpThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("rio-pump-"))
        .collect(Collectors.toSet());
  }

  @Test
  void aBindThatFailsLeavesNoThread() {
    Set<Thread> before = pumpThreads();

    assertThatThrownBy(
            () -> server().host("0.0.0.0").join(Membership.of("239.1.2.3").on("nosuch0")).bindNow())
        .hasMessageContaining("nosuch0");

    eventually(() -> assertThat(pumpThreads()).isSubsetOf(before));
  }
}
