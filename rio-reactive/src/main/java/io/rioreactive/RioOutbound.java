package io.rioreactive;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * What a connection sends. Any number of sends may be under way at once; they take turns, and an
 * idle one holds nothing. Order is kept within one send, not between two.
 *
 * <p>Each asks its publisher for a bounded number of elements ahead, so a full socket buffer slows
 * the publisher down and loses nothing. There is nothing to flush: what is there when the pump
 * turns leaves as one batch.
 *
 * <p>After its first window the publisher is requested from the pump's thread, so what it computes
 * then, it computes there: a source that blocks needs a thread of its own, by {@code
 * subscribeOn(Schedulers.boundedElastic())} and {@code publishOn}. The Mono's signals come on the
 * pump. A send that begins during a {@link RioConnection#shutdown} is accepted and waited for.
 */
public interface RioOutbound {

  /**
   * Sends datagrams to their {@link Datagram#remoteAddress}.
   *
   * <pre>{@code
   * out.send(in.receive().flatMap(query -> // one reply for each query
   *     answer(query).map(query::reply).onErrorResume(failure -> Mono.empty())))
   * }</pre>
   *
   * <p>An error of the publisher ends this send: handle those of one datagram where they arise, as
   * here.
   *
   * @param datagrams read when the Mono is subscribed, with bounded demand
   * @return a cold Mono that completes when the kernel has completed every send; fails if the
   *     publisher fails (after what it gave before has been sent), or with a {@link
   *     java.nio.channels.ClosedChannelException} if the connection closes first. One datagram that
   *     cannot be sent never fails it: see {@link DropReason} and {@link RioUdpServer#doOnDrop}.
   *     Cancelling it cancels the publisher; what has a slot still leaves
   */
  Mono<Void> send(Publisher<? extends Datagram> datagrams);

  /**
   * Sends values, each encoded in the slot it leaves from, on the pump.
   *
   * <pre>{@code
   * out.send(ticks, (tick, writer) -> writer.remoteAddress(sink).putLong(tick))
   * }</pre>
   *
   * @param values read when the Mono is subscribed, with bounded demand
   * @param encoder called once for each value; see {@link DatagramEncoder}
   * @return a cold Mono, as of {@link #send(Publisher)}
   */
  <T> Mono<Void> send(Publisher<? extends T> values, DatagramEncoder<? super T> encoder);

  /**
   * What a handler returns to keep the connection open when it has nothing of its own to wait for.
   *
   * @return a Mono that completes when the connection shuts down or closes, and not before
   */
  Mono<Void> neverComplete();
}
