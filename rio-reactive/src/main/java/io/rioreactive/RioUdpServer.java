package io.rioreactive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * A UDP server to be: what it binds, how much it holds, what it does with datagrams. Immutable:
 * each method answers a new one. Nothing happens before {@link #bind}.
 *
 * <pre>{@code
 * // an echo server: the whole program
 * RioUdpServer.create().host("127.0.0.1").port(5050)
 *     .handle((in, out) -> out.send(in.receive()))
 *     .bindNow().onDispose().block();
 * }</pre>
 *
 * <p>An option that can never be right (port 70000, 0 slots) is an {@link IllegalArgumentException}
 * at the call, with the option, the value and the range. What only the system can know (a taken
 * port, an unknown host) comes through the Mono of {@link #bind}.
 *
 * <table>
 * <caption>Defaults</caption>
 * <tr><th>option</th><th>default</th><th>why</th></tr>
 * <tr><td>host</td><td>the loopback address</td><td>nobody is exposed by accident</td></tr>
 * <tr><td>port</td><td>0</td><td>the system picks a free one</td></tr>
 * <tr><td>receiveSlots</td><td>1,024</td><td>a burst of a millisecond at a million a second</td></tr>
 * <tr><td>sendSlots</td><td>256</td><td>four system calls' worth of sends</td></tr>
 * <tr><td>datagramSize</td><td>2,048 bytes</td><td>an Ethernet frame (1,500) with room</td></tr>
 * <tr><td>truncation</td><td>DROP</td><td>half a message is mostly none</td></tr>
 * <tr><td>provider</td><td>auto</td><td>the best that works here</td></tr>
 * <tr><td>notification</td><td>COMPLETION_PORT</td><td>an idle server uses no CPU</td></tr>
 * <tr><td>SO_RCVBUF, SO_SNDBUF</td><td>room for all slots</td><td>as far as the system grants
 * it</td></tr>
 * <tr><td>respond concurrency</td><td>receiveSlots, at most 256</td><td>calls under way are the
 * demand</td></tr>
 * <tr><td>respondTimeout</td><td>30 s</td><td>calls that never end must not use up the
 * demand</td></tr>
 * <tr><td>refusedSourcePorts</td><td>0, 7, 13, 17, 19, 37</td><td>services that answer whatever
 * reaches them</td></tr>
 * <tr><td>refuseOwnPort</td><td>on with respond and a port that was named</td><td>two servers shall
 * not answer each other</td></tr>
 * <tr><td>sourceFilter, rateLimit, amplificationGuard</td><td>none</td><td>who may send is the
 * application's to know</td></tr>
 * <tr><td>SO_REUSEADDR</td><td>off</td><td>for UDP it lets a second socket take the port</td></tr>
 * </table>
 */
public final class RioUdpServer extends RioUdpTransport<RioUdpServer> {

  private RioUdpServer(UdpOptions options) {
    super(options);
  }

  /** A server with the defaults. */
  public static RioUdpServer create() {
    return new RioUdpServer(new UdpOptions());
  }

  @Override
  RioUdpServer with(Consumer<UdpOptions> change) {
    return new RioUdpServer(options.with(change));
  }

  /**
   * The local host name or address to bind. A name is resolved at each bind, off the pump; an IPv6
   * address makes a dual-stack socket, which reaches IPv4 too where the address allows it ({@code
   * ::}).
   */
  public RioUdpServer host(String host) {
    Endpoint local = endpoint().withHost(host);
    return with(o -> o.local = local);
  }

  private Endpoint endpoint() {
    return options.local == null ? Endpoint.LOOPBACK : options.local;
  }

  /**
   * The local port to bind.
   *
   * @param port 0 to 65,535; with 0 the system picks a free one
   * @throws IllegalArgumentException if it is out of range
   */
  public RioUdpServer port(int port) {
    UdpOptions.checkRange("port", port, 0, 65_535, "0 picks a free one");
    Endpoint local = endpoint().withPort(port);
    return with(o -> o.local = local);
  }

  /**
   * Binds so many sockets to the one port, each on a pump of its own, and the kernel spreads the
   * peers over them: for a load that is too much for one core. Each socket has its slots, its
   * buffers and its connection; {@link #handle} and the hooks are called once for each. What {@link
   * #bind} emits stands for all of them ({@link RioConnection#connections}).
   *
   * <p>A peer, that is its address and port, stays with its socket while all of them are open,
   * since the kernel picks the socket by a hash of both ends; so one peer alone is never spread.
   * With {@link #runOn} the sockets are spread over the pumps of that group: one on each, if they
   * are as many and have no others.
   *
   * @param pumps 1 (the default) to 1,024. The bind of more than one fails with an {@link
   *     IllegalArgumentException} where the provider does not balance sockets on one port: {@code
   *     linux-mmsg} and {@code linux-uring} do, by SO_REUSEPORT
   * @throws IllegalArgumentException if it is out of range
   */
  public RioUdpServer pumps(int pumps) {
    UdpOptions.checkRange("pumps", pumps, 1, UdpOptions.MOST_PUMPS, "pumps");
    return with(o -> o.pumps = pumps);
  }

  /**
   * Has the kernel give each datagram to the pump of the CPU that has received it, in place of a
   * hash of its addresses: for {@link #pumps} on a {@link PumpGroup} with {@link
   * PumpGroup#cpuAffinity}, as many CPUs as pumps. What a network card's queue brings to a core
   * then stays there. What other CPUs receive goes by the hash.
   *
   * <p>A peer then is where the card sends it, mostly by a hash of its own: it may change its pump
   * when the card's queues or the sockets do. Default off. Without effect with one pump. The bind
   * fails with an {@link IllegalArgumentException} if not each socket has a CPU of its own, or
   * {@code SO_REUSEPORT} is set; with an {@link IOException} if the system refuses.
   */
  public RioUdpServer steerByCpu(boolean enabled) {
    return with(o -> o.steerByCpu = enabled);
  }

  /** The local address to bind, in place of {@link #host} and {@link #port}; may be unresolved. */
  public RioUdpServer bindAddress(InetSocketAddress address) {
    Endpoint local = Endpoint.of(address);
    return with(o -> o.local = local);
  }

  /**
   * Answers each datagram by itself: {@link #respond(Function, int)} with as many calls at once as
   * there are receive slots, 256 at most.
   *
   * @throws IllegalStateException if {@link #handle} has been called
   */
  public RioUdpServer respond(Function<? super Datagram, ? extends Publisher<Datagram>> function) {
    return responding(function, 0);
  }

  /**
   * Answers each datagram by itself. The function is called on the pump, so it must not block; what
   * its publisher emits is sent, none, one or many, as it comes: the order of replies is not that
   * of datagrams.
   *
   * <pre>{@code
   * RioUdpServer.create().port(5360)
   *     .respond(query -> resolve(query.asByteArray()).map(query::reply))
   *     .bindNow();
   * }</pre>
   *
   * <p>What one call does concerns no other: a function that throws or answers null, a publisher
   * that fails or has not ended within {@link #respondTimeout} is counted ({@link
   * RioStats#handlerFailures}, {@link RioStats#respondTimeouts}), the first of each class of
   * exception is logged at WARN as by {@link #handle}, and the rest goes on. So are a {@link
   * StackOverflowError} and a {@link LinkageError}, which a datagram can cause; another error of
   * the JVM closes the connection. The calls that are under way are the demand: if all of them
   * wait, datagrams wait in the socket. {@link RioConnection#shutdown} lets them end.
   *
   * @param concurrency calls under way at most, 1 to 16,777,216
   * @throws IllegalArgumentException if it is out of range
   * @throws IllegalStateException if {@link #handle} has been called
   */
  public RioUdpServer respond(
      Function<? super Datagram, ? extends Publisher<Datagram>> function, int concurrency) {
    UdpOptions.checkRange("concurrency", concurrency, 1, UdpOptions.MOST_SLOTS, "calls");
    return responding(function, concurrency);
  }

  private RioUdpServer responding(
      Function<? super Datagram, ? extends Publisher<Datagram>> function, int concurrency) {
    Objects.requireNonNull(function, "function");
    requireEither(options.handler == null);
    return with(
        o -> {
          o.respond = function;
          o.respondConcurrency = concurrency;
        });
  }

  /**
   * How long a call of {@link #respond} may take, from the datagram to the end of its publisher.
   * Then it is cancelled and counted; without a limit, calls that never end would in time be all
   * the demand there is. Default 30 s.
   *
   * @param timeout zero for no limit
   * @throws IllegalArgumentException if it is negative
   */
  public RioUdpServer respondTimeout(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    if (timeout.isNegative()) {
      throw new IllegalArgumentException(
          "respondTimeout is "
              + timeout
              + ": allowed are positive durations, and zero for no limit");
    }
    return with(o -> o.respondTimeout = UdpOptions.timer(timeout));
  }

  /**
   * Lets in what comes from some sources alone. The filter is called on the pump for each datagram,
   * with its sender as numbers, before anything has been allocated: so it must not block, and what
   * it refuses costs next to nothing. Refused datagrams are counted ({@link DropReason#FILTERED})
   * and use no demand.
   *
   * <pre>{@code
   * .sourceFilter(SourceView.in("10.0.0.0/8", "2001:db8::/32"))
   * }</pre>
   *
   * <p>Of several filters, each has to accept. One that throws has refused; the first exception of
   * each class is logged at WARN.
   *
   * @param accepts whether a source may send
   */
  public RioUdpServer sourceFilter(Predicate<? super SourceView> accepts) {
    Objects.requireNonNull(accepts, "accepts");
    return with(o -> o.sourceFilter = UdpOptions.both(o.sourceFilter, accepts));
  }

  /**
   * Takes no more than so much of each source; the rest is dropped and counted ({@link
   * DropReason#RATE_LIMITED}), after the {@link #sourceFilter} and before anything has been
   * allocated. Default: no limit. The memory for it is taken at bind and does not grow ({@link
   * RateLimit}).
   *
   * <p>Each socket counts by itself: with {@link #pumps}, a source that sends from many ports may
   * have its rate as often as there are sockets.
   */
  public RioUdpServer rateLimit(RateLimit limit) {
    Objects.requireNonNull(limit, "limit");
    return with(o -> o.rateLimit = limit);
  }

  /**
   * Refuses datagrams that claim to come from one of these ports, and counts them ({@link
   * DropReason#REFUSED_PORT}). A forged source makes a server answer somebody else; if that is a
   * service that answers too, the two may go on for ever.
   *
   * <p>Default: 0, 7, 13, 17, 19 and 37, where nobody can be answered, or what is there (echo,
   * daytime, quote of the day, character generator, time) answers anything. RFC 9308, section 8.1,
   * names others that are misused so, which clients of your protocol may or may not send from: 53
   * (DNS), 123 (NTP), 1900 (SSDP), 5353 (mDNS), 11211 (memcached).
   *
   * @param ports 0 to 65,535, in place of the default; none lets all in
   * @throws IllegalArgumentException if one is out of range
   */
  public RioUdpServer refusedSourcePorts(int... ports) {
    for (int port : ports) {
      UdpOptions.checkRange("refusedSourcePorts", port, 0, 65_535, "a port");
    }
    List<Integer> all = Arrays.stream(ports).distinct().sorted().boxed().toList();
    return with(o -> o.refusedSourcePorts = all);
  }

  /**
   * Whether to refuse datagrams that claim to come from the port number this server is bound to,
   * and count them ({@link DropReason#REFUSED_PORT}): two servers of one protocol would otherwise
   * answer each other, once somebody has forged a single datagram. Default: on with {@link
   * #respond}, whose datagrams are questions, if the port was named; off else, since the peers of
   * many protocols send from the port they listen on, and a port that the system has picked is
   * another server's by chance alone.
   */
  public RioUdpServer refuseOwnPort(boolean enabled) {
    return with(o -> o.refuseOwnPort = enabled);
  }

  /**
   * Whether to send no more than three times the bytes to an address and port that have come from
   * there, until the application has called {@link RioConnection#validated}: the rule of QUIC (RFC
   * 9000, section 8.1) for servers whose answers are longer than the questions. Without it, whoever
   * forges a source can have them sent to somebody else. Default off.
   *
   * <p>It holds for all that the server sends, by {@link #respond}, {@link #handle} or {@link
   * RioConnection#send}. What is too much is dropped and counted ({@link
   * DropReason#AMPLIFICATION}). Payload counts, and nothing that {@link #sourceFilter}, {@link
   * #rateLimit} or a port has kept out.
   *
   * <p>Each socket remembers 16,384 addresses, in 512 KiB; of more, some are forgotten: nothing can
   * then be sent to them before they send again, and they are to be validated again. First go those
   * that have sent once, the oldest first; validated ones last. With {@link #pumps} each socket
   * knows what itself has received: answers by {@link #respond} and {@link #handle} leave by the
   * socket that was asked, but what {@link RioConnection#send} of the group sends needs a validated
   * address.
   */
  public RioUdpServer amplificationGuard(boolean enabled) {
    return with(o -> o.amplificationGuard = enabled);
  }

  /** Called before each bind, on the subscribing thread; what it throws fails the bind. */
  public RioUdpServer doOnBind(Consumer<? super RioUdpServer> consumer) {
    Objects.requireNonNull(consumer, "consumer");
    return with(o -> o.onBind = UdpOptions.chain(o.onBind, consumer));
  }

  /**
   * Called on the pump when the socket is bound, before the handler is, with {@link #pumps} once
   * for each socket; what it throws closes the socket and fails the bind.
   */
  public RioUdpServer doOnBound(Consumer<? super RioConnection> consumer) {
    Objects.requireNonNull(consumer, "consumer");
    return with(o -> o.onBound = UdpOptions.chain(o.onBound, consumer));
  }

  /** Called on the pump when the connection has closed; what it throws is logged. */
  public RioUdpServer doOnUnbound(Consumer<? super RioConnection> consumer) {
    Objects.requireNonNull(consumer, "consumer");
    return with(o -> o.onUnbound = UdpOptions.chain(o.onUnbound, consumer));
  }

  /**
   * Binds the socket.
   *
   * @return a cold Mono: each subscription binds a socket of its own; cancelling it before it has
   *     emitted closes that socket. A connection that is emitted while the subscriber cancels is
   *     the subscriber's: Reactor hands it to {@code onNextDropped} or {@code onDiscard}, where it
   *     should be disposed. Emits on the pump. Fails with {@link java.net.UnknownHostException},
   *     {@link java.net.BindException} (address taken, not here or not allowed) or another {@link
   *     IOException} that says what the system refused and why
   */
  public Mono<RioConnection> bind() {
    return Mono.<RioConnection>deferContextual(
            context -> {
              if (options.onBind != null) {
                options.onBind.accept(this);
              }
              return Bind.server(options.with(o -> o.context = context));
            })
        .contextCapture(); // thread-locals too, where somebody propagates them
  }

  /**
   * {@link #bind} and waits for it, 45 seconds at most.
   *
   * @throws UncheckedIOException if it fails; the cause is what {@link #bind} fails with
   * @throws IllegalStateException if the time is up, or this thread must not block
   */
  public RioConnection bindNow() {
    return bindNow(Bind.LONGEST);
  }

  /**
   * {@link #bind} and waits for it.
   *
   * @param timeout the longest to wait
   * @throws UncheckedIOException if it fails; the cause is what {@link #bind} fails with
   * @throws IllegalStateException if the time is up, or this thread must not block
   */
  public RioConnection bindNow(Duration timeout) {
    return Bind.now("bind", options.group, bind(), timeout);
  }

  /** What is to be bound. */
  @Override
  public String toString() {
    return "RioUdpServer["
        + endpoint()
        + ", "
        + options.receiveSlots
        + " slots of "
        + options.datagramSize
        + " bytes]";
  }
}
