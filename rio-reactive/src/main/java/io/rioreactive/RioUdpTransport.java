package io.rioreactive;

import java.net.SocketOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.reactivestreams.Publisher;
import reactor.util.retry.Retry;

/**
 * What a server and a client have in common: how much a connection holds, what it does with
 * datagrams, whose pump it lives on. Immutable: each method answers a new one of the same kind.
 *
 * <pre>{@code
 * RioUdpServer.create().receiveSlots(4096).datagramSize(512)
 * RioUdpClient.create().handle((in, out) -> out.send(Flux.just(Datagram.of("hello"))))
 * }</pre>
 *
 * <p>An option that can never be right (port 70000, 0 slots) is an {@link IllegalArgumentException}
 * at the call, with the option, the value and the range.
 *
 * @param <T> the kind itself, which each method answers
 */
public abstract sealed class RioUdpTransport<T extends RioUdpTransport<T>>
    permits RioUdpServer, RioUdpClient {

  final UdpOptions options;

  RioUdpTransport(UdpOptions options) {
    this.options = options;
  }

  /** One of the same kind with changed options. */
  abstract T with(Consumer<UdpOptions> change);

  /**
   * How many receives can be posted to the kernel at once: the most of the subscriber's demand that
   * the kernel ever knows of. Each costs a slot of {@link #datagramSize} bytes, which takes memory
   * once it is used.
   *
   * @param slots 1 to 16,777,216
   * @throws IllegalArgumentException if it is out of range, or all slots are more than a terabyte
   */
  public T receiveSlots(int slots) {
    UdpOptions.checkRange("receiveSlots", slots, 1, UdpOptions.MOST_SLOTS, "slots");
    return with(o -> o.receiveSlots = slots);
  }

  /**
   * How many sends can be with the kernel at once. Others wait with their publisher.
   *
   * @param slots 1 to 16,777,216
   * @throws IllegalArgumentException if it is out of range, or all slots are more than a terabyte
   */
  public T sendSlots(int slots) {
    UdpOptions.checkRange("sendSlots", slots, 1, UdpOptions.MOST_SLOTS, "slots");
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
  public T datagramSize(int bytes) {
    UdpOptions.checkRange(
        "datagramSize", bytes, 1, UdpOptions.LARGEST_DATAGRAM, "bytes of payload");
    return with(o -> o.datagramSize = bytes);
  }

  /** What becomes of a received datagram that is longer. Default {@link Truncation#DROP}. */
  public T truncation(Truncation truncation) {
    Objects.requireNonNull(truncation, "truncation");
    return with(o -> o.truncation = truncation);
  }

  /**
   * Insists on a kernel interface: {@code linux-mmsg}, {@code linux-uring}, {@code windows-rio},
   * {@code windows-iocp}, {@code nio}, or {@code auto} for the first that works, which is never
   * {@code linux-uring}. {@link RioSupport} lists them.
   *
   * @throws IllegalArgumentException if nobody has that name
   * @throws IllegalStateException with {@link #runOn}: the group has its provider
   */
  public T provider(String name) {
    requireOwnPump("provider");
    Providers.checkName(Objects.requireNonNull(name, "name"));
    return with(o -> o.provider = name);
  }

  /**
   * How the pump waits. Default {@link Notification#COMPLETION_PORT}.
   *
   * @throws IllegalStateException with {@link #runOn}: the group has its notification
   */
  public T notification(Notification notification) {
    requireOwnPump("notification");
    Objects.requireNonNull(notification, "notification");
    UdpOptions.requireSleep(notification, options.busyPoll);
    return with(o -> o.notification = notification);
  }

  /**
   * How long a pump that has nothing to do goes on asking the system before it sleeps. What comes
   * within that time is met without a wake-up, which costs some microseconds; {@link
   * Notification#POLLED} never sleeps at all. Default zero: it sleeps at once.
   *
   * <p>It costs as much CPU time as the pump waits, up to this long after each time it had
   * something to do: 50 µs and 10,000 datagrams a second that come evenly are half a core. It is
   * for a pump with a core of its own; where threads are more than cores it takes time from those
   * that are waited for.
   *
   * @param longest from zero on
   * @throws IllegalArgumentException if it is negative
   * @throws IllegalStateException with {@link Notification#POLLED}, or with {@link #runOn}: the
   *     group has its own
   */
  public T busyPoll(Duration longest) {
    requireOwnPump("busyPoll");
    Duration checked = UdpOptions.checkBusyPoll(longest);
    UdpOptions.requireSleep(options.notification, checked);
    return with(o -> o.busyPoll = checked);
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
   * @throws IllegalStateException if {@link #provider}, {@link #notification} or {@link #busyPoll}
   *     has been set: they are the group's
   */
  public T runOn(PumpGroup group) {
    Objects.requireNonNull(group, "group");
    if (options.provider != null) {
      throw belongsToGroup("provider");
    }
    if (options.notification != null) {
      throw belongsToGroup("notification");
    }
    if (options.busyPoll != null) {
      throw belongsToGroup("busyPoll");
    }
    return with(o -> o.group = group);
  }

  /**
   * Sets a socket option: {@link java.net.StandardSocketOptions#SO_RCVBUF SO_RCVBUF}, {@code
   * SO_SNDBUF}, {@code SO_REUSEADDR}, {@code SO_REUSEPORT}, {@code SO_BROADCAST}, {@code IP_TOS},
   * {@code IP_MULTICAST_IF}, {@code IP_MULTICAST_TTL}, {@code IP_MULTICAST_LOOP}, or one of {@link
   * RioSocketOptions}. On an IPv6 socket each is for what goes over IPv4 as well. A buffer size
   * that the system does not grant is logged at WARN.
   *
   * @throws IllegalArgumentException if the option is another, or the value impossible
   */
  public <V> T option(SocketOption<V> option, V value) {
    Objects.requireNonNull(option, "option");
    Objects.requireNonNull(value, "value");
    return with(o -> o.setOption(option, value));
  }

  /**
   * Joins a multicast group when the socket is bound. May be called for several; {@link
   * RioConnection#join} does the same later.
   *
   * <pre>{@code
   * RioUdpServer.create().host("0.0.0.0").port(5007).join(Membership.of("239.1.2.3"))
   * }</pre>
   *
   * <p>The socket receives what is sent to its port of the groups it has joined, and nothing of
   * groups that others on this machine have joined. It has to be bound to a wildcard address, or
   * (not on Windows) to the group itself: the loopback address, a server's default, hears no group.
   * An IPv4 group can be joined on {@code 0.0.0.0} and {@code ::}, an IPv6 group on {@code ::}. For
   * several sockets on one port set {@code SO_REUSEADDR} on each: each receives each datagram.
   *
   * <p>The bind fails with an {@link java.io.IOException} if the interface is missing, down or
   * without multicast, the socket is bound to another address, or the system refuses.
   *
   * @throws IllegalArgumentException if the same has been said before
   */
  public T join(Membership membership) {
    Objects.requireNonNull(membership, "membership");
    return with(o -> o.join(membership));
  }

  /**
   * What the connection does. Called once for each bind or connect, on the pump, and again when the
   * publisher fails ({@link #handlerRetry}). When the publisher completes, the connection is
   * closed; return {@link RioOutbound#neverComplete} to keep it open. Without a handler it stays
   * open until it is disposed of.
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
   * <p>Its publishers, and those of {@code respond}, have the Reactor context of whoever subscribed
   * to bind or connect, and see the thread-locals which that had about it if the application
   * propagates them ({@link reactor.core.publisher.Hooks#enableAutomaticContextPropagation}).
   * Decoders and encoders have neither.
   *
   * <p>The first failure of each class of exception is logged at WARN with its stack, later ones at
   * debug level; {@link RioStats#handlerFailures} counts all. Messages of exceptions are left out,
   * since they may quote what a peer has sent, unless {@link #wiretap(boolean)} is on.
   */
  public T handle(
      BiFunction<? super RioInbound, ? super RioOutbound, ? extends Publisher<Void>> handler) {
    Objects.requireNonNull(handler, "handler");
    requireEither(options.respond == null);
    return with(o -> o.handler = handler);
  }

  static void requireEither(boolean isAlone) {
    if (!isAlone) {
      throw new IllegalStateException(
          "handle and respond are both set, and a connection has one of them: with handle, use"
              + " flatMap to answer each datagram by itself");
    }
  }

  /**
   * When a {@link #handle} publisher that failed is subscribed again. Default: at once; failures
   * within 10 s of each other after 10 ms, doubled up to 1 s. It is not asked when the socket or
   * the JVM failed. When it gives up, the connection closes with its error.
   *
   * <p>A {@code Publisher<Void>} has no elements, so {@code transientErrors} of Reactor's own
   * retries never resets.
   */
  public T handlerRetry(Retry retry) {
    Objects.requireNonNull(retry, "retry");
    return with(o -> o.handlerRetry = retry);
  }

  /**
   * Is told of each datagram that is not delivered or not sent. Called on the pump, so it must not
   * block; what it throws is logged. With a consumer set, each drop allocates its record. Of
   * several consumers, here and below, the one that was set first is called first.
   */
  public T doOnDrop(Consumer<? super Drop> consumer) {
    Objects.requireNonNull(consumer, "consumer");
    return with(o -> o.onDrop = UdpOptions.chain(o.onDrop, consumer));
  }

  /**
   * Has each received datagram tell where it came to ({@link Datagram#localAddress}), by which
   * interface, and with which hop limit and traffic class; and a reply leave from there. For a
   * server on a wildcard address of a machine that has several: without it the system picks the
   * source by the route, and a peer that asked another address does not know the answer.
   *
   * <p>It costs some nanoseconds and, on the value path, an object for each datagram. A bind fails
   * with an {@link IllegalArgumentException} where the provider cannot ({@link RioSupport}).
   */
  public T packetInfo(boolean enabled) {
    return with(o -> o.packetInfo = enabled);
  }

  /**
   * Whether datagrams to one peer that follow each other and are of one size, but for a shorter
   * last one, may be handed to the system as one message, which it cuts apart (UDP_SEGMENT): a
   * fraction of the cost, and nothing that a peer would notice. On by default, where the provider
   * can ({@link RioSupport}); a run that the system refuses is sent datagram by datagram.
   *
   * <p>Each datagram has its own result and is counted by itself. Only what the network says of a
   * client's datagrams ({@link RioStats#unreachable}) may come once for all that left together.
   */
  public T segmentation(boolean enabled) {
    return with(o -> o.segmentation = enabled);
  }

  /**
   * Lets the system hand over several datagrams of one peer at once (UDP_GRO), where they have come
   * so: a fraction of the cost. Off by default, since demand is then not exact: one read may bring
   * more than was asked for, 127 datagrams at most. What is too much waits in its slot, where
   * {@link RioStats#surplus} shows it, and is delivered before anything else is read; if the
   * connection closes first, it is lost with it, as is what waits in the socket. A subscriber that
   * cancels may leave more than 127: what had been read for it waits for the next one.
   *
   * <p>Each datagram is delivered, counted and held to {@link #datagramSize} by itself; what the
   * kernel drops ({@link RioStats#kernelDrops}) counts once for all that came together. A socket
   * takes 64 KiB for each 128 of its {@link #receiveSlots}, 4 MiB at most, once they are used. A
   * bind fails with an {@link IllegalArgumentException} where the provider cannot ({@link
   * RioSupport}).
   */
  public T coalescing(boolean enabled) {
    return with(o -> o.coalescing = enabled);
  }

  /**
   * Logs each datagram, received or handed to the kernel, in hexadecimal digits and as text: at
   * debug level to the logger {@code io.rioreactive.wiretap}. For looking at a protocol; it shows
   * what may be private, and costs more than all the rest.
   */
  public T wiretap(boolean enabled) {
    return with(o -> o.wiretap = enabled);
  }

  /**
   * Writes each datagram, received or handed to the kernel, to a file that Wireshark and tshark
   * open (pcap). Addresses, ports, lengths and payload are the datagram's; the other fields of the
   * IP and UDP headers, which a socket does not show, are made up, but for what {@link #packetInfo}
   * tells. Without it, what comes to a server on a wildcard address goes to {@code 0.0.0.0} there.
   * It shows what may be private, and the file grows as long as the connection lives.
   *
   * <p>Each bind begins the file anew; connections that are open at the same time share it. One
   * thread writes it: up to 16 MiB wait for the disk, and what does not fit is missing and counted
   * in the log. A disk that fails ends the file and nothing else. It is complete when {@link
   * RioConnection#onDispose} completes.
   *
   * <p>A bind fails with an {@link java.io.IOException} if the file cannot be written.
   */
  public T wiretap(Path file) {
    Objects.requireNonNull(file, "file");
    return with(o -> o.pcapPath = file);
  }

  /**
   * What it is called: the tag {@code name} of its meters, and in the log and in flight recordings.
   * Default: host and port as they were given ({@code 127.0.0.1:5050}).
   *
   * <p>Servers and clients of one name share their meters, which then show sums: a name is for a
   * purpose, such as "dns" or "statsd", and not for each of a thousand clients.
   *
   * @throws IllegalArgumentException if it is blank
   */
  public T name(String name) {
    Objects.requireNonNull(name, "name");
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "name is blank: name what it is for, or leave it out for host and port");
    }
    return with(o -> o.name = name);
  }

  /**
   * Registers meters for what is bound in Micrometer's global registry, for as long as it is open.
   * They are read off the counters when somebody asks for them and cost nothing for a datagram.
   * {@code io.rioreactive.micrometer.RioMeters} has their names, and registers them elsewhere.
   *
   * @throws IllegalStateException if Micrometer is not there: it needs {@code
   *     io.micrometer:micrometer-core}
   */
  public T metrics(boolean enabled) {
    var meters = enabled ? GlobalMetrics.meters() : null;
    return with(o -> o.meters = meters);
  }
}
