package io.rioreactive.kernel;

import java.net.SocketOption;

/** Socket options beside {@link java.net.StandardSocketOptions} that kernels know. */
public final class IpSocketOptions {

  /** Hops that a datagram to one receiver may make. */
  public static final SocketOption<Integer> IP_TTL = new Option<>("IP_TTL", Integer.class);

  /** Whether datagrams are never fragmented. */
  public static final SocketOption<Boolean> IP_DONTFRAGMENT =
      new Option<>("IP_DONTFRAGMENT", Boolean.class);

  private record Option<T>(String name, Class<T> type) implements SocketOption<T> {

    @Override
    public String toString() {
      return name;
    }
  }

  private IpSocketOptions() {}
}
