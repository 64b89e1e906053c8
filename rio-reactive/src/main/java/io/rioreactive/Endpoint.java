package io.rioreactive;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Where to bind or to connect to, as the application said it: a name is resolved each time it is
 * asked for, off the caller's thread.
 *
 * @param host a name or an address; null for {@code ip}
 * @param ip null for {@code host}; of neither, the loopback address is meant
 */
record Endpoint(@Nullable String host, @Nullable InetAddress ip, int port) {

  /** The loopback address and a port that the system picks. */
  static final Endpoint LOOPBACK = new Endpoint(null, null, 0);

  static Endpoint of(InetSocketAddress address) {
    Objects.requireNonNull(address, "address");
    return address.isUnresolved()
        ? new Endpoint(address.getHostString(), null, address.getPort())
        : new Endpoint(null, address.getAddress(), address.getPort());
  }

  Endpoint withHost(String host) {
    Objects.requireNonNull(host, "host");
    if (host.isBlank()) {
      throw new IllegalArgumentException(
          "host is blank: name a host or an address, or leave it out for the loopback address");
    }
    return new Endpoint(host, null, port);
  }

  Endpoint withPort(int port) {
    return new Endpoint(host, ip, port);
  }

  /**
   * Its address.
   *
   * @param purpose for the text of an {@link UnknownHostException}: {@code "to bind"}
   * @param preferred of several addresses that a name has, the one to take if it is among them
   */
  Mono<InetSocketAddress> resolve(String purpose, @Nullable InetAddress preferred) {
    if (host == null) {
      InetAddress known = ip == null ? InetAddress.getLoopbackAddress() : ip;
      return Mono.just(new InetSocketAddress(known, port));
    }
    String name = host;
    try {
      return Mono.just(new InetSocketAddress(InetAddress.ofLiteral(name), port));
    } catch (IllegalArgumentException isName) {
      return Mono.fromCallable(() -> lookUp(name, purpose, preferred))
          .map(found -> new InetSocketAddress(found, port))
          .subscribeOn(Schedulers.boundedElastic());
    }
  }

  private static InetAddress lookUp(String name, String purpose, @Nullable InetAddress preferred)
      throws UnknownHostException {
    try {
      InetAddress[] all = InetAddress.getAllByName(name);
      for (InetAddress address : all) {
        if (address.equals(preferred)) {
          return address;
        }
      }
      return all[0];
    } catch (UnknownHostException e) {
      UnknownHostException clear =
          new UnknownHostException("host \"" + name + "\" " + purpose + " cannot be resolved");
      clear.initCause(e);
      throw clear;
    }
  }

  @Override
  public String toString() {
    return (host != null ? host : ip == null ? "loopback" : ip.getHostAddress()) + ":" + port;
  }
}
