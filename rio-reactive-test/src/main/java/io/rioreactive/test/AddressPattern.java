package io.rioreactive.test;

import io.rioreactive.kernel.SocketAddressFormat;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * A host, or one port of it, as a test names it.
 *
 * @param port 0 for all ports
 */
record AddressPattern(InetAddress ip, int port) {

  private static final String ALLOWED =
      ": allowed is a literal address, with or without a port: 10.0.0.1, 10.0.0.1:53, 2001:db8::1,"
          + " [2001:db8::1]:53; a network looks up no names";

  static AddressPattern of(InetSocketAddress address) {
    Objects.requireNonNull(address, "address");
    if (address.isUnresolved()) {
      throw new IllegalArgumentException(
          "address is " + address + ", which is not resolved" + ALLOWED);
    }
    return checked(address.getAddress(), address.getPort(), address.toString());
  }

  static AddressPattern parse(String text) {
    Objects.requireNonNull(text, "address");
    int colon = text.lastIndexOf(':');
    boolean isBracketed = text.startsWith("[");
    boolean hasPort = isBracketed ? text.contains("]:") : colon >= 0 && text.indexOf(':') == colon;
    String host = hasPort ? text.substring(0, colon) : text;
    if (isBracketed && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    InetAddress ip;
    int port;
    try {
      ip = InetAddress.ofLiteral(host);
      port = hasPort ? Integer.parseInt(text.substring(colon + 1)) : 0;
    } catch (IllegalArgumentException notLiteral) {
      throw new IllegalArgumentException("address is \"" + text + "\"" + ALLOWED, notLiteral);
    }
    if (port < 0 || port > 65_535 || (hasPort && port == 0)) {
      throw new IllegalArgumentException(
          "address is \"" + text + "\", and a port is 1 to 65535" + ALLOWED);
    }
    return checked(ip, port, text);
  }

  private static AddressPattern checked(InetAddress ip, int port, String text) {
    if (ip.isAnyLocalAddress()) {
      throw new IllegalArgumentException(
          "address is "
              + text
              + ", a wildcard, from which nothing comes and to which nothing goes"
              + ALLOWED);
    }
    return new AddressPattern(ip, port);
  }

  boolean matches(InetSocketAddress address) {
    return (port == 0 || port == address.getPort()) && ip.equals(address.getAddress());
  }

  @Override
  public String toString() {
    return port == 0
        ? ip.getHostAddress()
        : SocketAddressFormat.text(new InetSocketAddress(ip, port));
  }
}
