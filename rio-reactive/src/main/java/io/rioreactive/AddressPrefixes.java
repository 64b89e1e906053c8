package io.rioreactive;

import io.rioreactive.kernel.SocketAddressFormat;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Ranges of addresses, each all those that begin with the same bits: {@code 192.0.2.0/24}. IPv4
 * addresses stand in the last 32 of 128 bits, as they do in a socket's slots.
 *
 * <p>Immutable; any thread. It allocates nothing when it is asked.
 */
final class AddressPrefixes implements Predicate<SourceView> {

  private static final int BITS = 128;
  private static final int BITS_OF_IPV4 = 32;

  private final List<String> texts;
  private final long[] high;
  private final long[] low;
  private final long[] highMask;
  private final long[] lowMask;

  private AddressPrefixes(List<String> texts) {
    this.texts = texts;
    high = new long[texts.size()];
    low = new long[texts.size()];
    highMask = new long[texts.size()];
    lowMask = new long[texts.size()];
  }

  static AddressPrefixes of(String... prefixes) {
    if (prefixes.length == 0) {
      throw new IllegalArgumentException(
          "no prefix is given, and nobody would be in it: name one, as in 192.0.2.0/24");
    }
    AddressPrefixes all = new AddressPrefixes(List.copyOf(Arrays.asList(prefixes)));
    for (int i = 0; i < prefixes.length; i++) {
      all.parse(i, prefixes[i]);
    }
    return all;
  }

  private void parse(int i, String text) {
    int slash = text.indexOf('/');
    InetAddress address = address(text, slash < 0 ? text : text.substring(0, slash));
    int whole = address instanceof Inet4Address ? BITS_OF_IPV4 : BITS;
    int length = slash < 0 ? whole : length(text, text.substring(slash + 1), whole);
    int bits = BITS - whole + length;
    highMask[i] = mask(bits);
    lowMask[i] = mask(bits - Long.SIZE);
    high[i] = SocketAddressFormat.high(address);
    low[i] = SocketAddressFormat.low(address);
    if (high[i] != (high[i] & highMask[i]) || low[i] != (low[i] & lowMask[i])) {
      throw refused(text, "has bits beyond its length: give the first address of the range");
    }
  }

  private static InetAddress address(String text, String literal) {
    if (literal.isEmpty()) {
      throw refused(text, "has no address");
    }
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(literal);
    } catch (IllegalArgumentException notInDigits) {
      throw refused(text, "is no address in digits with a length in bits");
    }
    boolean isShort = !literal.contains(":") && literal.chars().filter(c -> c == '.').count() != 3;
    if (isShort || literal.contains("%")) { // "10" would be 0.0.0.10, and a scope is no address
      throw refused(text, "is not a whole address");
    }
    return address;
  }

  private static int length(String text, String digits, int most) {
    int length;
    try {
      length = Integer.parseInt(digits);
    } catch (NumberFormatException notANumber) {
      throw refused(text, "has no number behind the slash");
    }
    if (length < 0 || length > most) {
      throw refused(text, "has a length of " + length + ": allowed are 0 to " + most + " bits");
    }
    return length;
  }

  private static IllegalArgumentException refused(String text, String why) {
    return new IllegalArgumentException(
        "prefix \"" + text + "\" " + why + ", as in 192.0.2.0/24, 2001:db8::/32 or 192.0.2.7");
  }

  /** The upper bits set, as many as that; none if it is negative, 64 at most. */
  static long mask(int bits) {
    if (bits <= 0) {
      return 0;
    }
    return bits >= Long.SIZE ? -1L : -1L << (Long.SIZE - bits);
  }

  @Override
  public boolean test(SourceView source) {
    Objects.requireNonNull(source, "source");
    long itsHigh = source.high();
    long itsLow = source.low();
    for (int i = 0; i < high.length; i++) {
      if ((itsLow & lowMask[i]) == low[i] && (itsHigh & highMask[i]) == high[i]) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return "in " + texts;
  }
}
