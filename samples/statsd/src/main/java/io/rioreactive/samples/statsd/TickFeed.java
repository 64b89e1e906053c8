package io.rioreactive.samples.statsd;

import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitFailureHandler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the page shows, for any number of browsers. A tick is made and written as JSON once for all
 * of them. A browser that does not read is cut off after a minute, and slows nobody.
 *
 * <p>Looking is left to a timer: it goes on when the sink stands still. Any thread.
 */
@Component
final class TickFeed {

  private static final Duration LOOK = Duration.ofMillis(50);
  private static final int LOOKS = 10; // in a tick

  /** A minute of ticks, for a browser that comes or comes back. */
  static final int HISTORY = 120;

  /** For a browser that is slow: what it is told first, and a minute more. */
  static final int WAITING = HISTORY + HISTORY;

  private static final Duration CONTENTION = Duration.ofSeconds(1);

  private final Metrics metrics;
  private final SinkDelay sink;
  private final JsonMapper json;
  private final Sinks.Many<ServerSentEvent<String>> ticks = Sinks.many().replay().limit(HISTORY);

  private @Nullable RioConnection connection;
  private @Nullable Disposable looks;
  private long lastLook;

  /** Tells this run of the program from the one before, whose last minute a browser may have. */
  private final long run = System.currentTimeMillis();

  private long number;

  TickFeed(Metrics metrics, SinkDelay sink, JsonMapper json) {
    this.metrics = metrics;
    this.sink = sink;
    this.json = json;
  }

  /** Begins to look at a connection. */
  synchronized void start(RioConnection bound) {
    connection = bound;
    lastLook = System.nanoTime();
    looks = Flux.interval(LOOK).map(look -> bound.stats()).buffer(LOOKS).subscribe(this::onLooks);
  }

  /** A last tick, and the end for those who watch, whom the web server would wait for. */
  synchronized void stop() {
    RioConnection bound = connection;
    Disposable running = looks;
    if (bound != null && running != null) {
      running.dispose();
      onLooks(List.of(bound.stats()));
    }
    ticks.emitComplete(EmitFailureHandler.busyLooping(CONTENTION));
  }

  private synchronized void onLooks(List<RioStats> socket) {
    long now = System.nanoTime();
    double seconds = Math.max(1, now - lastLook) / 1e9;
    lastLook = now;
    Tick tick = Tick.of(run, ++number, socket, metrics.look(seconds), sink.millis());
    publish(String.valueOf(number), json.writeValueAsString(tick));
  }

  /** Shows something to all who watch. */
  void publish(String id, String data) {
    ticks.emitNext(
        ServerSentEvent.builder(data).id(id).build(), EmitFailureHandler.busyLooping(CONTENTION));
  }

  /** How many watch. */
  int watchers() {
    return ticks.currentSubscriberCount();
  }

  /**
   * The ticks of the last minute, and each that comes. Whoever does not take them comes to the end:
   * a browser, which then connects anew, or one that was gone before the first tick was written, of
   * which nobody is told.
   */
  Flux<ServerSentEvent<String>> watch() {
    return ticks
        .asFlux()
        .onBackpressureBuffer(WAITING)
        .onErrorComplete(Exceptions::isOverflow)
        .publishOn(Schedulers.parallel(), 1); // who looks does not write to browsers
  }
}
