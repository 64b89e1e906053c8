package io.rioreactive;

import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.Support;
import io.rioreactive.pcap.PcapFile;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;
import reactor.util.context.ContextView;
import reactor.util.retry.Retry;

/**
 * What a {@link RioUdpServer} or {@link RioUdpClient} has been told. Copied for each change and not
 * changed afterwards; every value in it has been checked.
 */
final class UdpOptions implements Cloneable {

  static final int LARGEST_DATAGRAM = 65_507; // 65,535 less 20 (IPv4) and 8 (UDP) bytes of headers
  static final int MOST_SLOTS = 1 << 24;
  static final int MOST_PUMPS = 1_024;
  static final int MOST_CPUS = 8_192; // the most a Linux can be built for

  /** A terabyte: more than any machine has, and less than any address space. */
  static final long MOST_BYTES = 1L << 40;

  private static final List<SocketOption<?>> SUPPORTED =
      List.of(
          StandardSocketOptions.SO_RCVBUF,
          StandardSocketOptions.SO_SNDBUF,
          StandardSocketOptions.SO_REUSEADDR,
          StandardSocketOptions.SO_REUSEPORT,
          StandardSocketOptions.SO_BROADCAST,
          StandardSocketOptions.IP_TOS,
          StandardSocketOptions.IP_MULTICAST_IF,
          StandardSocketOptions.IP_MULTICAST_TTL,
          StandardSocketOptions.IP_MULTICAST_LOOP,
          RioSocketOptions.IP_TTL,
          RioSocketOptions.IP_DONTFRAGMENT);

  boolean isClient;

  /** Where to bind; null for wherever the system likes (clients). */
  @Nullable Endpoint local;

  /** Whom a client talks to, if {@link #peerSupplier} is null. */
  Endpoint peer = Endpoint.LOOPBACK;

  @Nullable Supplier<? extends SocketAddress> peerSupplier;
  @Nullable Duration resolveEvery;

  /** Sockets on one port. */
  int pumps = 1;

  boolean steerByCpu;

  /** Bound to find a port, and closed at once: nobody is told of it. */
  boolean isProbe;

  int receiveSlots = 1_024;
  int sendSlots = 256;
  int datagramSize = 2_048;
  Truncation truncation = Truncation.DROP;

  /** What it is called in meters, events and the log; null for where it is. */
  @Nullable String name;

  /** Registers the meters of what is bound; null for none. */
  @Nullable Consumer<? super RioConnection> meters;

  boolean wiretap;

  /** Of a wiretap that is a file. */
  @Nullable Path pcapPath;

  /** The same, opened for one connection. */
  @Nullable PcapFile pcapFile;

  boolean packetInfo;
  boolean segmentation = true;
  boolean coalescing;
  @Nullable String provider;
  @Nullable Notification notification;
  @Nullable Duration busyPoll;
  @Nullable PumpGroup group;
  Map<SocketOption<?>, Object> socketOptions = Map.of();
  List<Membership> memberships = List.of();

  @Nullable BiFunction<? super RioInbound, ? super RioOutbound, ? extends Publisher<Void>> handler;
  Retry handlerRetry = new HandlerRetry();
  @Nullable Function<? super Datagram, ? extends Publisher<Datagram>> respond;

  /** 0 for as many as there are receive slots, 256 at most. */
  int respondConcurrency;

  Duration respondTimeout = Duration.ofSeconds(30);

  /** Of a server: whose datagrams are let in; null for anybody's. */
  @Nullable Predicate<? super SourceView> sourceFilter;

  @Nullable RateLimit rateLimit;

  /** In ascending order. Nobody can be answered at port 0, and the others answer anything. */
  List<Integer> refusedSourcePorts = List.of(0, 7, 13, 17, 19, 37);

  /** Null for what suits: yes where each datagram is answered, at a port that was named. */
  @Nullable Boolean refuseOwnPort;

  boolean amplificationGuard;
  @Nullable Consumer<? super Drop> onDrop;
  @Nullable Consumer<? super IOException> onUnreachable;
  @Nullable Consumer<? super RioUdpServer> onBind;
  @Nullable Consumer<? super RioUdpClient> onConnect;
  @Nullable Consumer<? super RioConnection> onBound;
  @Nullable Consumer<? super RioConnection> onUnbound;

