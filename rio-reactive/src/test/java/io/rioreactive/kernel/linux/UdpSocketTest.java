package io.rioreactive.kernel.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import io.rioreactive.kernel.SocketConfig;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a socket is opened with, and how it is refused. */
@EnabledOnOs(OS.LINUX)
class UdpSocketTest {

  private static final long AT_ONCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1", "::"})
  void tellsThePortTheSystemPicked(String host) throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      InetAddress address = InetAddress.ofLiteral(host);
      RequestQueue socket = open(harness, new InetSocketAddress(address, 0), Map.of());

      assertThat(socket.localAddress().getAddress()).isEqualTo(address);
      assertThat(socket.localAddress().getPort()).isPositive();
    }
  }

  @Test
  void anAddressOfAnotherMachineIsABindException() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      InetAddress documentation = InetAddress.ofLiteral("192.0.2.1");
      assertThatThrownBy(() -> open(harness, new InetSocketAddress(documentation, 5_050), Map.of()))
          .isInstanceOf(BindException.class)
          .hasMessageStartingWith("bind 192.0.2.1:5050 failed: EADDRNOTAVAIL (99): ")
          .hasCauseInstanceOf(KernelException.class);
    }
  }

  @Test
  void anOptionItDoesNotKnowIsRefusedByName() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      assertThatThrownBy(
              () ->
                  open(
                      harness,
                      MmsgHarness.loopback(0),
                      Map.of(StandardSocketOptions.TCP_NODELAY, true)))
          .isInstanceOf(KernelException.class)
          .hasMessageStartingWith("setsockopt TCP_NODELAY failed: ENOPROTOOPT (92): ");
    }
  }

  @Test
  void allKnownOptionsAreTaken() throws IOException {
    Map<SocketOption<?>, Object> options =
        Map.of(
            StandardSocketOptions.SO_REUSEADDR,
            true,
            StandardSocketOptions.SO_REUSEPORT,
            true,
            StandardSocketOptions.SO_BROADCAST,
            true,
            StandardSocketOptions.SO_RCVBUF,
            50_000,
            StandardSocketOptions.SO_SNDBUF,
            40_000,
            StandardSocketOptions.IP_TOS,
            0x10);
    try (MmsgHarness harness = new MmsgHarness()) {
      InetAddress six = InetAddress.ofLiteral("::1");
      for (InetAddress address : new InetAddress[] {InetAddress.getLoopbackAddress(), six}) {
        RequestQueue socket = open(harness, new InetSocketAddress(address, 0), options);
        assertThat(socket.describe())
            .isEqualTo("receive buffer 100000 bytes, send buffer 80000 bytes");
        // Taken only where SO_REUSEPORT really is set on both.
        open(harness, socket.localAddress(), options);
      }
    }
  }

  @Test
  void aSmallSocketKeepsTheSystemsBuffer() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      String unasked = open(harness, MmsgHarness.loopback(0), Map.of()).describe();
      String tiny = harness.open(1, 1, 1).describe();
      assertThat(tiny).isEqualTo(unasked);
    }
  }

  @Test
  void slotsAreSpreadOverCacheSetsAndSmall() throws IOException {
    assertThat(Slab.stride(2_048, false)).isEqualTo(2_112);
    for (int size = 1; size < 9_000; size += 7) {
      long stride = Slab.stride(size, false);
      assertThat(stride).isGreaterThanOrEqualTo(SocketAddressFormat.SIZE + size);
      assertThat(stride % 128).as("an odd number of cache lines").isEqualTo(64);
    }
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue client = harness.open(16, 8, 2_048);
      assertThat(client.sendSlots().memory().byteSize()).isLessThan(64 * 1_024);
      RequestQueue another = harness.open(16, 8, 2_048);
      assertThat(another.receiveSlots()).as("shared").isEqualTo(client.receiveSlots());
    }
  }

  /** In some try at least, however busy the machine is. */
  @Test
  void aHundredThousandSlotsBindAtOnce() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      harness.close(harness.open(1, 1, 64));
      long quickest = Long.MAX_VALUE;
      for (int i = 0; i < 10 && quickest >= AT_ONCE_NANOS; i++) {
        long start = System.nanoTime();
        RequestQueue socket = harness.open(100_000, 100_000, 2_048);
        quickest = Math.min(quickest, System.nanoTime() - start);
        SlotRegion slots = socket.sendSlots();
        assertThat(slots.payloadAt(99_999) + slots.payloadSize())
            .isLessThanOrEqualTo(slots.memory().byteSize());
        harness.close(socket);
      }
      assertThat(quickest).isLessThan(AT_ONCE_NANOS);
    }
  }

  @ParameterizedTest
  @CsvSource({"false, 127.0.0.1", "true, ::1", "true, 127.0.0.1"})
  void addressesStandWhereTheSystemLooks(boolean isIpv6, String host) throws IOException {
    SocketAddressFormat format = new SocketAddressFormat(Constants.AF_INET6, isIpv6);
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(host), 0x1234);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment area = arena.allocate(SocketAddressFormat.SIZE, 8);
      format.write(area, 0, address);

      int family = area.get(ValueLayout.JAVA_SHORT, Layouts.SOCKADDR_IN.offset("sin_family"));
      int port =
          area.get(
              ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN),
              Layouts.SOCKADDR_IN.offset("sin_port"));
      assertThat(family).isEqualTo(isIpv6 ? Constants.AF_INET6 : Constants.AF_INET);
      assertThat(port).isEqualTo(0x1234);
      long last = isIpv6 ? Layouts.SOCKADDR_IN6.offset("sin6_addr") + 15 : 7;
      assertThat(area.get(ValueLayout.JAVA_BYTE, last)).isEqualTo((byte) 1);
    }
  }

  private static RequestQueue open(
      MmsgHarness harness, InetSocketAddress address, Map<SocketOption<?>, Object> options)
      throws IOException {
    SocketConfig config = MmsgHarness.config(address, 4, 4, 64, options);
    return harness.open(config);
  }
}
