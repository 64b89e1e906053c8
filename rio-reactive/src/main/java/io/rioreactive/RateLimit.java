package io.rioreactive;

/**
 * How many datagrams a server takes of one source: {@link RioUdpServer#rateLimit}. Immutable.
 *
 * <pre>{@code
 * RioUdpServer.create().host("0.0.0.0").port(5360)
 *     .rateLimit(RateLimit.perSecond(20).withBurst(100))
 * }</pre>
 *
 * <p>A source is an address, whatever its port: another port costs a sender nothing. Of IPv6 it is
 * a network of 64 bits, since whoever has one address there has all of them. {@link #withPrefixes}
 * changes either: 24 and 56 are what name servers use, 32 and 128 tell the hosts of a local network
 * apart, and with 0 all sources share one limit. Neighbours ({@code fe80::/10}) are always told
 * apart, and {@code 64:ff9b::/96}, behind which a translator has all of IPv4, by the IPv4 address.
 *
 * <p>The memory is fixed: 24 bytes for each of {@code sources}, of each socket. It is enough for so
 * many that are busy at the same time. If more are, or pretend to be, some of them share a place
 * and with it the limit: so no source ever gets more than its own, and in a flood from forged
 * addresses all may get less. That begins where the flood has more than {@code sources} x {@code
 * datagrams} a second: give it so many sources that the network cannot bring that.
 *
 * @param datagrams how many a second, 1 to 1,000,000
 * @param burst how many at once, after a silence; 1 to 1,000,000
 * @param sources how many are told apart while they send, 1 to 1,048,576; rounded up to a power of
 *     two, 8 at least
 * @param ipv4Prefix bits of an IPv4 address that make a source, 0 to 32
 * @param ipv6Prefix bits of an IPv6 address that make a source, 0 to 128
 */
public record RateLimit(int datagrams, int burst, int sources, int ipv4Prefix, int ipv6Prefix) {

  private static final int MOST = 1_000_000;
  private static final int MOST_SOURCES = 1 << 20;
  private static final int SOURCES = 1 << 14;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public RateLimit {
    UdpOptions.checkRange("rateLimit: datagrams", datagrams, 1, MOST, "datagrams a second");
    UdpOptions.checkRange("rateLimit: burst", burst, 1, MOST, "datagrams");
    UdpOptions.checkRange("rateLimit: sources", sources, 1, MOST_SOURCES, "sources");
    UdpOptions.checkRange("rateLimit: ipv4Prefix", ipv4Prefix, 0, 32, "bits");
    UdpOptions.checkRange("rateLimit: ipv6Prefix", ipv6Prefix, 0, 128, "bits");
  }

  /**
   * So many a second, and as many at once after a silence; of 16,384 sources.
   *
   * @param datagrams 1 to 1,000,000
   * @throws IllegalArgumentException if it is out of range
   */
  public static RateLimit perSecond(int datagrams) {
    return new RateLimit(datagrams, datagrams, SOURCES, 32, 64);
  }

  /**
   * The same with another number of datagrams at once.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public RateLimit withBurst(int most) {
    return new RateLimit(datagrams, most, sources, ipv4Prefix, ipv6Prefix);
  }

  /**
   * The same for another number of sources.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public RateLimit withSources(int most) {
    return new RateLimit(datagrams, burst, most, ipv4Prefix, ipv6Prefix);
  }

  /**
   * The same with other sources: all addresses that begin with the same bits are one.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public RateLimit withPrefixes(int ipv4, int ipv6) {
    return new RateLimit(datagrams, burst, sources, ipv4, ipv6);
  }
}
