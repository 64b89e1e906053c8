package io.rioreactive;

import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The bind of several sockets to one port.
 *
 * <pre>
 * a socket by itself → its port, or "in use" → closed → the members, one after the other
 * </pre>
 *
 * <p>The first one, since a bind with SO_REUSEPORT succeeds in silence where somebody else has the
 * port with the same option, and would share his datagrams. An application that sets the option
 * itself wants just that, so then there is no first one, unless it is needed to find a port.
 */
final class GroupBind {

  private final UdpOptions options;

  /** Those that are bound: added to by their pumps, and told to close by whoever cancels. */
  private final List<RioConnection> members = new CopyOnWriteArrayList<>();

  private volatile boolean cancelled;

  private GroupBind(UdpOptions options) {
    this.options = options;
  }

  static Mono<RioConnection> of(UdpOptions options, InetSocketAddress address) {
    return Mono.defer(
        () -> {
          UdpOptions onGroup = options.with(o -> o.group = o.pumpGroup());
          return new GroupBind(onGroup).bind(address);
        });
  }

  private Mono<RioConnection> bind(InetSocketAddress address) {
    boolean isShared = options.isSet(StandardSocketOptions.SO_REUSEPORT) && address.getPort() != 0;
    UdpOptions member = options.with(o -> o.setOption(StandardSocketOptions.SO_REUSEPORT, true));
    // The kernel balances what is sent to one host: of a group's datagrams each member gets a copy.
    UdpOptions withoutGroups = member.with(o -> o.memberships = List.of());
    return (isShared ? Mono.just(address) : freeAddress(address))
        .flatMapMany(
            free ->
                Flux.range(0, options.pumpCount())
                    .concatMap(i -> Bind.of(i == 0 ? member : withoutGroups, free, null)))
        .doOnNext(this::onMember)
        .doOnDiscard(RioConnection.class, RioConnection::dispose) // emitted into a cancel
        .collectList() // then() would hand each of them to the application's onDiscard
        .flatMap(all -> options.steersByCpu() ? steered(all) : Mono.just(all))
        .<RioConnection>map(ConnectionGroup::new)
        .doOnError(failure -> giveUp())
        .doOnCancel(this::giveUp);
  }

  private Mono<List<RioConnection>> steered(List<RioConnection> members) {
    if (options.isSet(StandardSocketOptions.SO_REUSEPORT)) {
      return Mono.error(
          new IllegalArgumentException(
              "steerByCpu is on, and so is SO_REUSEPORT, by which others may have sockets on the"
                  + " port that no pump is behind: leave one of them out"));
    }
    List<UdpConnection> bound = members.stream().map(UdpConnection.class::cast).toList();
    List<Integer> cpus =
        bound.stream().flatMap(it -> it.pump().cpu().stream().boxed()).distinct().toList();
    if (cpus.size() < members.size()) {
      return Mono.error(
          new IllegalArgumentException(
              "steerByCpu is on, and the "
                  + members.size()
                  + " sockets are on pumps of the CPUs "
                  + cpus
                  + ": allowed is a CPU of its own for each, so runOn a PumpGroup of "
                  + members.size()
                  + " with as many in cpuAffinity and nothing else on it, or leave it off"));
    }
    return bound.getFirst().steerByCpu(cpus).thenReturn(members);
  }

  private void onMember(RioConnection member) {
    members.add(member); // first: whoever cancels now finds it, or has set the mark before
    if (cancelled) {
      member.dispose();
    }
  }

  private void giveUp() {
    cancelled = true;
    members.forEach(RioConnection::dispose);
  }

  /** Binds a socket without the option, to nobody's use, and closes it. */
  private Mono<InetSocketAddress> freeAddress(InetSocketAddress address) {
    return Bind.of(options.withoutUse(), address, null)
        .flatMap(
            alone -> {
              InetSocketAddress free = alone.localAddress();
              alone.dispose();
              return alone.onDispose().thenReturn(free);
            });
  }
}
