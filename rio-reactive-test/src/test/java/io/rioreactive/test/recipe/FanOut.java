package io.rioreactive.test.recipe;

import io.rioreactive.Datagram;
import io.rioreactive.RioInbound;
import io.rioreactive.RioOutbound;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import org.reactivestreams.Publisher;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** What one socket receives, for several consumers, or for several other sockets. */
class FanOut {

  private FanOut() {}

  /**
   * One consumer's part of a shared Flux, on a thread of its own. It holds up nobody: beyond its
   * backlog the oldest are lost, to it alone, and it is told.
   */
  static Flux<Datagram> branch(Flux<Datagram> shared, int backlog, Consumer<Datagram> onLost) {
    return shared
        .onBackpressureBuffer(backlog, onLost, BufferOverflowStrategy.DROP_OLDEST)
        .publishOn(Schedulers.boundedElastic());
  }

  /** For RioUdpServer.handle: each datagram goes on to all targets. */
  static Publisher<Void> copy(RioInbound in, RioOutbound out, List<InetSocketAddress> targets) {
    return out.send(
        in.receive()
            .flatMapIterable(
                datagram ->
                    targets.stream()
                        .map(target -> Datagram.to(target, datagram.payload()))
                        .toList()));
  }
}