  /** Of bind's subscriber, for the handler. */
  ContextView context = Context.empty();

  UdpOptions with(Consumer<UdpOptions> change) {
    UdpOptions copy = copy();
    change.accept(copy);
    copy.checkMemory();
    return copy;
  }

  private UdpOptions copy() {
    try {
      return (UdpOptions) clone();
    } catch (CloneNotSupportedException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Nullable BiFunction<? super RioInbound, ? super RioOutbound, ? extends Publisher<Void>>
      handler() {
    return handler;
  }

  @Nullable Function<? super Datagram, ? extends Publisher<Datagram>> respond() {
    return respond;
  }

  int respondConcurrency() {
    return respondConcurrency == 0 ? Math.min(256, receiveSlots) : respondConcurrency;
  }

  Duration respondTimeout() {
    return respondTimeout;
  }

  Retry handlerRetry() {
    return handlerRetry;
  }

  @Nullable Predicate<? super SourceView> sourceFilter() {
    return sourceFilter;
  }

  @Nullable RateLimit rateLimit() {
    return rateLimit;
  }

  List<Integer> refusedSourcePorts() {
    return refusedSourcePorts;
  }

  boolean refusesOwnPort() {
    Boolean said = refuseOwnPort;
    return said == null ? respond != null && isPortNamed() : said;
  }

  private boolean isPortNamed() {
    return local != null && local.port() != 0;
  }

  /** Whether it matters to nobody who sends. */
  boolean admitsAllSources() {
    return sourceFilter == null
        && rateLimit == null
        && refusedSourcePorts.isEmpty()
        && !refusesOwnPort();
  }

  boolean guardsAmplification() {
    return amplificationGuard;
  }

  @Nullable Consumer<? super Drop> onDrop() {
    return onDrop;
  }

  @Nullable Consumer<? super IOException> onUnreachable() {
    return onUnreachable;
  }

  @Nullable Consumer<? super RioConnection> onBound() {
    return onBound;
  }

  @Nullable Consumer<? super RioConnection> onUnbound() {
    return onUnbound;
  }

  ContextView context() {
    return context;
  }

  int receiveSlots() {
    return receiveSlots;
  }

  int datagramSize() {
    return datagramSize;
  }

  Truncation truncation() {
    return truncation;
  }

  boolean wiretap() {
    return wiretap;
  }

  @Nullable Path pcapPath() {
    return pcapPath;
  }

  @Nullable PcapFile pcapFile() {
    return pcapFile;
  }

  @Nullable Consumer<? super RioConnection> meters() {
    return meters;
  }

  /** Whether it was given a name. */
  boolean isNamed() {
    return name != null;
  }

  /** The name, or host and port as they were said. */
  String name() {
    if (name != null) {
      return name;
    }
    if (isClient) {
      return peerSupplier == null ? peer.toString() : "a supplied address";
    }
    return (local == null ? Endpoint.LOOPBACK : local).toString();
  }

  @Nullable Duration resolveEvery() {
    return resolveEvery;
  }

  /** Those to bind on: the group that was named, else of one server or of all clients. */
  PumpGroup pumpGroup() {
    PumpGroup named = group;
    if (named != null) {
      return named;
    }
    String itsProvider = provider == null ? Providers.AUTO : provider;
    Notification itsNotification =
        notification == null ? Notification.COMPLETION_PORT : notification;
    Duration itsBusyPoll = busyPoll == null ? Duration.ZERO : busyPoll;
    return isClient
        ? PumpGroup.ofClients(itsProvider, itsNotification, itsBusyPoll)
        : PumpGroup.ofServer(itsProvider, itsNotification, itsBusyPoll).size(pumps);
  }

  /**
   * Refuses what the provider is known to lack, by name.
   *
   * @throws IllegalArgumentException with the option, the provider and what is allowed
   */
  void requireSupport(Kernel kernel) {
    if (pumps > 1 && kernel.features().get(Feature.PUMPS) != Support.YES) {
      throw new IllegalArgumentException(
          "pumps is "
              + pumps
              + ", and the provider "
              + kernel.name()
              + " does not balance sockets on one port: allowed is 1 (linux-mmsg and linux-uring"
              + " have more)");
    }
    if (packetInfo && kernel.features().get(Feature.PACKET_INFO) != Support.YES) {
      throw new IllegalArgumentException(
          "packetInfo is on, and the provider "
              + kernel.name()
              + " does not tell where a datagram came to: leave it off, or take another provider"
              + " (all but nio tell)");
    }
    if (coalescing && kernel.features().get(Feature.COALESCING) != Support.YES) {
      throw new IllegalArgumentException(
          "coalescing is on, and the provider "
              + kernel.name()
              + " does not receive several datagrams at once: leave it off, or take another"
              + " provider (linux-mmsg does)");
    }
  }

  /** With nothing that an application would notice: for a socket that only finds a port. */
  UdpOptions withoutUse() {
    return with(
        o -> {
          o.handler = null;
          o.respond = null;
          o.onBound = null;
          o.onUnbound = null;
          o.memberships = List.of();
          o.pcapPath = null;
          o.rateLimit = null;
          o.amplificationGuard = false;
          o.isProbe = true;
          o.receiveSlots = 1;
          o.sendSlots = 1;
        });
  }

  boolean isSet(SocketOption<?> option) {
    return Boolean.TRUE.equals(socketOptions.get(option));
  }

  /** Whether it is a socket that only finds a port. */
  boolean isProbe() {
    return isProbe;
  }

  /** Sockets on one port. */
  int pumpCount() {
    return pumps;
  }

  boolean steersByCpu() {
    return steerByCpu;
  }

  /** Where to bind. */
  Mono<InetSocketAddress> resolveLocal() {
    return (local == null ? Endpoint.LOOPBACK : local).resolve("to bind", null);
  }

  /** Where a client binds that is to reach this peer. */
  Mono<InetSocketAddress> resolveLocal(InetSocketAddress peer) {
    boolean isIpv6 = peer.getAddress() instanceof Inet6Address;
    if (local == null) {
      return Mono.just(new InetSocketAddress(InetAddress.ofLiteral(isIpv6 ? "::" : "0.0.0.0"), 0));
    }
    return resolveLocal()
        .doOnNext(
            address -> {
              if (isIpv6 && address.getAddress() instanceof Inet4Address) {
                throw new IllegalArgumentException(
                    "the peer "
                        + peer
                        + " is IPv6 and bindAddress "
                        + address
                        + " is IPv4: bind to an IPv6 address, or leave bindAddress out");
              }
            });
  }

  /**
   * Whom to connect to.
   *
   * @param present the peer of a connected client: it stays while its name still has that address
   */
  Mono<InetSocketAddress> resolvePeer(@Nullable InetSocketAddress present) {
    return endpoint()
        .doOnNext(UdpOptions::checkPort)
        .flatMap(it -> it.resolve("to connect to", present == null ? null : present.getAddress()))
        .doOnNext(UdpOptions::checkPeer);
  }

  private Mono<Endpoint> endpoint() {
    var supplier = peerSupplier;
    return supplier == null
        ? Mono.just(peer)
        : Mono.fromCallable(() -> supplied(supplier.get()))
            .subscribeOn(Schedulers.boundedElastic());
  }

  private static Endpoint supplied(@Nullable SocketAddress address) {
    if (address instanceof InetSocketAddress inet) {
      return Endpoint.of(inet);
    }
    throw new IllegalArgumentException(
        "the supplier given to remoteAddress answered "
            + address
            + ": it has to answer an InetSocketAddress");
  }

  private static void checkPort(Endpoint peer) {
    if (peer.port() == 0) {
      throw new IllegalStateException(
          "the peer "
              + peer
              + " has no port: name one, 1 to 65535, by port(…) or remoteAddress(…)");
    }
  }

  private static void checkPeer(InetSocketAddress peer) {
    if (peer.getAddress().isAnyLocalAddress()) {
      throw new IllegalArgumentException(
          "the peer "
              + peer
              + " is a wildcard address, which stands for nobody: name a host, 127.0.0.1 for this"
              + " machine");
    }
  }

  /** The longest that a timer can be set to: some 292 years. */
  static Duration timer(Duration wanted) {
    Duration longest = Duration.ofNanos(Long.MAX_VALUE);
    return wanted.compareTo(longest) > 0 ? longest : wanted;
  }

  SocketConfig socketConfig(InetSocketAddress address) {
    return new SocketConfig(
        address,
        receiveSlots,
        sendSlots,
        datagramSize,
        packetInfo,
        segmentation,
        coalescing,
        socketOptions);
  }

  /** Both have to accept; the one that was set first is asked first. */
  static <T> Predicate<T> both(@Nullable Predicate<? super T> first, Predicate<? super T> second) {
    return value -> (first == null || first.test(value)) && second.test(value);
  }

  /** Both, one after the other; what the first throws keeps the second from being called. */
  static <T> Consumer<T> chain(@Nullable Consumer<? super T> first, Consumer<? super T> second) {
    return value -> {
      if (first != null) {
        first.accept(value);
      }
      second.accept(value);
    };
  }

  void join(Membership membership) {
    if (memberships.contains(membership)) {
      throw new IllegalArgumentException("join " + membership + " is there already: say it once");
    }
    List<Membership> all = new ArrayList<>(memberships);
    all.add(membership);
    memberships = List.copyOf(all);
  }

  <T> void setOption(SocketOption<T> asked, T value) {
    // The JDK's constant is in a module that the library can do without.
    SocketOption<?> option =
        asked.name().equals(RioSocketOptions.IP_DONTFRAGMENT.name())
            ? RioSocketOptions.IP_DONTFRAGMENT
            : asked;
    if (!SUPPORTED.contains(option)) {
      throw new IllegalArgumentException(
          "option "
              + option.name()
              + " is not supported: use "
              + SUPPORTED.stream().map(SocketOption::name).collect(Collectors.joining(", ")));
    }
    if (!option.type().isInstance(value)) {
      throw new IllegalArgumentException(
          "option "
              + option.name()
              + " is "
              + value
              + ", which is no "
              + option.type().getSimpleName());
    }
    if (option == StandardSocketOptions.SO_RCVBUF || option == StandardSocketOptions.SO_SNDBUF) {
      checkRange("option " + option.name(), (Integer) value, 1, Integer.MAX_VALUE, "bytes");
    }
    if (option == StandardSocketOptions.IP_TOS) {
      checkRange("option " + option.name(), (Integer) value, 0, 255, "a traffic class");
    }
    if (option == StandardSocketOptions.IP_MULTICAST_TTL) {
      checkRange("option " + option.name(), (Integer) value, 0, 255, "hops; 0 stays on the host");
    }
    if (option == RioSocketOptions.IP_TTL) {
      checkRange("option " + option.name(), (Integer) value, 1, 255, "hops");
    }
    Map<SocketOption<?>, Object> all = new LinkedHashMap<>(socketOptions);
    all.put(option, value);
    socketOptions = Map.copyOf(all);
  }

  private void checkMemory() {
    long bytes = ((long) receiveSlots + sendSlots) * datagramSize;
    if (bytes > MOST_BYTES) {
      throw new IllegalArgumentException(
          "(receiveSlots "
              + receiveSlots
              + " + sendSlots "
              + sendSlots
              + ") x datagramSize "
              + datagramSize
              + " is "
              + bytes
              + " bytes: at most "
              + MOST_BYTES
              + ", so take fewer slots or smaller datagrams");
    }
  }

  /** Refuses a time that is none. */
  static Duration checkBusyPoll(Duration longest) {
    Objects.requireNonNull(longest, "longest");
    if (longest.isNegative()) {
      throw new IllegalArgumentException(
          "busyPoll is "
              + longest
              + ": allowed are positive durations, mostly some microseconds, and zero to sleep at"
              + " once");
    }
    return timer(longest);
  }

  /** Refuses a time after which to sleep for pumps that never do. */
  static void requireSleep(@Nullable Notification notification, @Nullable Duration busyPoll) {
    if (notification == Notification.POLLED && busyPoll != null && !busyPoll.isZero()) {
      throw new IllegalStateException(
          "busyPoll is "
              + busyPoll
              + " and notification is POLLED, which never sleeps: leave one of them out");
    }
  }

  /** Refuses an impossible number by name, value and range. */
  static int checkRange(String option, int value, int least, int most, String unit) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          option + " is " + value + ": allowed are " + least + " to " + most + " (" + unit + ")");
    }
    return value;
  }
}
