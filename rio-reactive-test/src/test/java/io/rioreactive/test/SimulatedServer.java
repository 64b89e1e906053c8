package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.Drop;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.RioUdpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/**
 * A server on a simulated kernel whose pump the test turns. Closing it checks that no slot stays
 * with anybody and that the kernel's contract was kept.
 */
final class SimulatedServer implements AutoCloseable {

  static final InetSocketAddress PEER =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 4711);

  private final SimulatedKernel kernel;
  private final ManualPump pump;
  private final List<Drop> drops = new CopyOnWriteArrayList<>();
  private final RioConnection connection;
  private final SimulatedSocket socket;

  private SimulatedServer(SimulatedKernel kernel, UnaryOperator<RioUdpServer> options) {
    this.kernel = kernel;
    this.pump = ManualPump.over(kernel);
    this.connection = bindAnother(options);
    this.socket = kernel.lastSocket();
  }

  /** Four slots of 64 bytes in each direction, on a kernel that gives posts back. */
  static SimulatedServer bind() {
    return bind(server -> server);
  }

  static SimulatedServer bind(UnaryOperator<RioUdpServer> options) {
    return bindOn(SimulatedKernel.withdrawingPosts(), options);
  }

  static SimulatedServer bindOn(SimulatedKernel kernel, UnaryOperator<RioUdpServer> options) {
    return new SimulatedServer(kernel, options);
  }

  /** One more on the same pump. */
  RioConnection bindAnother(UnaryOperator<RioUdpServer> options) {
    RioUdpServer server =
        RioUdpServer.create().receiveSlots(4).sendSlots(4).datagramSize(64).doOnDrop(drops::add);
    TestSubscriber<RioConnection> bound = TestSubscriber.create();
    options.apply(server).runOn(pump.group()).bind().subscribe(bound);
    pump.run();
    return bound.getReceivedOnNext().getFirst();
  }

  /** One more whose handler may never rest: two turns, so that it is bound. */
  RioConnection bindAnotherWithoutRun(UnaryOperator<RioUdpServer> options) {
    TestSubscriber<RioConnection> bound = TestSubscriber.create();
    options.apply(RioUdpServer.create()).runOn(pump.group()).bind().subscribe(bound);
    turn(2);
    return bound.getReceivedOnNext().getFirst();
  }

  SimulatedKernel kernel() {
    return kernel;
  }

  ManualPump pump() {
    return pump;
  }

  int run() {
    return pump.run();
  }

  void turn(int times) {
    for (int i = 0; i < times; i++) {
      pump.turn();
    }
  }

  RioConnection connection() {
    return connection;
  }

  RioStats stats() {
    return connection.stats();
  }

  SimulatedSocket socket() {
    return socket;
  }

  List<Drop> drops() {
    return drops;
  }

  /** The payloads that left, as text. */
  List<String> sent() {
    return socket.sent().stream().map(SentDatagram::asString).toList();
  }

  /** Begins to send, with the next turn. */
  TestSubscriber<Void> subscribe(Publisher<Datagram> datagrams) {
    return subscribe(connection.send(datagrams));
  }

  TestSubscriber<Void> subscribe(Mono<Void> send) {
    TestSubscriber<Void> done = TestSubscriber.create();
    send.subscribe(done);
    return done;
  }

  /** Sends these and turns the pump until it has nothing left to do. */
  TestSubscriber<Void> send(Publisher<Datagram> datagrams) {
    TestSubscriber<Void> done = subscribe(datagrams);
    pump.run();
    return done;
  }

  void deliver(String... texts) {
    for (String text : texts) {
      socket.deliver(text.getBytes(StandardCharsets.UTF_8), PEER);
    }
  }

  /** {@code accepted = sent + failed + discarded + inFlight}. */
  void assertLawOfSends() {
    RioStats stats = stats();
    assertThat(stats.sent() + stats.failedTotal() + stats.discarded() + stats.inFlight())
        .as("accepted = sent + failed + discarded + inFlight in [%s]", stats)
        .isEqualTo(stats.accepted());
  }

  /** {@code received = delivered + skipped + dropped}. */
  void assertLawOfReceives() {
    RioStats stats = stats();
    assertThat(stats.delivered() + stats.skipped() + stats.droppedTotal())
        .as("received = delivered + skipped + dropped in [%s]", stats)
        .isEqualTo(stats.received());
  }

  @Override
  public void close() {
    for (SimulatedSocket each : kernel.sockets()) {
      if (!each.isGone()) {
        each.releaseSends();
        each.releaseCancellations();
      }
    }
    pump.close();
    assertThat(kernel.violations()).isEmpty();
    assertThat(kernel.openSockets()).as("sockets whose slots stay").isZero();
    assertLawOfSends();
    assertLawOfReceives();
  }

  static Datagram datagram(String text) {
    return Datagram.to(PEER, text);
  }

  /** With the payloads of {@link #texts}. */
  static Flux<Datagram> datagrams(String prefix, int count) {
    return Flux.range(0, count).map(i -> datagram(prefix + i));
  }

  static Flux<Datagram> endless(String text) {
    return Flux.generate(sink -> sink.next(datagram(text)));
  }

  /** The prefix and a number, from 0 on. */
  static List<String> texts(String prefix, int count) {
    return new ArrayList<>(IntStream.range(0, count).mapToObj(i -> prefix + i).toList());
  }
}
