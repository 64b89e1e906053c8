package io.rioreactive.kernel.windows;

import static io.rioreactive.kernel.KernelHarness.postReceives;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.PacketInfoRules;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.Wine;
import io.rioreactive.kernel.windows.PlannedWinsock.Message;
import io.rioreactive.kernel.windows.PlannedWinsock.SentMessage;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With the messages that Windows gives and Wine does not, and what WSASendMsg is handed. */
@EnabledOnOs(OS.WINDOWS)
class IocpPacketInfoTest implements PacketInfoRules {

  private static final String IN_PKTINFO = "18000000 00000000 00000000 13000000 ";
  private static final String NOTHING = "";

  /** That it came to 192.0.2.255, by interface 7. */
  private static final String TO_192_0_2_255 = IN_PKTINFO + "c00002ff 07000000";

  @Override
  public KernelHarness openHarness() throws IOException {
    return new IocpHarness();
  }

  @Override
  public void needSources() {
    assumeFalse(Wine.isThere(), "Wine's WSASendMsg takes no notice of control messages");
  }

  @Override
  public void needBroadcasts() {
    assumeFalse(Wine.isThere(), "Wine's WSARecvMsg leaves MSG_BCAST out");
  }

  private static PacketInfoRules.Info next(
      IocpHarness harness, RequestQueue socket, Message message) throws IOException {
    harness.winsock.receiveLater(message);
    postReceives(socket, 1);
    Done done = harness.take(1).getFirst();
    assertThat(done.status()).isEqualTo(CompletionStatus.OK);
    assertThat(done.text()).isEqualTo(message.text());
    return PacketInfoRules.info(socket, done.slot());
  }

  // ---- receive

  @ParameterizedTest
  @CsvSource({"0x400, 2", "0x800, 2", "0, 1"})
  void theFlagsTellWhatCameToMany(String flags, int origin) throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = PacketInfoRules.open(harness, "0.0.0.0", 4);

      Message message = new Message(null, Integer.decode(flags), TO_192_0_2_255, "hello");

