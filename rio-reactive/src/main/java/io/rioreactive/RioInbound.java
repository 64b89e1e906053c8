package io.rioreactive;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What a connection receives. Demand is what the kernel is asked for: with {@code n} requested and
 * not yet delivered, {@code min(n, receiveSlots)} receives are posted, and nothing is read ahead.
 * What nobody asks for waits in the socket's receive buffer, and is dropped there when that is full
 * ({@link RioStats#kernelDrops}). With {@link RioUdpTransport#coalescing} alone one read may bring
 * more than was asked for.
 *
 * <p>One subscriber at a time, over all methods here: a second gets an {@link
 * IllegalStateException}. To feed several, {@code share()} the Flux.
 *
 * <p>Signals come on the pump's thread: do not block there; {@code publishOn} another scheduler for
 * work that does. The Flux completes when the connection is told to end, or its handler has
 * completed; it fails with the error that closed the connection, if one did: of its socket, its
 * pump, its handler. What goes wrong with one datagram never ends it: see {@link DropReason}.
 *
 * <ul>
 *   <li>{@code cancel}: nothing more is delivered. Posts are withdrawn where the kernel can; what
 *       has been received already is dropped ({@link DropReason#CANCELLED}).
 *   <li>An {@code onNext} that throws counts as a cancel; what it threw goes to {@code
 *       Operators.onErrorDropped}.
 *   <li>{@code request(n)} with {@code n <= 0} fails the subscriber.
 *   <li>An error in an operator behind the Flux cancels it, as anywhere in Reactor.
 * </ul>
 *
 * <p>In each case the connection stays open and another can subscribe.
 */
public interface RioInbound {

  /**
   * Datagrams as values that can be kept.
   *
   * <pre>{@code
   * connection.receive().map(Datagram::asString).take(10).subscribe(System.out::println);
   * }</pre>
   *
   * @return a cold Flux: receives are posted while it has a subscriber with demand
   */
  Flux<Datagram> receive();

  /**
   * Datagrams decoded in their slot, on the pump, with no copy.
   *
   * <pre>{@code
   * connection.receive(LogLine::decode).bufferTimeout(500, Duration.ofMillis(100), true)
   * }</pre>
   *
   * @param decoder called once for each datagram; null from it skips one
   * @return a cold Flux, as of {@link #receive()}
   */
  <T> Flux<T> receive(DatagramDecoder<? extends T> decoder);

  /**
   * The next datagram, and only that: one receive is posted. ({@code receive().next()} would post
   * all slots and drop what comes besides the first.)
   *
   * <pre>{@code
   * connection.next().timeout(Duration.ofSeconds(1)).subscribe(answer -> …)
   * }</pre>
   *
   * <p>To take one after the other: {@code next().repeat(() -> !connection.isDisposed())}. A plain
   * {@code repeat()} never ends, since on an ending connection each {@code next()} is empty.
   *
   * @return a cold Mono; empty if the connection ends first
   */
  Mono<Datagram> next();
}
