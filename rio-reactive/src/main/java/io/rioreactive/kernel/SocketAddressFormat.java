package io.rioreactive.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a socket's peer stands in a slot's address area: a {@code sockaddr_in} or {@code
 * sockaddr_in6}. Linux and Windows differ in the number of {@code AF_INET6} only, and providers
 * that have no native addresses write the same bytes.
 *
 * <pre>
 * struct sockaddr_in  { u16 family; u16 port (BE); u8 address[4]; u8 zero[8]; }
 * struct sockaddr_in6 { u16 family; u16 port (BE); u32 flowinfo; u8 address[16]; u32 scope_id; }
 * </pre>
 *
 * Both are read into the same three numbers, so that peers can be compared and looked up without an
 * object: the 16 bytes of the address as two big-endian longs (IPv4 as {@code ::ffff:a.b.c.d}), and
 * port and scope in a third.
 *
 * @param afInet6 the system's number for IPv6: 10 on Linux, 23 on Windows
 * @param isIpv6Socket whether the socket's family is IPv6: then IPv4 targets are written mapped
 */
public record SocketAddressFormat(int afInet6, boolean isIpv6Socket) {

  /** Bytes of an address area: a {@code sockaddr_in6} (28), rounded up. */
  public static final int SIZE = 32;

  /** The number for IPv4, on every system. */
  public static final int AF_INET = 2;

  private static final long FAMILY = 0;
  private static final long PORT = 2;
  private static final long V4_ADDRESS = 4;
  private static final long V6_FLOWINFO = 4;
  private static final long V6_ADDRESS = 8;
  private static final long V6_SCOPE = 24;

  private static final long V4_MAPPED = 0x0000_FFFF_0000_0000L;
  private static final long V4_MASK = 0xFFFF_FFFFL;

  private static final ValueLayout.OfShort BE_SHORT =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt BE_INT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong BE_LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /** Upper half of the address at {@code offset}. */
  public long readHigh(MemorySegment memory, long offset) {
    return isV6(memory, offset) ? memory.get(BE_LONG, offset + V6_ADDRESS) : 0;
  }

  /** Lower half of the address at {@code offset}. */
  public long readLow(MemorySegment memory, long offset) {
    return isV6(memory, offset)
        ? memory.get(BE_LONG, offset + V6_ADDRESS + 8)
        : lowOfV4(memory.get(BE_INT, offset + V4_ADDRESS));
  }

  /** Port of the address at {@code offset}: it stands at the same place in both families. */
  public int readPort(MemorySegment memory, long offset) {
    return memory.get(BE_SHORT, offset + PORT) & 0xFFFF;
  }

  /** Port and scope of the address at {@code offset}, as {@link #portAndScope} packs them. */
  public long readPortAndScope(MemorySegment memory, long offset) {
    int port = readPort(memory, offset);
    int scope = isV6(memory, offset) ? memory.get(JAVA_INT_UNALIGNED, offset + V6_SCOPE) : 0;
    return portAndScope(port, scope);
  }

  private boolean isV6(MemorySegment memory, long offset) {
    return (memory.get(JAVA_SHORT_UNALIGNED, offset + FAMILY) & 0xFFFF) == afInet6;
  }

  /**
   * Writes an address.
   *
   * @return false, with nothing written, if the socket's family cannot reach it: an IPv6 address on
   *     an IPv4 socket
   */
  public boolean write(MemorySegment memory, long offset, long high, long low, long portAndScope) {
    if (isIpv6Socket) {
      memory.set(JAVA_SHORT_UNALIGNED, offset + FAMILY, (short) afInet6);
      memory.set(JAVA_INT_UNALIGNED, offset + V6_FLOWINFO, 0);
      memory.set(BE_LONG, offset + V6_ADDRESS, high);
      memory.set(BE_LONG, offset + V6_ADDRESS + 8, low);
      memory.set(JAVA_INT_UNALIGNED, offset + V6_SCOPE, scope(portAndScope));
    } else if (isV4(high, low)) {
      memory.set(JAVA_SHORT_UNALIGNED, offset + FAMILY, (short) AF_INET);
      memory.set(BE_INT, offset + V4_ADDRESS, (int) low);
      memory.set(JAVA_LONG_UNALIGNED, offset + V6_ADDRESS, 0L);
    } else {
      return false;
    }
    memory.set(BE_SHORT, offset + PORT, (short) port(portAndScope));
    return true;
  }

