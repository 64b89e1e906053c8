package io.rioreactive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

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
 * <tr><td>SO_REUSEADDR</td><td>off</td><td>for UDP it lets a second socket take the port</td></tr>
 * </table>
 */
public final class RioUdpServer {

  private static final Duration BIND_NOW = Duration.ofSeconds(45);

  private final ServerOptions options;

  private RioUdpServer(ServerOptions options) {
    this.options = options;
  }

  /** A server with the defaults. */
  public static RioUdpServer create() {
    return new RioUdpServer(new ServerOptions());
  }

  private RioUdpServer with(Consumer<ServerOptions> change) {
    return new RioUdpServer(options.with(change));
  }

  /**
   * The local host name or address to bind. A name is resolved at each bind, off the pump; an IPv6
   * address makes a dual-stack socket, which reaches IPv4 too where the address allows it ({@code
   * ::}).
   */
  public RioUdpServer host(String host) {
    Objects.requireNonNull(host, "host");
    if (host.isBlank()) {
      throw new IllegalArgumentException(
          "host is blank: name a host or an address, or leave it out for the loopback address");
    }
    return with(
        o -> {
          o.host = host;
          o.bindAddress = null;
        });
  }

  /**
   * The local port to bind.
   *
   * @param port 0 to 65,535; with 0 the system picks a free one
   * @throws IllegalArgumentException if it is out of range
   */
  public RioUdpServer port(int port) {
    ServerOptions.checkRange("port", port, 0, 65_535, "0 picks a free one");
    return with(
        o -> {
          InetSocketAddress address = o.bindAddress;
          o.port = port;
          if (address != null) {
            o.bindAddress =
                address.isUnresolved()
                    ? InetSocketAddress.createUnresolved(address.getHostString(), port)
                    : new InetSocketAddress(address.getAddress(), port);
          }
        });
  }

  /** The local address to bind, in place of {@link #host} and {@link #port}; may be unresolved. */
  public RioUdpServer bindAddress(InetSocketAddress address) {
    Objects.requireNonNull(address, "address");
    return with(
        o -> {
          o.bindAddress = address;
          o.host = null;
          o.port = address.getPort();
        });
  }

  /**
   * How many receives can be posted to the kernel at once: the most of the subscriber's demand that
   * the kernel ever knows of. Each costs a slot of {@link #datagramSize} bytes, which takes memory
   * once it is used.
   *
   * @param slots 1 to 16,777,216
   * @throws IllegalArgumentException if it is out of range, or all slots are more than a terabyte
   */
  public RioUdpServer receiveSlots(int slots) {
    ServerOptions.checkRange("receiveSlots", slots, 1, ServerOptions.MOST_SLOTS, "slots");
    return with(o -> o.receiveSlots = slots);
  }

  /**
   * How many sends can be with the kernel at once. Others wait with their publisher.
   *
   * @param slots 1 to 16,777,216
   * @throws IllegalArgumentException if it is out of range, or all slots are more than a terabyte
   */
  public RioUdpServer sendSlots(int slots) {
    ServerOptions.checkRange("sendSlots", slots, 1, ServerOptions.MOST_SLOTS, "slots");
    return with(o -> o.sendSlots = slots);
  }

  /**
   * The longest datagram, in both directions. A longer one that is received is dropped and counted
   * unless {@link #truncation} says otherwise; a longer one to be sent fails ({@link
   * DropReason#TOO_LARGE}).
   *
   * @param bytes 1 to 65,507 bytes of payload
   * @throws IllegalArgumentException if it is out of range, or all slots are more than a terabyte
   */
  public RioUdpServer datagramSize(int bytes) {
    ServerOptions.checkRange(
        "datagramSize", bytes, 1, ServerOptions.LARGEST_DATAGRAM, "bytes of payload");
    return with(o -> o.datagramSize = bytes);
  }

  /** What becomes of a received datagram that is longer. Default {@link Truncation#DROP}. */
  public RioUdpServer truncation(Truncation truncation) {
    Objects.requireNonNull(truncation, "truncation");
    return with(o -> o.truncation = truncation);
  }

  /**
   * Insists on a kernel interface: {@code linux-mmsg}, {@code windows-rio}, {@code windows-iocp},
   * {@code nio}, or {@code auto} for the first that works. {@link RioSupport} lists them.
   *
   * @throws IllegalArgumentException if nobody has that name
   * @throws IllegalStateException with {@link #runOn}: the group has its provider
   */
  public RioUdpServer provider(String name) {
    requireOwnPump("provider");
    Providers.checkName(Objects.requireNonNull(name, "name"));
    return with(o -> o.provider = name);
  }

