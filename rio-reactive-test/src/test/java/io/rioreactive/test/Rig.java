package io.rioreactive.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.Drop;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.RioUdpServer;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A {@link SimulatedServer} for tests of what is received: 8 receive slots of 16 bytes, unless told
 * otherwise.
 *
 * <p>When it is closed the law of conservation is asserted of each connection, before and after
 * everything has been disposed of.
 */
final class Rig implements AutoCloseable {

  static final InetSocketAddress PEER = SimulatedServer.PEER;

  /** Receive slots: the C of the contract. */
  static final int C = 8;

  private static final int DATAGRAM_SIZE = 16;

  private final SimulatedServer server;
  private final List<RioConnection> connections = new ArrayList<>();

  private Rig(SimulatedServer server) {
    this.server = server;
    connections.add(server.connection());
  }

  static Rig over(SimulatedKernel kernel) {
    return over(kernel, server -> server);
  }

  static Rig over(SimulatedKernel kernel, UnaryOperator<RioUdpServer> options) {
    return new Rig(SimulatedServer.bindOn(kernel, small(options)));
  }

  private static UnaryOperator<RioUdpServer> small(UnaryOperator<RioUdpServer> options) {
    return server -> options.apply(server.receiveSlots(C).datagramSize(DATAGRAM_SIZE));
  }

  /** Over the kernel whose posts can be withdrawn, where {@code posted} knows one answer only. */
  static Rig create() {
    return over(SimulatedKernel.withdrawingPosts());
  }

  static Rig withSlots(int receiveSlots) {
    return over(SimulatedKernel.withdrawingPosts(), server -> server.receiveSlots(receiveSlots));
  }

  /** Binds one more connection on the same pump. */
  RioConnection bind(UnaryOperator<RioUdpServer> options) {
    RioConnection bound = server.bindAnother(small(options));
    connections.add(bound);
    return bound;
  }

  SimulatedKernel kernel() {
    return server.kernel();
  }

  ManualPump pump() {
    return server.pump();
  }

  RioConnection connection() {
    return server.connection();
  }

  SimulatedSocket socket() {
    return server.socket();
  }

  RioStats stats() {
    return server.stats();
  }

  long dropped(DropReason reason) {
    return stats().count(reason);
  }

  /** What {@code doOnDrop} was told, of all connections. */
  List<Drop> drops() {
    return server.drops();
  }

  /** What is received, as text. */
  Flux<String> texts() {
    return connection().receive().map(Datagram::asString);
  }

  /** {@link RioConnection#next}, as text. */
  Mono<String> nextText() {
    return connection().next().map(Datagram::asString);
  }

  /** Turns the pump until it comes to rest. */
  void run() {
    server.run();
  }

  /** Turns the pump once. */
  void turn() {
    pump().turn();
  }

  /** Datagrams arrive, and nobody turns the pump. */
  void arrive(String... datagrams) {
    for (String datagram : datagrams) {
      socket().deliver(datagram.getBytes(UTF_8), PEER);
    }
  }

  /** Datagrams arrive, and the pump runs until it comes to rest. */
  void receive(String... datagrams) {
    arrive(datagrams);
    run();
  }

  /** So many datagrams arrive, and the pump runs until it comes to rest. */
  void receive(int datagrams) {
    for (int i = 0; i < datagrams; i++) {
      arrive("datagram " + i);
    }
    run();
  }

  /**
   * Both the library and the kernel say that so many receives are posted, and all are committed.
   */
  void assertPosted(int receives) {
    assertThat(stats().posted()).as("stats().posted()").isEqualTo(receives);
    assertThat(socket().posted()).as("receives the kernel has").hasSize(receives);
    assertThat(socket().committed()).as("receives that were committed").hasSize(receives);
  }

  @Override
  public void close() {
    connections.forEach(each -> LawAssert.assertThatLawHolds(each.stats()));
    server.close();
    connections.forEach(each -> LawAssert.assertThatLawHolds(each.stats()));
  }
}
