package io.rioreactive;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * A UDP socket, bound by a server or connected by a client. Any thread may use it.
 *
 * <pre>{@code
 * RioConnection connection = RioUdpServer.create().port(5050).bindNow();
 * connection.receive().take(3).map(Datagram::asString).doOnNext(System.out::println).blockLast();
 * connection.shutdown(Duration.ofSeconds(5)).block();
 * }</pre>
 *
 * <p>It ends when it is told to, by {@link #dispose} (fast) or {@link #shutdown} (after what is
 * under way), when its handler completes, or when its {@link PumpGroup} is disposed; and with an
 * error when its socket or its pump failed, when {@link RioUdpServer#handlerRetry} gave up, or when
 * an unexpected error closed it. In each case no memory that the kernel may still write to is given
 * back, and {@link #onDispose} tells when all is done.
 */
public interface RioConnection extends Disposable {

  /**
   * What it is called in meters, in the log and in flight recordings: {@link RioUdpTransport#name},
   * else host and port as they were given.
   */
  String name();

  /**
   * The sockets behind it: itself or, of a server with {@link RioUdpServer#pumps}, one for each
   * pump. Of these the first that is open has joined the multicast groups: if it alone is closed,
   * they are to be joined again.
   */
  default List<RioConnection> connections() {
    return List.of(this);
  }

  /**
   * What it receives.
   *
   * @throws UnsupportedOperationException if it stands for several sockets: each of its {@link
   *     #connections} has an inbound of its own, and so has each call of {@code handle} and {@code
   *     respond}
   */
  RioInbound inbound();

  /** What it sends. */
  RioOutbound outbound();

  /** The address it is bound to, with the port that was picked if 0 was asked for. */
  InetSocketAddress localAddress();

  /**
   * The peer of a connected client; null for a server. With {@link RioUdpClient#resolveEvery} it
   * may change.
   */
  @Nullable InetSocketAddress remoteAddress();

  /**
   * Bytes of the largest IP packet that the system believes reaches the peer of a connected client
   * in one piece: a payload may have 28 bytes less by IPv4, 48 less by IPv6, and what is longer is
   * fragmented, or refused with {@link RioSocketOptions#IP_DONTFRAGMENT}. The system learns it from
   * the interface and from routers' answers, so it may change after a send.
   *
   * @return empty for a server, once it is closed, and where the provider does not tell it ({@code
   *     nio})
   */
  OptionalInt pathMtu();

  /** The provider that moves its datagrams: {@code linux-mmsg}, {@code nio}. */
  String provider();

  /** The longest datagram it receives and sends, in bytes of payload. */
  int datagramSize();

  /** What it has done so far; also after it has been closed. */
  RioStats stats();

  /**
   * Joins a multicast group, as {@link RioUdpTransport#join} does at bind.
   *
   * @return a cold Mono that completes when it is joined. It fails with an {@link
   *     IllegalStateException} if the group is joined already there, or also from named sources and
   *     from anybody; else with an {@link java.io.IOException} with the reason: a {@link
   *     java.nio.channels.ClosedChannelException} on a connection that is closed
   */
  Mono<Void> join(Membership membership);

  /**
   * Leaves a group that was joined by {@link RioUdpTransport#join} or {@link #join}, with the same
   * interface and source. What was blocked in it is forgotten.
   *
   * @return a cold Mono; fails with an {@link IllegalStateException} if it is not joined
   */
  Mono<Void> leave(Membership membership);

  /**
   * Shuts one source out of a group that was joined from anybody.
   *
   * @param membership the group and interface that were joined, {@link Membership#from from} the
   *     source to shut out
   * @return a cold Mono; fails with an {@link IllegalArgumentException} if no source is named, an
   *     {@link IllegalStateException} if the group is not joined or the source blocked already
   */
  Mono<Void> block(Membership membership);

  /**
   * Undoes {@link #block}.
   *
   * @return a cold Mono; fails as that of {@link #block}, or if the source is not blocked
   */
  Mono<Void> unblock(Membership membership);

  /**
   * Says that an address is not forged, since whoever has it has shown that he hears what is sent
   * there: has answered with a number that he was sent, for one. From now on {@link
   * RioUdpServer#amplificationGuard} lets everything leave to it. Without the guard it has no
   * effect.
   *
   * <pre>{@code
   * if (answersItsChallenge(query)) {
   *   connection.validated(query.remoteAddress());
   * }
   * }</pre>
   *
   * <p>It is in effect for what is sent after the call, from whichever thread, until the connection
   * closes or the address is forgotten: also for who has that address after him. A server with
   * {@link RioUdpServer#pumps} tells all of its sockets.
   *
   * @param peer address and port, as they were received
   * @throws IllegalArgumentException if it is not resolved
   */
  void validated(InetSocketAddress peer);

  /** {@link RioInbound#receive()}. */
  default Flux<Datagram> receive() {
    return inbound().receive();
  }

  /** {@link RioInbound#receive(DatagramDecoder)}. */
  default <T> Flux<T> receive(DatagramDecoder<? extends T> decoder) {
    return inbound().receive(decoder);
  }

  /** {@link RioInbound#next()}. */
  default Mono<Datagram> next() {
    return inbound().next();
  }

  /**
   * Asks and waits for the answer, and asks again when none comes: for protocols that retransmit.
   *
   * <pre>{@code
   * client.request(
   *     Datagram.of(query), reply -> idOf(reply) == id, Duration.ofSeconds(1), Retry.max(3))
   * }</pre>
   *
   * <p>It receives from the first attempt to the end, so an answer that is late for its attempt is
   * one all the same. One request at a time: a second fails as a second subscriber does. What
   * arrives and does not match is dropped by the filter: it counts as delivered.
   *
   * @param request sent at each attempt
   * @param matches whether a datagram is the answer; called on the pump
   * @param timeout how long an attempt waits before it fails with a {@link
   *     java.util.concurrent.TimeoutException}; positive
   * @param retry after which failures of an attempt to try again, and when
   * @return a cold Mono of the answer; empty if the connection ends first
   */
  default Mono<Datagram> request(
      Datagram request, Predicate<? super Datagram> matches, Duration timeout, Retry retry) {
    // The answer first: its receive is posted before the request leaves. It is one for all
    // attempts.
    Mono<Datagram> answer = receive().filter(matches).take(1).next();
    Mono<Datagram> attempts =
        send(Mono.just(request)).then(Mono.<Datagram>never()).timeout(timeout).retryWhen(retry);
    return Mono.firstWithSignal(answer, attempts);
  }

  /** {@link RioOutbound#send(Publisher)}. */
  default Mono<Void> send(Publisher<? extends Datagram> datagrams) {
    return outbound().send(datagrams);
  }

  /** {@link RioOutbound#send(Publisher, DatagramEncoder)}. */
  default <T> Mono<Void> send(Publisher<? extends T> values, DatagramEncoder<? super T> encoder) {
    return outbound().send(values, encoder);
  }

  /**
   * Closes at once: the inbound completes, sends fail with a {@link
   * java.nio.channels.ClosedChannelException}, the handler is cancelled. Returns before all of that
   * is done; may be called again, from any thread, also from inside a handler.
   */
  @Override
  void dispose();

  /** Whether it is closed or ending: disposed of, shutting down, failed. */
  @Override
  boolean isDisposed();

  /**
   * {@link #dispose} and waits until it is done, 45 seconds at most.
   *
   * @throws IllegalStateException on a pump or another thread that must not block, or if the time
   *     is up
   */
  void disposeNow();

  /**
   * Closes after what is under way: completes the inbound, waits until the handler has completed
   * and every send is done, then disposes. When the time is up it disposes all the same and logs
   * how much was lost.
   *
   * @param timeout the longest to wait; positive
   * @return a cold Mono that begins the shutdown when subscribed and completes when the connection
   *     is closed, either way
   * @throws IllegalArgumentException if the timeout is not positive
   */
  Mono<Void> shutdown(Duration timeout);

  /**
   * Completes when it is closed, with its pump if that was its own: nothing of it is left in the
   * kernel, and the process may end. Fails, with the same error as the inbound, if one closed it.
   */
  Mono<Void> onDispose();
}
