package io.rioreactive.test.kernel;

import static io.rioreactive.test.kernel.TestPump.loopback;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import io.rioreactive.test.Needs;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a socket is when it is opened, and what is left of one that could not be. */
interface BindRules extends OnKernel {

  /** Skips the test where a socket can have an address of another machine. */
  default void needOwnAddressesOnly() {
    Needs.ownAddressesOnly();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1", "::"})
  default void aPortIsPicked(String host) throws IOException {
    needIpv6For(host);
    InetAddress address = InetAddress.ofLiteral(host);
    try (TestPump pump = open()) {
      TestSocket first = pump.open(new InetSocketAddress(address, 0), 1, 1, 64);
      TestSocket second = pump.open(new InetSocketAddress(address, 0), 1, 1, 64);

      assertThat(first.address().getAddress()).isEqualTo(address);
      assertThat(first.address().getPort()).isPositive();
      assertThat(second.address().getPort()).isPositive().isNotEqualTo(first.address().getPort());
    }
  }

  static void needIpv6For(String host) {
    if (host.contains(":")) {
      Needs.ipv6();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "7, 3, 600", "64, 64, 1472", "1000, 300, 100", "2, 2, 65507"})
  default void slotsAreAsManyAndAsLargeAsAskedFor(int receives, int sends, int size)
      throws IOException {
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(receives, sends, size);

      SlotRegion receiveSlots = socket.requests().receiveSlots();
      if (!withdrawsPosts()) { // else a post is only a number
        assertThat(receiveSlots.slots()).isEqualTo(receives);
      }
      requireWhole(receiveSlots, size);
      SlotRegion sendSlots = socket.requests().sendSlots();
      assertThat(sendSlots.slots()).isEqualTo(sends);
      requireWhole(sendSlots, size);
      assertThat(receiveSlots.hasInfo()).isFalse();
    }
  }

  private static void requireWhole(SlotRegion slots, int size) {
    assertThat(slots.memory().isNative()).isTrue();
    assertThat(slots.payloadSize()).isEqualTo(size);
    assertThat(slots.addressOffset()).isNotNegative();
    assertThat(slots.payloadOffset()).isNotNegative();
    boolean isAddressFirst = slots.addressOffset() < slots.payloadOffset();
    assertThat(slots.addressOffset() + SocketAddressFormat.SIZE)
        .as("end of the address area")
        .isLessThanOrEqualTo((int) (isAddressFirst ? slots.payloadOffset() : slots.stride()));
    assertThat(slots.payloadOffset() + size)
        .as("end of the payload")
        .isLessThanOrEqualTo((int) (isAddressFirst ? slots.stride() : slots.addressOffset()));
    int last = slots.slots() - 1;
    assertThat(Math.max(slots.payloadAt(last) + size, slots.addressAt(last)))
        .as("end of the last slot")
        .isLessThanOrEqualTo(slots.memory().byteSize());
  }

  @Test
  default void aTakenPortIsABindExceptionAndNothingStays() throws IOException {
    try (TestPump pump = open();
        TestPump other = open()) {
      TestSocket first = pump.open(1, 1, 64);
      for (int i = 0; i < 50; i++) {
        assertThatThrownBy(() -> pump.open(first.address(), 8, 8, 64))
            .isInstanceOf(BindException.class)
            .hasMessageContaining("127.0.0.1")
            .hasMessageContaining("" + first.address().getPort());
        assertThatThrownBy(() -> other.open(first.address(), 8, 8, 64))
            .isInstanceOf(BindException.class);
      }

      TestSocket next = pump.open(1, 1, 64);
      assertThat(next.index()).as("the lowest free index").isEqualTo(1);
      next.send(0, first, "as before").commit();
      first.post(0).commit();
      assertThat(first.takeReceive().text()).isEqualTo("as before");
    }
  }

  @Test
  default void anotherMachinesAddressIsABindException() throws IOException {
    needOwnAddressesOnly();
    InetSocketAddress nobodys = // for documentation only
        new InetSocketAddress(InetAddress.ofLiteral("198.51.100.77"), 4711);
    try (TestPump pump = open()) {
      assertThatThrownBy(() -> pump.open(nobodys, 1, 1, 64))
          .isInstanceOf(BindException.class)
          .hasMessageContaining("198.51.100.77:4711");
      assertThat(pump.open(1, 1, 64).index()).isZero();
    }
  }

  @Test
  default void aPortThatIsFreeAgainCanBeHad() throws IOException {
    try (TestPump pump = open();
        TestPump other = open()) {
      InetSocketAddress address = loopback(0);
      for (int round = 0; round < 10; round++) {
        TestSocket socket = (round % 2 == 0 ? pump : other).open(address, 2, 1, 64);
        assertThat(socket.index()).isZero();
        address = socket.address();
        socket.postFirst(2).commit();
        socket.end();
      }
    }
  }

  @Test
  default void whatItIsCanBeLogged() throws IOException {
    try (TestPump pump = open()) {
      assertThat(pump.open(1, 1, 64).requests().describe()).isNotBlank().doesNotContain("\n");
    }
  }

  @Test
  default void dropsAreToldByWhoSaysSo() throws IOException {
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(1, 1, 64);
      if (can(Feature.KERNEL_DROPS)) {
        assertThat(socket.requests().kernelDrops()).hasValue(0);
      } else {
        assertThat(socket.requests().kernelDrops()).isEmpty();
      }
    }
  }

  @Test
  default void aSocketWithoutAPeerHasNoPathMtu() throws IOException {
    try (TestPump pump = open()) {
      assertThat(pump.open(1, 1, 64).requests().pathMtu()).isEmpty();
    }
  }
}
