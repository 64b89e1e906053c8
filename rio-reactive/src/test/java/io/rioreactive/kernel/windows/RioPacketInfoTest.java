package io.rioreactive.kernel.windows;

import static io.rioreactive.kernel.KernelHarness.postReceives;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.PacketInfoRules;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Over the control and flags slices; the double holds them to the documents as well. */
@EnabledOnOs(OS.WINDOWS)
class RioPacketInfoTest implements PacketInfoRules {

  private static final InetAddress NOBODYS = InetAddress.ofLiteral("192.0.2.99");

  @BeforeEach
  @AfterEach
  void reset() {
    if (RioDouble.isThere()) {
      RioDouble.control("reset");
    }
  }

  @Override
  public KernelHarness openHarness() throws IOException {
    return new RioHarness();
  }

  private static void prepare(RequestQueue socket, int slot, InetAddress source) {
    PacketInfoRules.prepare(socket, slot, PacketInfo.ADDRESS, source, 0);
  }

  /** Windows tells nothing where it is short of memory. */
  @Test
  void whatTheLastOneWasToldIsNotToldOfTheNext() throws IOException {
    RioDouble.need();
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = PacketInfoRules.open(harness, "127.0.0.1", 1);
      for (String control : List.of("normal", "none", "normal")) {
        RioDouble.control("control " + control);
        postReceives(socket, 1);
        socket.commit();
        harness.sendTo(socket, control.getBytes(UTF_8));

        assertThat(harness.take(1)).extracting(Done::text).containsExactly(control);

        PacketInfoRules.Info info = PacketInfoRules.info(socket, 0);
        boolean isTold = control.equals("normal");
        assertThat(info.origin()).isEqualTo(isTold ? PacketInfo.ADDRESS : PacketInfo.UNKNOWN);
        assertThat(info.hopLimit()).isIn(isTold ? FIRST_HOP_LIMITS : List.of(-1));
        assertThat(info.trafficClass()).isEqualTo(isTold ? 0 : -1);
      }
    }
  }

  @Test
  void whateverTheControlSaysTheDatagramComes() throws IOException {
    RioDouble.need();
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = PacketInfoRules.open(harness, "127.0.0.1", 4);
      RioDouble.control("control garbage");
      for (int i = 0; i < 200; i++) {
        assertThat(socket.postReceive(i % 4)).isZero();
        socket.commit();
        harness.sendTo(socket, ("no. " + i).getBytes(UTF_8));

        Done done = harness.take(1).getFirst();

        assertThat(done.status()).isEqualTo(CompletionStatus.OK);
        assertThat(done.text()).isEqualTo("no. " + i);
        PacketInfoRules.Info info = PacketInfoRules.info(socket, done.slot());
        assertThat(info.origin()).isBetween(PacketInfo.UNKNOWN, PacketInfo.INTERFACE);
        assertThat(info.hopLimit()).isBetween(-1, 255);
        assertThat(info.trafficClass()).isBetween(-1, 255);
      }
    }
  }

  @Test
  void aSendThatSaysNothingHasNoControl() throws IOException {
    RioDouble.need();
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = PacketInfoRules.open(harness, "0.0.0.0", 2);
      long before = RioDouble.count("sends.with.control");
      PacketInfoRules.prepare(socket, 0, PacketInfo.UNKNOWN, null, 0);
      prepare(socket, 1, V4);
      harness.send(socket, 0, "plain");
      socket.commit();
      harness.take(1);
      assertThat(RioDouble.count("sends.with.control")).isEqualTo(before);
      harness.send(socket, 1, "from there");
      socket.commit();
      harness.take(1);
      assertThat(RioDouble.count("sends.with.control")).isEqualTo(before + 1);
      assertThat(RioDouble.report().toLowerCase(Locale.ROOT).replace(" ", ""))
          .contains("control:2000000000000000180000000000000000000000130000007f00000100000000");
    }
  }

  @Test
  void aSourceThatIsNotThereFailsThatDatagramAlone() throws IOException {
    RioDouble.need();
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = PacketInfoRules.open(harness, "0.0.0.0", 3);
      PacketInfoRules.prepare(socket, 0, PacketInfo.UNKNOWN, null, 0);
      prepare(socket, 1, NOBODYS);
      PacketInfoRules.prepare(socket, 2, PacketInfo.UNKNOWN, null, 0);
      harness.sendThree(socket);

      List<Done> done = harness.take(3);

      assertThat(done)
          .filteredOn(each -> each.slot() == 1)
          .singleElement()
          .returns(CompletionStatus.FAILED, Done::status)
          .returns(WsaError.WSAEADDRNOTAVAIL.code(), Done::code);
      assertThat(socket.error("send", WsaError.WSAEADDRNOTAVAIL.code()))
          .hasMessageContaining("source");
      assertThat(done)
          .filteredOn(each -> each.slot() != 1)
          .extracting(Done::status)
          .containsOnly(CompletionStatus.OK);
    }
  }

  /** All slices of a slot are the system's while its request is outstanding. */
  @Test
  void whatIsOutstandingIsNotTouched() throws IOException {
    RioDouble.need();
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = PacketInfoRules.open(harness, "0.0.0.0", 4);
      RequestQueue other = PacketInfoRules.open(harness, "0.0.0.0", 4);
      InetSocketAddress atOther = PacketInfoRules.at(V4, other);
      RioDouble.control("hold-sends on");
      try {
        assertThat(socket.postReceive(0)).isZero();
        prepare(socket, 0, V4);
        harness.send(socket, 0, "held");
        socket.commit();
        byte[] receive = slot(socket.receiveSlots());
        byte[] send = slot(socket.sendSlots());
        assertThat(harness.receiveAtPeer()).isEqualTo("held");

        for (int i = 0; i < 30; i++) {
          assertThat(other.postReceive(i % 4)).isZero();
          other.commit();
          harness.peer.send(new DatagramPacket(new byte[1], 1, atOther));
          assertThat(harness.take(1)).extracting(Done::socket).containsExactly(other.index());
        }
        for (int slot = 1; slot < 4; slot++) {
          prepare(socket, slot, V4);
          harness.send(socket, slot, "held too");
        }
        socket.commit();
        assertThat(slot(socket.receiveSlots())).isEqualTo(receive);
        assertThat(slot(socket.sendSlots())).isEqualTo(send);
      } finally {
        RioDouble.control("hold-sends off");
      }
      assertThat(harness.take(4)).extracting(Done::status).containsOnly(CompletionStatus.OK);
    }
  }

  /** All bytes of slot 0. */
  private static byte[] slot(SlotRegion slots) {
    return slots.memory().asSlice(0, slots.stride()).toArray(JAVA_BYTE);
  }

  @Test
  void itsMemoryIsInTheAccount() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = PacketInfoRules.open(harness, "127.0.0.1", 64);

      assertThat(socket.describe())
          .startsWith(
              "locked memory 285696 bytes = receive slots 20480 + send slots 262144"
                  + " + completion queue 3072 at least");
    }
  }
}
