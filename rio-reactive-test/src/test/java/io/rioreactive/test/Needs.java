package io.rioreactive.test;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.rioreactive.RioSupport;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a test needs of the machine it runs on. Without it the test is skipped, with the reason;
 * where {@code CI=true} it fails instead, so that nothing goes untested in silence.
 */
public final class Needs {

  private Needs() {}

  /** That this provider works here. */
  public static void provider(String name) {
    RioSupport.Provider provider =
        RioSupport.providers().stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow();
    need(provider.available(), "provider " + name + ": " + provider.reason());
  }

  /** An IPv6 loopback address. */
  public static void ipv6() {
    need(canBind(InetAddress.ofLiteral("::1")), "the IPv6 loopback address ::1");
  }

  /** The whole of 127.0.0.0/8 as local addresses, as Linux has it. */
  public static void manyLoopbackAddresses() {
    need(canBind(InetAddress.ofLiteral("127.0.0.2")), "local addresses beyond 127.0.0.1");
  }

  /** The files in which Linux tells about this process. */
  public static void proc() {
    need(Files.isDirectory(Path.of("/proc/self/fd")), "Linux's /proc/self");
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
    if ("true".equals(System.getenv("CI"))) {
      fail("CI=true, and this machine does not have " + what);
    }
    abort("this machine does not have " + what);
  }
}
