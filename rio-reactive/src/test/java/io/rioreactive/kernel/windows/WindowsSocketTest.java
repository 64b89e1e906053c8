package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a socket is opened with, and how it is refused. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(30)
class WindowsSocketTest {

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1", "::"})
  void tellsThePortTheSystemPicked(String host) throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      InetAddress address = InetAddress.ofLiteral(host);
      RequestQueue socket = open(harness, new InetSocketAddress(address, 0), Map.of());

      assertThat(socket.localAddress().getAddress()).isEqualTo(address);
      assertThat(socket.localAddress().getPort()).isPositive();
    }
  }

  @Test
  void aBindIsExclusiveUnlessReuseIsAskedFor() throws IOException {
    Map<SocketOption<?>, Object> reuse = Map.of(StandardSocketOptions.SO_REUSEADDR, true);
    Map<SocketOption<?>, Object> noReuse = Map.of(StandardSocketOptions.SO_REUSEADDR, false);
    try (IocpHarness harness = new IocpHarness()) {
      InetSocketAddress taken = open(harness, KernelHarness.loopback(0), Map.of()).localAddress();
      for (Map<SocketOption<?>, Object> options :
          List.of(Map.<SocketOption<?>, Object>of(), reuse, noReuse)) {
        assertThatThrownBy(() -> open(harness, taken, options))
            .isInstanceOf(BindException.class)
            .hasMessageStartingWith("bind 127.0.0.1:%d failed: WSAE", taken.getPort())
            .hasCauseInstanceOf(KernelException.class);
      }
      InetSocketAddress shared = open(harness, KernelHarness.loopback(0), reuse).localAddress();
      assertThat(open(harness, shared, reuse).localAddress()).isEqualTo(shared);
    }
  }

  /** Else an answer to a datagram that was sent ends a receive that has nothing to do with it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void answersToEarlierDatagramsAreSwitchedOffWhereTheSystemCan(boolean refusesControl)
      throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      harness.winsock.refusesControl = refusesControl;
      RequestQueue socket = open(harness, KernelHarness.loopback(0), Map.of());

      assertThat(harness.winsock.switchedOff)
          .containsExactlyInAnyOrder(Constants.SIO_UDP_CONNRESET, Constants.SIO_UDP_NETRESET);
      assertThat(socket.localAddress().getPort()).isPositive();
    }
  }

  @Test
  void anOptionItDoesNotKnowIsRefusedByName() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      for (SocketOption<Boolean> option :
          List.of(StandardSocketOptions.TCP_NODELAY, StandardSocketOptions.SO_REUSEPORT)) {
        assertThatThrownBy(() -> open(harness, KernelHarness.loopback(0), Map.of(option, true)))
            .isInstanceOf(KernelException.class)
            .hasMessageStartingWith(
                "setsockopt %s failed: WSAENOPROTOOPT (10042): ", option.name());
      }
    }
  }

  @Test
  void anOptionTheSystemRefusesFailsByName() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      harness.winsock.refusedOption = Constants.SO_BROADCAST;
      assertThatThrownBy(
              () ->
                  open(
                      harness,
                      KernelHarness.loopback(0),
                      Map.of(StandardSocketOptions.SO_BROADCAST, true)))
          .isInstanceOf(KernelException.class)
          .hasMessageStartingWith("SO_BROADCAST failed: WSAENOPROTOOPT (10042): ");
    }
  }

  @Test
  void allKnownOptionsAreTaken() throws IOException {
    Map<SocketOption<?>, Object> options =
        Map.of(
            StandardSocketOptions.SO_REUSEADDR,
            true,
            StandardSocketOptions.SO_BROADCAST,
            true,
            StandardSocketOptions.SO_RCVBUF,
            50_000,
            StandardSocketOptions.SO_SNDBUF,
            40_000,
            StandardSocketOptions.IP_TOS,
            0x10);
    try (IocpHarness harness = new IocpHarness()) {
      InetAddress six = InetAddress.ofLiteral("::1");
      for (InetAddress address : new InetAddress[] {InetAddress.ofLiteral("127.0.0.1"), six}) {
        RequestQueue socket = open(harness, new InetSocketAddress(address, 0), options);
        assertThat(socket.describe())
            .startsWith("receive buffer 50000 bytes, send buffer 40000 bytes, ");
      }
    }
  }

  @Test
  void aSmallSocketKeepsTheSystemsBufferAndALargeOneHasRoom() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      String unasked = harness.open(1, 1, 1).describe();
      assertThat(harness.open(2, 2, 2).describe()).isEqualTo(unasked);
      assertThat(harness.open(1_000, 1_000, 2_048).describe())
          .startsWith("receive buffer 2560000 bytes, send buffer 2560000 bytes, ");
    }
  }

  @Test
  void tenThousandSlotsOfEachKindStandInMemoryOfTheirOwn() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(10_000, 10_000, 2_048);
      for (SlotRegion slots : new SlotRegion[] {socket.receiveSlots(), socket.sendSlots()}) {
        assertThat(slots.memory().address() % VirtualMemory.GRANULE).isZero();
        assertThat(slots.payloadAt(9_999) + slots.payloadSize())
            .isLessThanOrEqualTo(slots.memory().byteSize());
        assertThat(slots.stride() % 128).as("an odd number of cache lines").isEqualTo(64);
      }
    }
  }

  private static RequestQueue open(
      IocpHarness harness, InetSocketAddress address, Map<SocketOption<?>, Object> options)
      throws IOException {
    return harness.open(KernelHarness.config(address, 4, 4, 64, options));
  }
}
