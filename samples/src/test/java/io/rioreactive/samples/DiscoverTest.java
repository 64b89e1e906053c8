package io.rioreactive.samples;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Two processes on one machine find each other, and each notices the other's end. */
@Timeout(120)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process cannot be asked to end there")
@Tag("once")
class DiscoverTest {

  /** Free now; nobody else takes it on purpose. */
  private static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.ofLiteral("0.0.0.0"))) {
      return socket.getLocalPort();
    }
  }

  private static Program discover(String name, int port) throws IOException {
    return new Program(
        Path.of("."),
        SamplesTest.command(
                "discover", "--name", name, "--port", String.valueOf(port), "--every", "200ms")
            .toArray(String[]::new));
  }

  @Test
  void twoProcessesFindEachOtherAndOneSaysGoodbye() throws Exception {
    int port = freePort();
    try (Program one = discover("one", port);
        Program two = discover("two", port)) {
      one.awaitLine(line -> line.startsWith("found two at "));
      two.awaitLine(line -> line.startsWith("found one at "));

      two.ask();

      one.awaitLine(line -> line.equals("lost two: says goodbye"));
      two.awaitLine(line -> line.startsWith("total: "));
    }
  }

  @Test
  void oneThatDiesIsMissed() throws Exception {
    int port = freePort();
    try (Program one = discover("one", port)) {
      try (Program two = discover("two", port)) {
        one.awaitLine(line -> line.startsWith("found two at "));
        two.awaitLine(line -> line.startsWith("found one at "));
      } // killed

      one.awaitLine(line -> line.equals("lost two: has fallen silent"));
    }
  }
}