  /**
   * How the pump waits. Default {@link Notification#COMPLETION_PORT}.
   *
   * @throws IllegalStateException with {@link #runOn}: the group has its notification
   */
  public RioUdpServer notification(Notification notification) {
    requireOwnPump("notification");
    Objects.requireNonNull(notification, "notification");
    return with(o -> o.notification = notification);
  }

  private void requireOwnPump(String option) {
    if (options.group != null) {
      throw belongsToGroup(option);
    }
  }

  private static IllegalStateException belongsToGroup(String option) {
    return new IllegalStateException(
        option + " belongs to the pump, and runOn shares one: set it on the PumpGroup");
  }

  /**
   * Shares the pumps of a group instead of starting one.
   *
   * @throws IllegalStateException if {@link #provider} or {@link #notification} has been set: they
   *     are the group's
   */
  public RioUdpServer runOn(PumpGroup group) {
    Objects.requireNonNull(group, "group");
    if (options.provider != null) {
      throw belongsToGroup("provider");
    }
    if (options.notification != null) {
      throw belongsToGroup("notification");
    }
    return with(o -> o.group = group);
  }

  /**
   * Sets a socket option: {@link java.net.StandardSocketOptions#SO_RCVBUF SO_RCVBUF}, {@code
   * SO_SNDBUF}, {@code SO_REUSEADDR}, {@code SO_REUSEPORT}, {@code SO_BROADCAST} or {@code IP_TOS}.
   * A buffer size that the system does not grant is logged at WARN.
   *
   * @throws IllegalArgumentException if the option is another, or the value impossible
   */
  public <T> RioUdpServer option(SocketOption<T> option, T value) {
    Objects.requireNonNull(option, "option");
    Objects.requireNonNull(value, "value");
    return with(o -> o.setOption(option, value));
  }

  /**
   * What the server does. Called once for each bind, on the pump, and again when the publisher
   * fails ({@link #handlerRetry}). When the publisher completes, the connection is closed; return
   * {@link RioOutbound#neverComplete} to keep it open. Without a handler it stays open until it is
   * disposed of.
   *
   * <pre>{@code
   * .handle((in, out) -> out.send(in.receive().map(query -> query.reply("pong"))))
   * }</pre>
   *
   * <p>An error in the publisher ends it: what it had in flight is lost uncounted, and datagrams
   * wait in the socket until it is subscribed again, by default up to 1 s later. So an error that
   * concerns one datagram is to be handled where it arises, inside {@code flatMap}: {@code
   * lookUp(query).map(query::reply).onErrorResume(failure -> Mono.empty())}.
   *
   * <p>The first failure of each class of exception is logged at WARN with its stack, later ones at
   * debug level; {@link RioStats#handlerFailures} counts all.
   */
  public RioUdpServer handle(
      BiFunction<? super RioInbound, ? super RioOutbound, ? extends Publisher<Void>> handler) {
    Objects.requireNonNull(handler, "handler");
    requireEither(options.respond == null);
    return with(o -> o.handler = handler);
  }

