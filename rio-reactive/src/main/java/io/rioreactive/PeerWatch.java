package io.rioreactive;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Resolves the peer of a connected client again and again, and tells the connection where it is.
 * Its timer and its look-ups run on Reactor's schedulers, never on the pump.
 */
final class PeerWatch {

  private static final Logger LOG = LoggerFactory.getLogger(PeerWatch.class);

  private final UdpConnection connection;

  /** Whether the last look-up failed: an outage is told once. Signals are serial. */
  private boolean isFailing;

  private PeerWatch(UdpConnection connection) {
    this.connection = connection;
  }

  /** Runs until it is disposed of. */
  static Disposable start(UdpConnection connection, Duration period) {
    PeerWatch watch = new PeerWatch(connection);
    return Flux.interval(period)
        .onBackpressureDrop() // a look-up may take longer than the period
        .concatMap(tick -> watch.lookUp(), 1)
        .subscribe(peer -> connection.later(() -> connection.onPeerResolved(peer)));
  }

  private Mono<InetSocketAddress> lookUp() {
    return connection
        .options()
        .resolvePeer(connection.remoteAddress())
        .doOnNext(found -> isFailing = false)
        .onErrorResume(
            failure -> {
              onFailure(failure);
              return Mono.empty();
            });
  }

  private void onFailure(Throwable failure) {
    if (!isFailing) {
      isFailing = true;
      LOG.warn(
          "{}: the peer cannot be resolved again and stays as it was: {}",
          connection,
          failure.toString());
    }
  }
}
