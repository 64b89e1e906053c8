package io.rioreactive.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the relay's pump allocates for a datagram in steady state: nothing. As for the library
 * itself, the compiler decides when that state begins, so three windows in a row are looked for.
 */
@Timeout(120)
class RelayAllocationTest {

  private static final int CLIENTS = 32;
  private static final int ROUNDS = 32;
  private static final int MOST_WINDOWS = 200;
  private static final int ENOUGH_IN_A_ROW = 3;

  private final DatagramPacket packet = new DatagramPacket(new byte[1_200], 1_200);

  @Test
  void relayingBothWaysAllocatesNothing() throws Throwable {
    RelaySettings settings;
    List<DatagramSocket> clients = new ArrayList<>();
    try (TestServer echo = TestServer.echo()) {
      settings =
          new RelaySettings(
              "127.0.0.1", 0, echo.address(), "auto", 0, 1, Duration.ofHours(1), CLIENTS, 65_507);
      Set<Thread> others = relayPumps(); // of other tests, which may be ending still
      UdpRelay relay = new UdpRelay(settings);
      try {
        for (int i = 0; i < CLIENTS; i++) {
          clients.add(client(relay));
        }
        exchange(clients);
        Set<Thread> pumps = relayPumps();
        pumps.removeAll(others);
        assertThat(pumps).hasSize(1);
        assertThat(windowsInARowWithoutAllocation(clients, pumps.iterator().next()))
            .isEqualTo(ENOUGH_IN_A_ROW);
        assertThat(relay.totals()).contains("lost 0; ").endsWith("lost 0");
      } finally {
        clients.forEach(DatagramSocket::close);
        relay.shutdown().block(Duration.ofSeconds(30));
      }
    }
  }

  private static DatagramSocket client(UdpRelay relay) throws IOException {
    DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    socket.setSoTimeout(10_000);
    socket.connect(relay.listener().localAddress());
    return socket;
  }

  private static Set<Thread> relayPumps() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("relay-1"))
        .collect(Collectors.toSet());
  }

  private int windowsInARowWithoutAllocation(List<DatagramSocket> clients, Thread pump)
      throws Throwable {
    Object bean =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    MethodHandle allocated =
        MethodHandles.publicLookup()
            .findVirtual(
                Class.forName("com.sun.management.ThreadMXBean"),
                "getThreadAllocatedBytes",
                MethodType.methodType(long.class, long.class));
    int inARow = 0;
    for (int window = 0; window < MOST_WINDOWS && inARow < ENOUGH_IN_A_ROW; window++) {
      long before = (long) allocated.invoke(bean, pump.threadId());
      for (int round = 0; round < ROUNDS; round++) {
        exchange(clients);
      }
      long bytes = (long) allocated.invoke(bean, pump.threadId()) - before;
      inARow = bytes == 0 ? inARow + 1 : 0;
    }
    return inARow;
  }

  private void exchange(List<DatagramSocket> clients) throws IOException {
    for (DatagramSocket client : clients) {
      client.send(packet);
    }
    for (DatagramSocket client : clients) {
      client.receive(packet);
    }
  }
}
