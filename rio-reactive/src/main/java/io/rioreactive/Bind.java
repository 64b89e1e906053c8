package io.rioreactive;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

/**
 * One bind under way: the name is resolved off the pump, then the socket is opened on it.
 *
 * <p>A server's own pump is started here, and ends with the one connection it was started for.
 */
final class Bind {

  private final ServerOptions options;
  private final InetSocketAddress address;
  private final MonoSink<RioConnection> sink;
  private final PumpGroup group;
  private final boolean isOwnGroup;

  /** By any thread; the pump binds nothing from then on. */
  private volatile boolean cancelled;

  /** Pump only. */
  private @Nullable UdpConnection connection;

  private Bind(ServerOptions options, InetSocketAddress address, MonoSink<RioConnection> sink) {
    this.options = options;
    this.address = address;
    this.sink = sink;
    PumpGroup shared = options.group;
    this.isOwnGroup = shared == null;
    this.group = shared == null ? ownGroup(options) : shared;
  }

  static Mono<RioConnection> of(ServerOptions options) {
    return resolve(options)
        .flatMap(address -> Mono.create(sink -> new Bind(options, address, sink).start()));
  }

  private static Mono<InetSocketAddress> resolve(ServerOptions options) {
    InetSocketAddress given = options.bindAddress;
    if (given != null && !given.isUnresolved()) {
      return Mono.just(given);
    }
    String host = given == null ? options.host : given.getHostString();
    if (host == null) {
      return Mono.just(new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port));
    }
    try {
      return Mono.just(new InetSocketAddress(InetAddress.ofLiteral(host), options.port));
    } catch (IllegalArgumentException isName) {
      return Mono.fromCallable(() -> lookUp(host))
          .map(ip -> new InetSocketAddress(ip, options.port))
          .subscribeOn(Schedulers.boundedElastic());
    }
  }

  private static InetAddress lookUp(String host) throws UnknownHostException {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      UnknownHostException clear =
          new UnknownHostException("host \"" + host + "\" to bind cannot be resolved");
      clear.initCause(e);
      throw clear;
    }
  }

  private static PumpGroup ownGroup(ServerOptions options) {
    PumpGroup own = PumpGroup.forOne();
    if (options.provider != null) {
      own.provider(options.provider);
    }
    if (options.notification != null) {
      own.notification(options.notification);
    }
    return own;
  }

  private void start() {
    Pump pump;
    try {
      pump = group.next();
    } catch (IOException e) {
      sink.error(e);
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
    } else {
      endOwnGroup();
    }
  }

  private void onPump(Pump pump) {
    if (cancelled) {
      pump.unreserve();
      return;
    }
    UdpConnection bound;
    try {
      bound = pump.onBind(options.socketConfig(address), options);
    } catch (Throwable failure) {
      pump.unreserve();
      endOwnGroup();
      sink.error(failure);
      return;
    }
    connection = bound;
    try {
      if (options.onBound != null) {
        options.onBound.accept(bound);
      }
    } catch (Throwable thrown) {
      bound.dispose();
      sink.error(thrown);
      return;
    }
    bound.onOpen();
    sink.success(bound);
  }

  private void endOwnGroup() {
    if (isOwnGroup) {
      group.dispose();
    }
  }
}