  /** {@link #write} of a resolved address. */
  public boolean write(MemorySegment memory, long offset, InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    return write(memory, offset, high(ip), low(ip), portAndScope(address.getPort(), scopeOf(ip)));
  }

  /** Whether two areas that {@link #write} has written hold the same address. */
  public boolean isSame(MemorySegment memory, long a, long b) {
    return isSameLong(memory, a, b)
        && isSameLong(memory, a + V6_ADDRESS, b + V6_ADDRESS)
        && (!isIpv6Socket
            || (isSameLong(memory, a + V6_ADDRESS + 8, b + V6_ADDRESS + 8)
                && memory.get(JAVA_INT_UNALIGNED, a + V6_SCOPE)
                    == memory.get(JAVA_INT_UNALIGNED, b + V6_SCOPE)));
  }

  private static boolean isSameLong(MemorySegment memory, long a, long b) {
    return memory.get(JAVA_LONG_UNALIGNED, a) == memory.get(JAVA_LONG_UNALIGNED, b);
  }

  /** {@link #readHigh} and its siblings as an object, with no name looked up. */
  public InetSocketAddress read(MemorySegment memory, long offset) {
    return toAddress(
        readHigh(memory, offset), readLow(memory, offset), readPortAndScope(memory, offset));
  }

  /** Whether the three numbers name an IPv4 address. */
  public static boolean isV4(long high, long low) {
    return high == 0 && (low & ~V4_MASK) == V4_MAPPED;
  }

  /** Upper half of an address's 16 bytes. */
  public static long high(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4 ? 0 : ByteBuffer.wrap(bytes).getLong(0);
  }

  /** Lower half of an address's 16 bytes. */
  public static long low(InetAddress address) {
    byte[] bytes = address.getAddress();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return bytes.length == 4 ? lowOfV4(buffer.getInt(0)) : buffer.getLong(8);
  }

  /** Lower half of an IPv4 address that is given as a number. */
  public static long lowOfV4(int address) {
    return V4_MAPPED | (address & V4_MASK);
  }

  /** An address's scope id; 0 where it has none. */
  public static int scopeOf(InetAddress address) {
    return address instanceof Inet6Address six ? six.getScopeId() : 0;
  }

  /** Port and scope in one number. */
  public static long portAndScope(int port, int scope) {
    return (long) scope << 32 | port;
  }

  /** The port in a packed number. */
  public static int port(long portAndScope) {
    return (int) portAndScope & 0xFFFF;
  }

  /** The scope in a packed number. */
  public static int scope(long portAndScope) {
    return (int) (portAndScope >>> 32);
  }

  /** A resolved address for the text of a failure: {@code [::1]:53}; no name is looked up. */
  public static String text(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    String host = ip.getHostAddress();
    return (ip instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /** The three numbers as an address object; IPv4-mapped addresses become IPv4. */
  public static InetSocketAddress toAddress(long high, long low, long portAndScope) {
    try {
      InetAddress ip;
      if (isV4(high, low)) {
        ip = InetAddress.getByAddress(ByteBuffer.allocate(4).putInt(0, (int) low).array());
      } else {
        byte[] bytes = ByteBuffer.allocate(16).putLong(0, high).putLong(8, low).array();
        int scope = scope(portAndScope);
        ip =
            scope == 0
                ? InetAddress.getByAddress(bytes)
                : Inet6Address.getByAddress(null, bytes, scope);
      }
      return new InetSocketAddress(ip, port(portAndScope));
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an array of 4 or 16 bytes is an address", impossible);
    }
  }
}
