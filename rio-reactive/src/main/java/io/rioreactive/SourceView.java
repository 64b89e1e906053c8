package io.rioreactive;

import io.rioreactive.kernel.SocketAddressFormat;
import java.util.function.Predicate;

/**
 * Who sent a received datagram, as numbers: what a {@link RioUdpServer#sourceFilter} judges, before
 * anything has been allocated for the datagram.
 *
 * <pre>{@code
 * RioUdpServer.create().host("0.0.0.0").port(5140)
 *     .sourceFilter(SourceView.in("192.0.2.0/24", "2001:db8::/32"))     // these alone
 *     .sourceFilter(SourceView.in("192.0.2.66").negate())               // and not this one
 *     .sourceFilter(source -> source.port() >= 1024)
 * }</pre>
 *
 * <p>Usable by the thread that calls the filter until the filter returns; at any other time and on
 * any other thread every method throws {@link IllegalStateException}. One object serves all
 * datagrams of a connection, one after the other.
 *
 * <p>An address of the network is no proof of who sent: whoever can send from anywhere can write
 * any source into a datagram.
 */
public final class SourceView {

  /** Id of the thread inside the filter; 0 between calls. */
  private long user;

  private long high;
  private long low;
  private long portAndScope;

  SourceView() {}

  /**
   * Whether a source's address is in one of these ranges, at the cost of two comparisons each.
   *
   * @param prefixes addresses in digits, each with or without a length in bits: {@code
   *     "192.0.2.0/24"}, {@code "2001:db8::/32"}, {@code "192.0.2.7"}
   * @return a predicate that allocates nothing, for any number of servers
   * @throws IllegalArgumentException if there is none, or one is no such range
   */
  public static Predicate<SourceView> in(String... prefixes) {
    return AddressPrefixes.of(prefixes);
  }

  /** Turns to a source, and lets the calling thread read. */
  void open(long high, long low, long portAndScope) {
    this.high = high;
    this.low = low;
    this.portAndScope = portAndScope;
    this.user = Thread.currentThread().threadId();
  }

  void close() {
    user = 0;
  }

  private void check() {
    if (Thread.currentThread().threadId() != user) {
      throw new IllegalStateException(
          "a SourceView is usable inside the source filter only, on the thread that calls it");
    }
  }

  /** Whether it sent over IPv4, also to an IPv6 socket. */
  public boolean isIpv4() {
    check();
    return SocketAddressFormat.isV4(high, low);
  }

  /**
   * The four bytes of an IPv4 address, the first one on top: 127.0.0.1 is {@code 0x7F000001}.
   *
   * @throws IllegalStateException if it has an IPv6 address
   */
  public int ipv4() {
    if (!isIpv4()) {
      throw new IllegalStateException("the source has an IPv6 address: ask isIpv4() before");
    }
    return (int) low;
  }

  /** The first 8 of the 16 bytes of its address, big-endian; 0 of an IPv4 address. */
  public long high() {
    check();
    return high;
  }

  /** The last 8 of the 16 bytes of its address; of an IPv4 address as in {@code ::ffff:a.b.c.d}. */
  public long low() {
    check();
    return low;
  }

  /** The port it claims to have sent from, 0 to 65,535. */
  public int port() {
    check();
    return SocketAddressFormat.port(portAndScope);
  }

  /** Of a link-local IPv6 address the number of the interface; else 0. */
  public int scopeId() {
    check();
    return SocketAddressFormat.scope(portAndScope);
  }

  /** Address and port, or that it is not usable now. Any thread. */
  @Override
  public String toString() {
    return Thread.currentThread().threadId() == user
        ? "SourceView["
            + SocketAddressFormat.text(SocketAddressFormat.toAddress(high, low, portAndScope))
            + "]"
        : "SourceView[not usable here]";
  }
}