      assertThat(next(harness, socket, message))
          .isEqualTo(
              new PacketInfoRules.Info(
                  PacketInfoRules.at(InetAddress.ofLiteral("192.0.2.255"), socket),
                  origin,
                  7,
                  PacketInfo.NOT_TOLD,
                  PacketInfo.NOT_TOLD));
    }
  }

  /** Windows tells nothing where it is short of memory. */
  @Test
  void whatTheLastOneWasToldIsNotToldOfTheNext() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = PacketInfoRules.open(harness, "0.0.0.0", 4);
      next(harness, socket, new Message(null, 0x400, TO_192_0_2_255, "first"));

      PacketInfoRules.Info info = next(harness, socket, new Message(null, 0, NOTHING, "second"));

      assertThat(info.origin()).isEqualTo(PacketInfo.UNKNOWN);
      assertThat(info.interfaceIndex()).isZero();
    }
  }

  /** To the system both are too long; the flags tell which. */
  @Test
  void aDatagramWhoseControlAloneWasCutOffIsWhole() throws IOException {
    NtStatus tooLong = NtStatus.STATUS_BUFFER_OVERFLOW;
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = PacketInfoRules.open(harness, "0.0.0.0", 4);

      assertThat(next(harness, socket, new Message(tooLong, 0x200, TO_192_0_2_255, "hello")))
          .returns(7, PacketInfoRules.Info::interfaceIndex);
      assertThat(next(harness, socket, new Message(tooLong, 0x200, NOTHING, "hello")))
          .returns(PacketInfo.UNKNOWN, PacketInfoRules.Info::origin);
      for (int flags : new int[] {0x100, 0x300, 0}) {
        harness.winsock.receiveLater(new Message(tooLong, flags, TO_192_0_2_255, "x".repeat(64)));
        postReceives(socket, 1);

        Done done = harness.take(1).getFirst();

        assertThat(done.status()).as("flags %x", flags).isEqualTo(CompletionStatus.TRUNCATED);
        assertThat(PacketInfoRules.info(socket, done.slot()).interfaceIndex()).isEqualTo(7);
      }
    }
  }

  /** The same where the request is done within its call, and has no packet. */
  @ParameterizedTest
  @CsvSource({
    ", 0, hello, OK, 5",
    ", 0x200, hello, OK, 5",
    "STATUS_BUFFER_OVERFLOW, 0x200, hello, OK, 5",
    "STATUS_BUFFER_OVERFLOW, 0x100, hello, TRUNCATED, 64",
    "STATUS_BUFFER_OVERFLOW, 0x300, hello, TRUNCATED, 64"
  })
  void whatIsDoneAtOnceIsToldAsWell(
      @Nullable NtStatus status, String flags, String text, CompletionStatus expected, int length)
      throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = PacketInfoRules.open(harness, "0.0.0.0", 4);
      harness.winsock.receiveAtOnce(
          new Message(status, Integer.decode(flags), TO_192_0_2_255, text));
      postReceives(socket, 1);

      Done done = harness.take(1).getFirst();

      assertThat(done.status()).isEqualTo(expected);
      assertThat(done.length()).isEqualTo(length);
      assertThat(done.text()).startsWith(text);
      assertThat(PacketInfoRules.info(socket, done.slot()).interfaceIndex()).isEqualTo(7);
    }
  }

  @Test
  void aReceiveThatFailsTellsNothingAndTheNextOneComes() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = PacketInfoRules.open(harness, "0.0.0.0", 4);
      harness
          .winsock
          .receiveLater(new Message(NtStatus.STATUS_PORT_UNREACHABLE, 0x200, NOTHING, ""))
          .refuseReceive(WsaError.WSAENOBUFS);
      assertThat(socket.postReceive(0)).isEqualTo(WsaError.WSAENOBUFS.code());
      postReceives(socket, 1);

      assertThat(harness.take(1))
          .singleElement()
          .returns(CompletionStatus.FAILED, Done::status)
          .returns(WsaError.WSAECONNRESET.code(), Done::code);
      next(harness, socket, new Message(null, 0, TO_192_0_2_255, "hello"));
    }
  }

  // ---- send

  private static SentMessage sent(
      IocpHarness harness, RequestQueue socket, int origin, String source, int index)
      throws IOException {
    InetAddress address = origin == PacketInfo.ADDRESS ? InetAddress.ofLiteral(source) : null;
    PacketInfoRules.prepare(socket, 0, origin, address, index);
    harness.send(socket, 0, "hello");
    harness.take(1);
    assertThat(harness.receiveAtPeer()).isEqualTo("hello");
    return harness.winsock.sentMessages.removeLast();
  }

  /** In Wine the one proof that a source reaches the system. */
  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  void theSystemIsHandedTheSourceThatASlotSays(String bind) throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = PacketInfoRules.open(harness, bind, 4);
      SlotRegion slots = socket.sendSlots();
      long name = slots.memory().address() + slots.addressAt(0);
      int nameLength = bind.equals("::") ? 28 : 16;
      int loopback = PacketInfoRules.loopbackInterface().getIndex();
      String index = "%02x000000".formatted(loopback);

      assertThat(sent(harness, socket, PacketInfo.ADDRESS, "127.0.0.1", 0))
          .isEqualTo(new SentMessage(name, nameLength, IN_PKTINFO + "7f000001 00000000", "hello"));
      assertThat(sent(harness, socket, PacketInfo.ADDRESS, "127.0.0.1", loopback))
          .isEqualTo(new SentMessage(name, nameLength, IN_PKTINFO + "7f000001 " + index, "hello"));
      assertThat(sent(harness, socket, PacketInfo.INTERFACE, "", loopback))
          .isEqualTo(new SentMessage(name, nameLength, IN_PKTINFO + "00000000 " + index, "hello"));
    }
  }

  @Test
  void aSendThatSaysNothingIsNoMessage() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = PacketInfoRules.open(harness, "0.0.0.0", 4);
      PacketInfoRules.prepare(socket, 0, PacketInfo.UNKNOWN, null, 0);
      harness.send(socket, 0, "hello");

      assertThat(harness.take(1)).containsExactly(Done.sent(socket, 0, "hello"));
      assertThat(harness.winsock.sentMessages).isEmpty();
      assertThat(harness.winsock.sendCalls).isEqualTo(1);
    }
  }

  /** Which has one source already; another, and an interface, is the system's to refuse. */
  @Test
  void aConnectedSocketNamesNoTargetAndItsOwnAddressNotEither() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = PacketInfoRules.open(harness, "0.0.0.0", 4);
      socket.connect(harness.peerAddress());
      int loopback = PacketInfoRules.loopbackInterface().getIndex();

      assertThat(sent(harness, socket, PacketInfo.INTERFACE, "", loopback))
          .returns(Constants.NULL, SentMessage::name)
          .returns(0, SentMessage::nameLength);
      PacketInfoRules.prepare(socket, 0, PacketInfo.ADDRESS, InetAddress.ofLiteral("127.0.0.1"), 0);
      harness.send(socket, 0, "hello");
      assertThat(harness.take(1)).containsExactly(Done.sent(socket, 0, "hello"));
      assertThat(harness.winsock.sentMessages).isEmpty();
    }
  }

  @Test
  void aSendIsMadeAgainWithItsSource() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = PacketInfoRules.open(harness, "0.0.0.0", 4);
      harness.winsock.refuseSend(WsaError.WSAECONNRESET);

      SentMessage second = sent(harness, socket, PacketInfo.ADDRESS, "127.0.0.1", 0);

      assertThat(harness.winsock.sentMessages).containsExactly(second);
    }
  }

  // ---- memory

  /** All of a slot is the system's while its request is outstanding. */
  @Test
  void whatIsOutstandingIsNotTouched() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = PacketInfoRules.open(harness, "0.0.0.0", 4);
      harness.winsock.held = new ArrayList<>();
      assertThat(socket.postReceive(0)).isZero();
      PacketInfoRules.prepare(socket, 0, PacketInfo.ADDRESS, InetAddress.ofLiteral("127.0.0.1"), 0);
      harness.send(socket, 0, "held");
      byte[] receive = slot(socket.receiveSlots());
      byte[] send = slot(socket.sendSlots());
      List<Long> held = harness.winsock.held;
      assertThat(held).hasSize(2);
      harness.winsock.held = null;
      InetSocketAddress atLoopback = PacketInfoRules.at(V4, socket);

      for (int i = 0; i < 30; i++) {
        int slot = 1 + i % 3;
        assertThat(socket.postReceive(slot)).isZero();
        harness.peer.send(new DatagramPacket(new byte[1], 1, atLoopback));
        harness.take(1);
        PacketInfoRules.prepare(
            socket, slot, PacketInfo.ADDRESS, InetAddress.ofLiteral("127.0.0.1"), 0);
        harness.send(socket, slot, "other");
        harness.take(1);
      }

      assertThat(slot(socket.receiveSlots())).isEqualTo(receive);
      assertThat(slot(socket.sendSlots())).isEqualTo(send);
      harness.winsock.held = held;
      harness.winsock.abortHeld();
      assertThat(harness.take(2)).extracting(Done::slot).containsOnly(0);
    }
  }

  /** All bytes of slot 0. */
  private static byte[] slot(SlotRegion slots) {
    return slots.memory().asSlice(0, slots.stride()).toArray(JAVA_BYTE);
  }

  // ---- bind

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void aSystemWithoutPacketInfoRefusesTheBindByName(String host) throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      harness.winsock.refusedOption = Constants.IP_PKTINFO;
      assertThatThrownBy(() -> PacketInfoRules.open(harness, host, 4))
          .isInstanceOf(KernelException.class)
          .hasMessageStartingWith("IP_PKTINFO failed: WSAENOPROTOOPT (10042): ");
    }
  }

  @Test
  void aSystemWithoutTheFunctionsRefusesTheBindByName() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      harness.winsock.refusesControl = true;
      assertThatThrownBy(() -> PacketInfoRules.open(harness, "127.0.0.1", 4))
          .isInstanceOf(KernelException.class)
          .hasMessageStartingWith(
              "WSAIoctl for WSARecvMsg, which packetInfo needs, failed: WSAEOPNOTSUPP (10045): ");
    }
  }

  /** The rest is told all the same. */
  @ParameterizedTest
  @CsvSource({
    "21, 127.0.0.1", // IP_HOPLIMIT and IPV6_HOPLIMIT
    "21, ::1",
    "40, 127.0.0.1", // IP_RECVTOS and IPV6_RECVTCLASS
    "40, ::1"
  })
  void whatElseTheSystemRefusesIsUnknown(int option, String host) throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      harness.winsock.refusedOption = option;
      RequestQueue socket = PacketInfoRules.open(harness, host, 4);
      harness.winsock.refusedOption = 0;
      postReceives(socket, 1);
      try (DatagramSocket peer = new DatagramSocket(0, InetAddress.ofLiteral(host))) {
        peer.send(new DatagramPacket(new byte[1], 1, socket.localAddress()));
      }

      Done done = harness.take(1).getFirst();

      PacketInfoRules.Info info = PacketInfoRules.info(socket, done.slot());
      assertThat(info.local()).isEqualTo(socket.localAddress());
      assertThat(info.hopLimit()).isIn(option == 21 ? List.of(-1) : FIRST_HOP_LIMITS);
      assertThat(info.trafficClass()).isEqualTo(option == 40 ? -1 : 0);
    }
  }
}
