package io.rioreactive.samples.webflux;

import java.time.Duration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitFailureHandler;
import reactor.core.scheduler.Schedulers;

/** The datagrams that were received, for any number of watchers. None of them holds up a reply. */
@Component
class DatagramFeed {

  private static final int HISTORY = 100;
  private static final int BACKLOG = 1_000; // of each watcher

  private final Sinks.Many<Received> sink = Sinks.many().replay().limit(HISTORY);

  /** Shows a datagram; of those that several threads publish at once some are not shown. */
  void publish(Received received) {
    sink.tryEmitNext(received);
  }

  /** The last ones, and each that comes; who is too slow misses the oldest. */
  Flux<Received> watch() {
    return sink.asFlux()
        .onBackpressureBuffer(BACKLOG, BufferOverflowStrategy.DROP_OLDEST)
        .publishOn(Schedulers.parallel()); // the publishing thread has better things to do
  }

  /** Ends all watching, for which the web server's graceful stop would wait. */
  @EventListener(ContextClosedEvent.class)
  void onClosed() {
    sink.emitComplete(EmitFailureHandler.busyLooping(Duration.ofSeconds(1)));
  }
}
