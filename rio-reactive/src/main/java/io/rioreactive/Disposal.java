package io.rioreactive;

import io.rioreactive.jfr.FlightEvents;
import io.rioreactive.pcap.PcapFile;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Tells that a connection is closed, after its slots are freed: to a flight recording, to {@link
 * RioUdpServer#doOnUnbound}, and, when the file of its wiretap is complete, to {@link
 * RioConnection#onDispose}.
 */
final class Disposal {

  private static final Logger LOG = LoggerFactory.getLogger(RioConnection.class);

  /** How long a disk may take for the last packets of a wiretap before nobody waits for it. */
  private static final Duration LAST_PACKETS = Duration.ofSeconds(5);

  private final UdpConnection connection;
  private final Sinks.Empty<Void> closed = Sinks.empty();

  Disposal(UdpConnection connection) {
    this.connection = connection;
  }

  /** Completes when all has been told, with the connection's failure if it has one. */
  Mono<Void> asMono() {
    return closed.asMono();
  }

  void onClosed() {
    record();
    var onUnbound = connection.options().onUnbound();
    if (onUnbound != null) {
      try {
        onUnbound.accept(connection);
      } catch (Throwable thrown) {
        LOG.error("{}: doOnUnbound threw", connection, thrown);
      }
    }
    PcapFile file = connection.options().pcapFile();
    if (file == null) {
      tell();
    } else {
      close(file);
    }
  }

  private void record() {
    if (connection.isRecorded()) {
      Throwable cause = connection.failure();
      RioStats stats = connection.stats();
      FlightEvents.close(
          connection.name(),
          connection.toString(),
          cause == null ? null : cause.getClass().getName(),
          stats.received(),
          stats.delivered(),
          stats.droppedTotal(),
          stats.sent(),
          stats.failedTotal(),
          stats.kernelDrops());
    }
  }

  /** It is disposed of when the file is complete, unless the disk hangs. */
  private void close(PcapFile file) {
    Disposable limit =
        Schedulers.parallel()
            .schedule(this::onFileHangs, LAST_PACKETS.toMillis(), TimeUnit.MILLISECONDS);
    file.close(
        () -> {
          limit.dispose();
          tell();
        });
  }

  private void onFileHangs() {
    LOG.error(
        "{}: the last packets of its wiretap are not on the disk after {} s: it closes without",
        connection,
        LAST_PACKETS.toSeconds());
    tell();
  }

  private void tell() {
    Throwable cause = connection.failure();
    try {
      if (cause == null) {
        closed.tryEmitEmpty();
      } else {
        closed.tryEmitError(cause);
      }
    } catch (Throwable thrown) {
      LOG.error("{}: a subscriber of onDispose threw", connection, thrown);
    }
  }
}
