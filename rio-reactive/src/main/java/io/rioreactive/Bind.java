package io.rioreactive;

import io.rioreactive.pcap.PcapFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

/**
 * One bind or connect under way: names are resolved off the pump, then the socket is opened on it.
 */
final class Bind {

  /** How long the blocking forms wait. */
  static final Duration LONGEST = Duration.ofSeconds(45);

  /** With its file, once that is open. */
  private UdpOptions options;

  private final InetSocketAddress address;

  /** Null for a server. */
  private final @Nullable InetSocketAddress peer;

  private final MonoSink<RioConnection> sink;

  /** By any thread; the pump binds nothing from then on. */
  private volatile boolean cancelled;

  /** Pump only. */
  private @Nullable UdpConnection connection;

  private Bind(
      UdpOptions options,
      InetSocketAddress address,
      @Nullable InetSocketAddress peer,
      MonoSink<RioConnection> sink) {
    this.options = options;
    this.address = address;
    this.peer = peer;
    this.sink = sink;
  }

  static Mono<RioConnection> server(UdpOptions options) {
    return metered(
        options,
        options
            .resolveLocal()
            .flatMap(
                address ->
                    options.pumpCount() == 1
                        ? of(options, address, null)
                        : GroupBind.of(options, address)));
  }

  static Mono<RioConnection> client(UdpOptions options) {
    return metered(
        options,
        options
            .resolvePeer(null)
            .flatMap(
                peer -> options.resolveLocal(peer).flatMap(address -> of(options, address, peer))));
  }

  private static Mono<RioConnection> metered(UdpOptions options, Mono<RioConnection> opening) {
    var meters = options.meters();
    return meters == null ? opening : opening.doOnNext(meters);
  }

  /**
   * One socket.
   *
   * @param peer whom to connect it to; null for nobody
   */
  static Mono<RioConnection> of(
      UdpOptions options, InetSocketAddress address, @Nullable InetSocketAddress peer) {
    return Mono.create(sink -> new Bind(options, address, peer, sink).start());
  }

  /**
   * Waits for a bind or connect.
   *
   * @param group the one that was named; null for none
   * @throws UncheckedIOException if it fails for a reason of the system
   */
  static RioConnection now(
      String verb, @Nullable PumpGroup group, Mono<RioConnection> opening, Duration timeout) {
    if (Schedulers.isInNonBlockingThread()) { // block() subscribes before it looks, and so binds
      throw new IllegalStateException(
          verb
              + "Now() blocks, which the thread "
              + Thread.currentThread().getName()
              + " must not: subscribe to "
              + verb
              + "()");
    }
    // Subscribed to before the wait, so that whoever turns the pump finds what is waited for.
    CompletableFuture<@Nullable RioConnection> opened = opening.toFuture();
    try {
      if (group != null) {
        group.beforeBlock();
      }
      return Objects.requireNonNull(
          Mono.fromFuture(opened).block(timeout), "never completes empty");
    } catch (RuntimeException e) {
      opened.cancel(false);
      @Nullable Throwable cause = Exceptions.unwrap(e);
      if (cause instanceof IOException io) {
        throw new UncheckedIOException(io.getMessage(), io);
      }
      throw e;
    }
  }

  private void start() {
    Path file = options.pcapPath();
    if (file == null) {
      begin();
    } else {
      Schedulers.boundedElastic().schedule(() -> openAndBegin(file));
    }
  }

  private void openAndBegin(Path file) {
    PcapFile opened;
    try {
      opened = PcapFile.open(file);
    } catch (IOException | RuntimeException e) {
      sink.error(e);
      return;
    }
    options = options.with(o -> o.pcapFile = opened);
    begin();
  }

  private void begin() {
    Pump pump;
    try {
      pump = options.pumpGroup().next();
    } catch (IOException | RuntimeException e) {
      fail(e);
      return;
    }
    sink.onCancel(
        () -> {
          cancelled = true;
          pump.later(this::onCancel);
        });
    pump.later(() -> onPump(pump));
  }

  private void onCancel() {
    if (connection != null) {
      connection.dispose();
    }
  }

  private void onPump(Pump pump) {
    if (cancelled) {
      pump.onUnreserved();
      closeFile();
      return;
    }
    UdpConnection bound;
    try {
      bound = pump.onBind(options.socketConfig(address), options, peer);
    } catch (Throwable failure) {
      pump.onUnreserved();
      fail(failure);
      return;
    }
    connection = bound;
    try {
      var onBound = options.onBound();
      if (onBound != null) {
        onBound.accept(bound);
      }
      bound.onOpen();
    } catch (Throwable thrown) {
      bound.dispose();
      sink.error(thrown);
      return;
    }
    sink.success(bound);
  }

  /** Nothing was bound. */
  private void fail(Throwable failure) {
    closeFile();
    sink.error(failure);
  }

  private void closeFile() {
    PcapFile opened = options.pcapFile();
    if (opened != null) {
      opened.close(() -> {});
    }
  }
}
