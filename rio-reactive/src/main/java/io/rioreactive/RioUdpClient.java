package io.rioreactive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * A connected UDP socket to be: it talks to one peer and hears nobody else. Immutable: each method
 * answers a new one. Nothing happens before {@link #connect}.
 *
 * <pre>{@code
 * RioConnection dns = RioUdpClient.create().host("192.0.2.53").port(53).connectNow();
 * dns.send(Mono.just(Datagram.of(query))).then(dns.next())
 *     .timeout(Duration.ofSeconds(2))
 *     .subscribe(answer -> …);
 * }</pre>
 *
 * <p>UDP has no handshake, so connecting says nothing of the peer: it may not be there. What the
 * network tells of that later is an event about an earlier datagram ({@link #doOnUnreachable},
 * {@link RioStats#unreachable}); the connection goes on, and nothing that was to be sent is lost by
 * it.
 *
 * <p>Clients share one pump thread unless {@link #runOn} says otherwise, or {@link #provider} or
 * {@link #notification} differ: so a thousand of them are a thousand sockets and no more. It ends
 * with the last of them.
 *
 * <table>
 * <caption>Defaults that differ from a server's</caption>
 * <tr><th>option</th><th>default</th><th>why</th></tr>
 * <tr><td>host</td><td>the loopback address</td><td>nobody is reached by accident</td></tr>
 * <tr><td>port</td><td>none: it has to be given</td><td></td></tr>
 * <tr><td>receiveSlots</td><td>8</td><td>answers come one by one</td></tr>
 * <tr><td>sendSlots</td><td>8</td><td>so do questions; with both, a client costs less than 64 KiB,
 * most on {@code windows-rio}, where each send slot takes a page</td></tr>
 * <tr><td>bindAddress</td><td>any address, a free port</td><td>the system picks by the route to the
 * peer</td></tr>
 * <tr><td>pump</td><td>one for all clients</td><td>threads are dear</td></tr>
 * </table>
 */
public final class RioUdpClient extends RioUdpTransport<RioUdpClient> {

  private RioUdpClient(UdpOptions options) {
    super(options);
  }

  /** A client with the defaults. */
  public static RioUdpClient create() {
    return new RioUdpClient(
        new UdpOptions()
            .with(
                o -> {
                  o.isClient = true;
                  o.receiveSlots = 8;
                  o.sendSlots = 8;
                }));
  }

  @Override
  RioUdpClient with(Consumer<UdpOptions> change) {
    return new RioUdpClient(options.with(change));
  }

  /** The peer's host name or address. A name is resolved at each connect, off the pump. */
  public RioUdpClient host(String host) {
    Endpoint named = options.peer.withHost(host);
    return with(
        o -> {
          o.peer = named;
          o.peerSupplier = null;
        });
  }

  /**
   * The peer's port.
   *
   * @param port 1 to 65,535
   * @throws IllegalArgumentException if it is out of range
   */
  public RioUdpClient port(int port) {
    UdpOptions.checkRange("port", port, 1, 65_535, "a peer has a port");
    return with(
        o -> {
          o.peer = o.peer.withPort(port);
          o.peerSupplier = null;
        });
  }

  /**
   * The peer, asked for at each connect and whenever it is resolved again ({@link #resolveEvery});
   * in place of {@link #host} and {@link #port}.
   *
   * <pre>{@code
   * .remoteAddress(() -> registry.addressOf("statsd"))
   * }</pre>
   *
   * @param supplier gives an {@link InetSocketAddress}, which may be unresolved. Called on a
   *     bounded-elastic thread, so it may block; what it throws, and null, fail the connect
   */
  public RioUdpClient remoteAddress(Supplier<? extends SocketAddress> supplier) {
    Objects.requireNonNull(supplier, "supplier");
    return with(o -> o.peerSupplier = supplier);
  }

  /** The local address to bind: for a fixed port, or to leave from one of several addresses. */
  public RioUdpClient bindAddress(InetSocketAddress address) {
    Endpoint local = Endpoint.of(address);
    return with(o -> o.local = local);
  }

  /**
   * Resolves the peer's name again, or asks its supplier, after each such period. If the address
   * has changed, the same socket is connected to the new one: counted ({@link RioStats#reconnects})
   * and logged at INFO. If the name cannot be resolved, the peer stays and that is logged once. Of
   * several addresses the present one is kept while it is among them.
   *
   * <p>The JDK caches what it has resolved, for 30 s by default ({@code networkaddress.cache.ttl}).
   *
   * @param period positive; by default nothing is resolved again
   * @throws IllegalArgumentException if it is not positive
   */
  public RioUdpClient resolveEvery(Duration period) {
    Objects.requireNonNull(period, "period");
    if (period.isNegative() || period.isZero()) {
      throw new IllegalArgumentException(
          "resolveEvery is " + period + ": allowed are positive durations");
    }
    return with(o -> o.resolveEvery = UdpOptions.timer(period));
  }

  /**
   * Is told that a datagram sent earlier could not be delivered (the peer's port is closed, there
   * is no route), as far as the network says so; which one is not known. Called on the pump, so it
   * must not block; what it throws is logged.
   */
  public RioUdpClient doOnUnreachable(Consumer<? super IOException> consumer) {
    Objects.requireNonNull(consumer, "consumer");
    return with(o -> o.onUnreachable = UdpOptions.chain(o.onUnreachable, consumer));
  }

  /** Called before each connect, on the subscribing thread; what it throws fails the connect. */
  public RioUdpClient doOnConnect(Consumer<? super RioUdpClient> consumer) {
    Objects.requireNonNull(consumer, "consumer");
    return with(o -> o.onConnect = UdpOptions.chain(o.onConnect, consumer));
  }

  /**
   * Called on the pump when the socket is connected, before the handler is; what it throws closes
   * the socket and fails the connect.
   */
  public RioUdpClient doOnConnected(Consumer<? super RioConnection> consumer) {
    Objects.requireNonNull(consumer, "consumer");
    return with(o -> o.onBound = UdpOptions.chain(o.onBound, consumer));
  }

  /** Called on the pump when the connection has closed; what it throws is logged. */
  public RioUdpClient doOnDisconnected(Consumer<? super RioConnection> consumer) {
    Objects.requireNonNull(consumer, "consumer");
    return with(o -> o.onUnbound = UdpOptions.chain(o.onUnbound, consumer));
  }

  /**
   * Opens and connects the socket.
   *
   * @return a cold Mono: each subscription has a socket of its own; cancelling it before it has
   *     emitted closes that socket. A connection that is emitted while the subscriber cancels is
   *     the subscriber's, as with {@link RioUdpServer#bind}. Emits on the pump. Fails with {@link
   *     java.net.UnknownHostException}, {@link java.net.BindException} (of {@link #bindAddress}),
   *     {@link IllegalStateException} if no port was given, or another {@link IOException} that
   *     says what the system refused and why: no route, for one
   */
  public Mono<RioConnection> connect() {
    return Mono.<RioConnection>deferContextual(
            context -> {
              if (options.onConnect != null) {
                options.onConnect.accept(this);
              }
              return Bind.client(options.with(o -> o.context = context));
            })
        .contextCapture(); // thread-locals too, where somebody propagates them
  }

  /**
   * {@link #connect} and waits for it, 45 seconds at most.
   *
   * @throws UncheckedIOException if it fails; the cause is what {@link #connect} fails with
   * @throws IllegalStateException if the time is up, or this thread must not block
   */
  public RioConnection connectNow() {
    return connectNow(Bind.LONGEST);
  }

  /**
   * {@link #connect} and waits for it.
   *
   * @param timeout the longest to wait
   * @throws UncheckedIOException if it fails; the cause is what {@link #connect} fails with
   * @throws IllegalStateException if the time is up, or this thread must not block
   */
  public RioConnection connectNow(Duration timeout) {
    return Bind.now("connect", options.group, connect(), timeout);
  }

  /** What is to be connected to. */
  @Override
  public String toString() {
    return "RioUdpClient["
        + (options.peerSupplier == null ? options.peer : "a supplied address")
        + ", "
        + options.receiveSlots
        + " slots of "
        + options.datagramSize
        + " bytes]";
  }
}