  private static void requireEither(boolean isAlone) {
    if (!isAlone) {
      throw new IllegalStateException(
          "handle and respond are both set, and a connection has one of them: with handle, use"
              + " flatMap to answer each datagram by itself");
    }
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
   * RioUdpServer.create().port(5353)
   *     .respond(query -> resolve(query.asByteArray()).map(query::reply))
   *     .bindNow();
   * }</pre>
   *
   * <p>What one call does concerns no other: a function that throws or answers null, a publisher
   * that fails or has not ended within {@link #respondTimeout} is counted ({@link
   * RioStats#handlerFailures}, {@link RioStats#respondTimeouts}), the first of each class of
   * exception is logged at WARN, and the rest goes on. The calls that are under way are the demand:
   * if all of them wait, datagrams wait in the socket. {@link RioConnection#shutdown} lets them
   * end.
   *
   * @param concurrency calls under way at most, 1 to 16,777,216
   * @throws IllegalArgumentException if it is out of range
   * @throws IllegalStateException if {@link #handle} has been called
   */
  public RioUdpServer respond(
      Function<? super Datagram, ? extends Publisher<Datagram>> function, int concurrency) {
    ServerOptions.checkRange("concurrency", concurrency, 1, ServerOptions.MOST_SLOTS, "calls");
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
    return with(o -> o.respondTimeout = timeout);
  }

  /**
   * When a {@link #handle} publisher that failed is subscribed again. Default: at once; failures
   * within 10 s of each other after 10 ms, doubled up to 1 s. It is not asked when the socket or
   * the JVM failed. When it gives up, the connection closes with its error.
   *
   * <p>A {@code Publisher<Void>} has no elements, so {@code transientErrors} of Reactor's own
   * retries never resets.
   */
  public RioUdpServer handlerRetry(Retry retry) {
    Objects.requireNonNull(retry, "retry");
    return with(o -> o.handlerRetry = retry);
  }

  /**
   * Is told of each datagram that is not delivered or not sent. Called on the pump, so it must not
   * block; what it throws is logged. With a consumer set, each drop allocates its record. Of
   * several consumers, here and below, the one that was set first is called first.
   */
  public RioUdpServer doOnDrop(Consumer<? super Drop> consumer) {
    Objects.requireNonNull(consumer, "consumer");
    return with(o -> o.onDrop = ServerOptions.chain(o.onDrop, consumer));
  }

  /**
   * Logs each datagram, received or handed to the kernel, in hexadecimal digits and as text: at
   * debug level to the logger {@code io.rioreactive.wiretap}. For looking at a protocol; it shows
   * what may be private, and costs more than all the rest.
   */
  public RioUdpServer wiretap(boolean enabled) {
    return with(o -> o.wiretap = enabled);
  }

  /** Called before each bind, on the subscribing thread; what it throws fails the bind. */
  public RioUdpServer doOnBind(Consumer<? super RioUdpServer> consumer) {
    Objects.requireNonNull(consumer, "consumer");
    return with(o -> o.onBind = ServerOptions.chain(o.onBind, consumer));
  }

  /**
   * Called on the pump when the socket is bound, before the handler is; what it throws closes the
   * socket and fails the bind.
   */
  public RioUdpServer doOnBound(Consumer<? super RioConnection> consumer) {
    Objects.requireNonNull(consumer, "consumer");
    return with(o -> o.onBound = ServerOptions.chain(o.onBound, consumer));
  }

  /** Called on the pump when the connection has closed; what it throws is logged. */
  public RioUdpServer doOnUnbound(Consumer<? super RioConnection> consumer) {
    Objects.requireNonNull(consumer, "consumer");
    return with(o -> o.onUnbound = ServerOptions.chain(o.onUnbound, consumer));
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
    return Mono.deferContextual(
        context -> {
          if (options.onBind != null) {
            options.onBind.accept(this);
          }
          return Bind.of(options.with(o -> o.context = context));
        });
  }

  /**
   * {@link #bind} and waits for it, 45 seconds at most.
   *
   * @throws UncheckedIOException if it fails; the cause is what {@link #bind} fails with
   * @throws IllegalStateException if the time is up, or this thread must not block
   */
  public RioConnection bindNow() {
    return bindNow(BIND_NOW);
  }

  /**
   * {@link #bind} and waits for it.
   *
   * @param timeout the longest to wait
   * @throws UncheckedIOException if it fails; the cause is what {@link #bind} fails with
   * @throws IllegalStateException if the time is up, or this thread must not block
   */
  public RioConnection bindNow(Duration timeout) {
    if (Schedulers.isInNonBlockingThread()) { // block() subscribes before it looks, and so binds
      throw new IllegalStateException(
          "bindNow() blocks, which the thread "
              + Thread.currentThread().getName()
              + " must not: subscribe to bind()");
    }
    try {
      return Objects.requireNonNull(bind().block(timeout), "bind never completes empty");
    } catch (RuntimeException e) {
      @Nullable Throwable cause = Exceptions.unwrap(e);
      if (cause instanceof IOException io) {
        throw new UncheckedIOException(io.getMessage(), io);
      }
      throw e;
    }
  }

  /** What is to be bound. */
  @Override
  public String toString() {
    return "RioUdpServer["
        + (options.bindAddress != null
            ? options.bindAddress
            : (options.host == null ? "loopback" : options.host) + ":" + options.port)
        + ", "
        + options.receiveSlots
        + " slots of "
        + options.datagramSize
        + " bytes]";
  }
}
