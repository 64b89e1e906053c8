package io.rioreactive.samples.statsd;

import io.rioreactive.RioConnection;
import io.rioreactive.RioInbound;
import io.rioreactive.RioUdpServer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * All of the UDP: a socket that is bound when the rest of the application has started, and drained
 * before any of it stops.
 */
@Component
final class StatsdServer implements SmartLifecycle {

  /** Datagrams that the sink is given at once, and receives that are posted at most. */
  static final int WINDOW = 256;

  /** What comes slowly does not wait for more. */
  static final Duration LONGEST_WINDOW = Duration.ofMillis(100);

  private static final Duration DRAIN = Duration.ofSeconds(5);

  private final RioUdpServer server;
  private final TickFeed feed;
  private volatile @Nullable RioConnection connection;
  private volatile boolean running;

  StatsdServer(RioUdpServer server, Metrics metrics, SinkDelay sink, TickFeed feed) {
    this.server = server.handle((in, out) -> collect(in, metrics, sink));
    this.feed = feed;
  }

  /** From datagrams to metrics. Completes when the socket is told to end, and all is stored. */
  static Mono<Void> collect(RioInbound in, Metrics metrics, SinkDelay sink) {
    return in.receive(view -> StatsdParser.parse(view.toByteArray()))
        .windowTimeout(WINDOW, LONGEST_WINDOW, true)
        .concatMap(
            window ->
                window
                    .collect(Batch::new, Batch::add)
                    .delayUntil(batch -> sink.pause())
                    .doOnNext(metrics::add))
        .then();
  }

  /**
   * The socket, bound or closed.
   *
   * @throws IllegalStateException if it has not been bound yet
   */
  RioConnection connection() {
    RioConnection bound = connection;
    if (bound == null) {
      throw new IllegalStateException("the socket is bound when the application starts");
    }
    return bound;
  }

  @Override
  public void start() {
    RioConnection bound = server.bindNow();
    connection = bound;
    running = true;
    feed.start(bound);
  }

  /**
   * Returns at once; the callback is called when all is stored and shown, and the socket closed.
   */
  @Override
  public void stop(Runnable callback) {
    running = false;
    connection()
        .shutdown(DRAIN)
        .doFinally(
            end -> {
              try {
                feed.stop();
              } finally {
                callback.run(); // or the application would wait for it
              }
            })
        .subscribe();
  }

  @Override
  public void stop() {
    stop(() -> {});
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
