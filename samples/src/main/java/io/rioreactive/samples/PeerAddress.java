package io.rioreactive.samples;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code HOST:PORT} on the command line: {@code localhost:5050}, {@code [::1]:5050}. */
final class PeerAddress implements ITypeConverter<InetSocketAddress> {

  /** Unresolved: names are looked up when they are used. */
  @Override
  public InetSocketAddress convert(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      throw new TypeConversionException("\"" + text + "\" needs brackets, as in [::1]:5050");
    }
    int port = port(text.substring(colon + 1));
    if (host.isBlank() || port < 1 || port > 65_535) {
      throw new TypeConversionException(
          "\"" + text + "\" is no HOST:PORT with a port of 1 to 65535, as in localhost:5050");
    }
    return InetSocketAddress.createUnresolved(host, port);
  }

  private static int port(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /**
   * Its address.
   *
   * @throws UnknownHostException in words for a user
   */
  static InetSocketAddress resolve(InetSocketAddress named) throws UnknownHostException {
    try {
      return new InetSocketAddress(InetAddress.getByName(named.getHostString()), named.getPort());
    } catch (UnknownHostException e) {
      throw new UnknownHostException(
          "host \""
              + named.getHostString()
              + "\" cannot be resolved: check the name, or give an"
              + " address");
    }
  }

  /** As a user would write it. */
  static String text(InetSocketAddress address) {
    String host =
        address.isUnresolved() ? address.getHostString() : address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
