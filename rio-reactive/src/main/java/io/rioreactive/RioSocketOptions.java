package io.rioreactive;

import io.rioreactive.kernel.IpSocketOptions;
import java.net.SocketOption;

/**
 * Socket options that {@link java.net.StandardSocketOptions} does not have, for {@link
 * RioUdpTransport#option}. On an IPv6 socket each is for what leaves over IPv4 as well.
 *
 * <pre>{@code
 * RioUdpClient.create().option(RioSocketOptions.IP_TTL, 1) // no further than the local network
 * }</pre>
 */
public final class RioSocketOptions {

  /**
   * How many hops a datagram to a single receiver may make: IPv4's time to live, IPv6's hop limit.
   * 1 to 255; default the system's, mostly 64 or 128. For multicast it is {@link
   * java.net.StandardSocketOptions#IP_MULTICAST_TTL IP_MULTICAST_TTL}. The provider {@code nio}
   * refuses it at bind, since the JDK has no such option.
   */
  public static final SocketOption<Integer> IP_TTL = IpSocketOptions.IP_TTL;

  /**
   * Whether datagrams are sent with the don't-fragment bit: one that the path does not take in one
   * piece then fails ({@link DropReason#TOO_LARGE}) once the system knows the path's MTU. {@code
   * jdk.net.ExtendedSocketOptions.IP_DONTFRAGMENT}, which is in a module of its own, means the same
   * and is taken too.
   */
  public static final SocketOption<Boolean> IP_DONTFRAGMENT = IpSocketOptions.IP_DONTFRAGMENT;

  private RioSocketOptions() {}
}
