package io.rioreactive.test;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rioreactive.RioSupport;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a test needs of the machine it runs on. Without it the test is skipped, with the reason;
 * where {@code CI} is set, to anything but {@code false}, it fails instead, so that nothing goes
 * untested in silence. The other modules' tests have the same rule.
 */
public final class Needs {

  private Needs() {}

  /** That this provider is to be tested, and works here. */
  public static void provider(String name) {
    assumeTrue(
        ProvidersUnderTest.contains(name),
        () -> "provider " + name + ": -Dtest.providers leaves it out");
    RioSupport.Provider provider =
        RioSupport.providers().stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow();
    need(provider.available(), "provider " + name + ": " + provider.reason());
  }

  /**
   * A program that .ci/install installs.
   *
   * @param command runs it to no effect
   */
  public static void program(String... command) throws InterruptedException {
    need(runs(command), command[0] + ": .ci/install installs it");
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean hasEnded = process.waitFor(30, TimeUnit.SECONDS);
      process.destroyForcibly();
      return hasEnded && process.exitValue() == 0;
    } catch (IOException isMissing) {
      return false;
    }
  }

  /** An IPv6 loopback address. */
  public static void ipv6() {
    need(canBind(InetAddress.ofLiteral("::1")), "the IPv6 loopback address ::1");
  }

  /** The whole of 127.0.0.0/8 as local addresses, as Linux has it. */
  public static void manyLoopbackAddresses() {
    need(canBind(InetAddress.ofLiteral("127.0.0.2")), "local addresses beyond 127.0.0.1");
  }

  /**
   * That this is not Wine, for what its sockets are known to get wrong (docs/WINDOWS.md). No
   * provider can help that, so it is a reason to skip everywhere.
   *
   * @param fault what Wine does
   */
  public static void noWine(String fault) {
    assumeFalse(isWine(), "Wine " + fault);
  }

  /** Whether this is Wine. */
  @SuppressWarnings("restricted")
  public static boolean isWine() {
    return File.separatorChar == '\\'
        && SymbolLookup.libraryLookup("ntdll", Arena.global()).find("wine_get_version").isPresent();
  }

  /**
   * That the system lets no socket have an address of another machine. Wine gives any IPv4 address,
   * and no provider can help that, so it is a reason to skip everywhere.
   */
  public static void ownAddressesOnly() {
    InetAddress nobodys = InetAddress.ofLiteral("198.51.100.77"); // for documentation only
    try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
      channel.bind(new InetSocketAddress(nobodys, 0));
    } catch (BindException asItShould) {
      return;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    abort("this system binds a socket to any address");
  }

  /**
   * An interface that is up, does multicast and has an IPv6 address of its link. Loopback has no
   * route to IPv6 groups on Linux, and a machine in a container may have no other: a reason to skip
   * everywhere.
   */
  public static NetworkInterface ipv6MulticastInterface() {
    return interfaces()
        .filter(each -> isUp(each) && hasMulticast(each) && hasLinkLocalAddress(each))
        .findFirst()
        .orElseGet(() -> abort("this machine has no interface for IPv6 groups"));
  }

  private static boolean hasLinkLocalAddress(NetworkInterface each) {
    return each.inetAddresses()
        .anyMatch(its -> its instanceof Inet6Address && its.isLinkLocalAddress());
  }

  /**
   * That IPv6 groups can be joined by source. Wine has not the calls, and no provider can help
   * that, so it is a reason to skip everywhere.
   */
  public static void ipv6Sources(NetworkInterface on) {
    ipv6();
    InetAddress group = InetAddress.ofLiteral("ff01::7212");
    try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET6)) {
      channel.join(group, on, InetAddress.ofLiteral("::1"));
    } catch (IOException | UnsupportedOperationException e) {
      abort("this system joins no IPv6 group by source: " + e);
    }
  }

  /**
   * That a socket hears no group which only others on the machine have joined. Windows and Linux
   * see to it, Wine does not, and no provider can help that, so it is a reason to skip everywhere.
   */
  public static void groupsOfOthersUnheard(NetworkInterface on) {
    InetAddress group = InetAddress.ofLiteral("239.255.70.1");
    try (DatagramChannel member = DatagramChannel.open(StandardProtocolFamily.INET);
        DatagramChannel other = DatagramChannel.open(StandardProtocolFamily.INET)) {
      member.bind(new InetSocketAddress("0.0.0.0", 0)).join(group, on);
      other.bind(new InetSocketAddress("0.0.0.0", 0));
      if (hears(other, group, on)) {
        abort("this system gives a socket the groups that others have joined");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * That the system knows a group's source from its interface. Wine hands both to Linux, which
   * takes them in the other order; no provider can help that, so it is a reason to skip everywhere.
   */
  public static void ipv4Sources(NetworkInterface on) {
    InetAddress group = InetAddress.ofLiteral("232.255.70.2");
    try (DatagramChannel member = DatagramChannel.open(StandardProtocolFamily.INET)) {
      member.bind(new InetSocketAddress("0.0.0.0", 0));
      member.join(group, on, InetAddress.ofLiteral("127.0.0.9"));
      if (hears(member, group, on)) {
        abort("this system mistakes the interface of a group for the source");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Whether it hears what 127.0.0.1 sends to a group, by what comes first: that or what follows.
   */
  private static boolean hears(DatagramChannel receiver, InetAddress group, NetworkInterface on)
      throws IOException {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    int port = ((InetSocketAddress) receiver.getLocalAddress()).getPort();
    try (DatagramChannel sender = DatagramChannel.open(StandardProtocolFamily.INET)) {
      sender.bind(new InetSocketAddress(loopback, 0));
      sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, on);
      sender.send(ByteBuffer.wrap(new byte[1]), new InetSocketAddress(group, port));
      sender.send(ByteBuffer.wrap(new byte[2]), new InetSocketAddress(loopback, port));
    }
    ByteBuffer first = ByteBuffer.allocate(2);
    receiver.receive(first);
    return first.position() == 1;
  }

  /** One that somebody has switched off; no machine has to have such. */
  public static NetworkInterface interfaceThatIsDown() {
    return interfaces()
        .filter(each -> !isUp(each))
        .findFirst()
        .orElseGet(() -> abort("all network interfaces of this machine are up"));
  }

  /**
   * The broadcast address of the loopback interface's network, which Linux has. Elsewhere a
   * broadcast would leave the machine.
   */
  public static InetAddress loopbackBroadcast() {
    InetAddress broadcast = InetAddress.ofLiteral("127.255.255.255");
    try (DatagramChannel receiver = DatagramChannel.open(StandardProtocolFamily.INET);
        DatagramChannel sender = DatagramChannel.open(StandardProtocolFamily.INET)) {
      receiver.bind(new InetSocketAddress("0.0.0.0", 0));
      int port = ((InetSocketAddress) receiver.getLocalAddress()).getPort();
      InetSocketAddress target = new InetSocketAddress(broadcast, port);
      sender.setOption(StandardSocketOptions.SO_BROADCAST, true);
      sender.send(ByteBuffer.wrap(new byte[1]), target);
      receiver.socket().setSoTimeout(2_000);
      receiver.socket().receive(new DatagramPacket(new byte[1], 1));
      return broadcast;
    } catch (IOException e) {
      return abort("no broadcast on this system's loopback interface: " + e);
    }
  }

  private static Stream<NetworkInterface> interfaces() {
    try {
      return NetworkInterface.networkInterfaces();
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isUp(NetworkInterface each) {
    try {
      return each.isUp();
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean hasMulticast(NetworkInterface each) {
    try {
      return each.supportsMulticast();
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean canBind(InetAddress address) {
    try (DatagramSocket _ = new DatagramSocket(new InetSocketAddress(address, 0))) {
      return true;
    } catch (BindException e) {
      return false;
    } catch (SocketException e) {
      throw new AssertionError(e);
    }
  }

  private static void need(boolean isThere, String what) {
    if (isThere) {
      return;
    }
    String ci = System.getenv("CI");
    if (ci == null || ci.isEmpty() || ci.equals("false")) {
      abort("this machine does not have " + what);
    }
    fail("CI=" + ci + ", and this machine does not have " + what);
  }
}
