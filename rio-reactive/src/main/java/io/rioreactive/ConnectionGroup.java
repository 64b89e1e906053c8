package io.rioreactive;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Several sockets on one port as one connection. One that fails leaves the others: the kernel gives
 * its peers to them. Any thread may use it.
 */
final class ConnectionGroup implements RioConnection {

  private final List<RioConnection> members;

  ConnectionGroup(List<RioConnection> members) {
    this.members = List.copyOf(members);
  }

  @Override
  public String name() {
    return members.getFirst().name();
  }

  @Override
  public List<RioConnection> connections() {
    return members;
  }

  @Override
  public RioInbound inbound() {
    throw new UnsupportedOperationException(
        "a server with pumps("
            + members.size()
            + ") has as many inbounds: use handle or respond, which are called for each, or receive"
            + " from each of connections()");
  }

  /** That of the first which is open: all leave from the same port. */
  @Override
  public RioOutbound outbound() {
    return firstOpen().outbound();
  }

  private RioConnection firstOpen() {
    return members.stream()
        .filter(member -> !member.isDisposed())
        .findFirst()
        .orElse(members.getFirst());
  }

  @Override
  public InetSocketAddress localAddress() {
    return members.getFirst().localAddress();
  }

  @Override
  public @Nullable InetSocketAddress remoteAddress() {
    return null;
  }

  @Override
  public OptionalInt pathMtu() {
    return OptionalInt.empty();
  }

  @Override
  public String provider() {
    return members.getFirst().provider();
  }

  @Override
  public int datagramSize() {
    return members.getFirst().datagramSize();
  }

  @Override
  public RioStats stats() {
    return members.stream().map(RioConnection::stats).reduce(RioStats::plus).orElseThrow();
  }

  /** By the first alone: the kernel gives a group's datagrams to each member that has joined. */
  @Override
  public Mono<Void> join(Membership membership) {
    return firstOpen().join(membership);
  }

  @Override
  public Mono<Void> leave(Membership membership) {
    return firstOpen().leave(membership);
  }

  @Override
  public Mono<Void> block(Membership membership) {
    return firstOpen().block(membership);
  }

  @Override
  public Mono<Void> unblock(Membership membership) {
    return firstOpen().unblock(membership);
  }

  @Override
  public void validated(InetSocketAddress peer) {
    members.forEach(member -> member.validated(peer));
  }

  @Override
  public void dispose() {
    members.forEach(RioConnection::dispose);
  }

  @Override
  public boolean isDisposed() {
    return members.stream().allMatch(RioConnection::isDisposed);
  }

  @Override
  public void disposeNow() {
    dispose();
    members.forEach(ConnectionGroup::beforeBlock);
    onDispose().onErrorComplete().block(UdpConnection.DISPOSE_NOW);
  }

  private static void beforeBlock(RioConnection member) {
    if (member instanceof UdpConnection connection) {
      connection.pump().beforeBlock();
    }
  }

  @Override
  public Mono<Void> shutdown(Duration timeout) {
    List<Mono<Void>> all = members.stream().map(member -> member.shutdown(timeout)).toList();
    return Mono.when(all);
  }

  /** When all are closed; with the error of the first that failed. */
  @Override
  public Mono<Void> onDispose() {
    return Flux.fromIterable(members)
        .concatMapDelayError(RioConnection::onDispose)
        .onErrorMap(ConnectionGroup::first)
        .then();
  }

  private static Throwable first(Throwable failure) {
    return Exceptions.isMultiple(failure) ? failure.getSuppressed()[0] : failure;
  }

  @Override
  public String toString() {
    return members.getFirst() + " on " + members.size() + " pumps";
  }
}
