package io.rioreactive.kernel;

import static io.rioreactive.kernel.KernelHarness.postReceives;
import static io.rioreactive.kernel.KernelHarness.postSend;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.KernelHarness.Done;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where datagrams came to and where they leave from, on kernels where a place is a slot. */
@Timeout(60)
public interface PacketInfoRules {

  InetAddress V4 = InetAddress.ofLiteral("127.0.0.1");
  InetAddress V4_SECOND = InetAddress.ofLiteral("127.0.0.2");

  /** What Linux and Windows begin with. */
  List<Integer> FIRST_HOP_LIMITS = List.of(64, 128);

  InetAddress V6 = InetAddress.ofLiteral("::1");

  /** What a slot says of its datagram's local end. */
  record Info(
      InetSocketAddress local, int origin, int interfaceIndex, int hopLimit, int trafficClass) {}

  /** A queue of the kernel under test, owned by the calling thread. */
  KernelHarness openHarness() throws IOException;

  /** Skips a test where the system takes no notice of the source that a datagram names. */
  default void needSources() {}

  /** Skips a test where the system does not tell a broadcast from another datagram. */
  default void needBroadcasts() {}

  /** Whether a socket's option does: Windows takes it from none, the JDK under Wine from IPv4's. */
  default boolean peersSetTrafficClass(InetAddress to) {
    return Wine.isThere() && !to.equals(V6);
  }

  /** A socket at a free port of an address, with packet info. */
  static RequestQueue open(KernelHarness harness, String host, int slots) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral(host), 0);
    return harness.open(new SocketConfig(any, slots, slots, 64, true, false, false, Map.of()));
  }

  /** A port of a socket's, at an address. */
  static InetSocketAddress at(InetAddress address, RequestQueue socket) {
    return new InetSocketAddress(address, socket.localAddress().getPort());
  }

  private static void send(DatagramSocket from, InetSocketAddress to) throws IOException {
    from.send(new DatagramPacket("hello".getBytes(UTF_8), 5, to));
  }

  /** The interface that has 127.0.0.1. */
  static NetworkInterface loopbackInterface() throws IOException {
    return NetworkInterface.getByInetAddress(V4);
  }

  /** What the place of a received datagram says. */
  static Info info(RequestQueue socket, int place) {
    SlotRegion slots = socket.receiveSlots();
    MemorySegment memory = slots.memory();
    long info = slots.infoAt(place);
    return new Info(
        socket.addressFormat().read(memory, info),
        PacketInfo.origin(memory, info),
        PacketInfo.interfaceIndex(memory, info),
        PacketInfo.hopLimit(memory, info),
        PacketInfo.trafficClass(memory, info));
  }

  /** Writes into a send slot where its datagram is to leave. */
  static void prepare(
      RequestQueue socket, int slot, int origin, @Nullable InetAddress source, int index) {
    SlotRegion slots = socket.sendSlots();
    long info = slots.infoAt(slot);
    PacketInfo.clear(slots.memory(), info);
    if (source != null) {
      socket.addressFormat().write(slots.memory(), info, new InetSocketAddress(source, 9));
    }
    PacketInfo.setOrigin(slots.memory(), info, origin, index);
  }

  private static InetSocketAddress sender(DatagramSocket peer) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[64], 64);
    peer.setSoTimeout(15_000);
    peer.receive(packet);
    return (InetSocketAddress) packet.getSocketAddress();
  }

  private static void post(RequestQueue socket, int count) {
    postReceives(socket, count);
    socket.commit();
  }

  private static Info nextInfo(KernelHarness harness, RequestQueue socket) throws IOException {
    Done done = harness.take(1).getFirst();
    assertThat(done.status()).isEqualTo(CompletionStatus.OK);
    assertThat(done.text()).isEqualTo("hello");
    return info(socket, harness.place(done));
  }

  // ---- receive

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 127.0.0.1",
    "0.0.0.0, 127.0.0.2",
    "127.0.0.2, 127.0.0.2",
    "::, 127.0.0.1",
    "::, 127.0.0.2",
    "::, ::1"
  })
  default void tellsAddressInterfaceHopLimitAndTrafficClass(String bind, String host)
      throws IOException {
    InetAddress asked = InetAddress.ofLiteral(host);
    try (KernelHarness harness = openHarness();
        DatagramSocket peer = new DatagramSocket(0, asked)) {
      RequestQueue socket = open(harness, bind, 8);
      post(socket, 8);
      peer.setOption(StandardSocketOptions.IP_TOS, 0xB9);
      send(peer, at(asked, socket));

      Info info = nextInfo(harness, socket);

      assertThat(info.local()).isEqualTo(at(asked, socket));
      assertThat(info.origin()).isEqualTo(PacketInfo.ADDRESS);
      assertThat(info.interfaceIndex()).isEqualTo(loopbackInterface().getIndex());
      assertThat(info.hopLimit()).isIn(FIRST_HOP_LIMITS);
      assertThat(info.trafficClass()).isEqualTo(peersSetTrafficClass(asked) ? 0xB9 : 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  default void aBroadcastAddressIsNoSource(String bind) throws IOException {
    needBroadcasts();
    InetAddress broadcast = InetAddress.ofLiteral("127.255.255.255");
    try (KernelHarness harness = openHarness()) {
      RequestQueue socket = open(harness, bind, 8);
      post(socket, 8);
      harness.peer.setBroadcast(true);
      send(harness.peer, at(broadcast, socket));

      Info info = nextInfo(harness, socket);

      assertThat(info.local()).isEqualTo(at(broadcast, socket));
      assertThat(info.origin()).isEqualTo(PacketInfo.INTERFACE);
      assertThat(info.interfaceIndex()).isEqualTo(loopbackInterface().getIndex());
    }
  }

  /** With a hop limit of 0 nothing leaves the machine. */
  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  default void anIpv4GroupIsNoSource(String bind) throws IOException {
    InetAddress group = InetAddress.ofLiteral("239.1.2.3");
    NetworkInterface loopback = loopbackInterface();
    try (KernelHarness harness = openHarness();
        MulticastSocket peer = new MulticastSocket(KernelHarness.loopback(0))) {
      RequestQueue socket = open(harness, bind, 8);
      socket.changeMembership(
          MembershipChange.JOIN,
          new GroupMembership(group, loopback.getIndex(), loopback.getName(), null));
      post(socket, 8);
      peer.setNetworkInterface(loopback);
      peer.setTimeToLive(0);
      send(peer, at(group, socket));

      assertThat(nextInfo(harness, socket))
          .isEqualTo(new Info(at(group, socket), PacketInfo.INTERFACE, loopback.getIndex(), 0, 0));
    }
  }

  /** What the last one left in the slot is told of no other, also where it waits already. */
  @Test
  default void oneAfterTheOtherIsTold() throws IOException {
    try (KernelHarness harness = openHarness();
        DatagramSocket six = new DatagramSocket(0, V6)) {
      RequestQueue socket = open(harness, "::", 4);
      for (int i = 0; i < 60; i++) {
        InetAddress host = i % 2 == 0 ? V6 : i % 3 == 0 ? V4 : V4_SECOND;
        boolean isWaiting = i % 5 == 0;
        if (!isWaiting) {
          assertThat(socket.postReceive(i % 4)).isZero();
          socket.commit();
        }
        send(host.equals(V6) ? six : harness.peer, at(host, socket));
        if (isWaiting) {
          assertThat(socket.postReceive(i % 4)).isZero();
          socket.commit();
        }

        Info info = nextInfo(harness, socket);

        assertThat(info.local()).as("datagram %d", i).isEqualTo(at(host, socket));
        assertThat(info.origin()).isEqualTo(PacketInfo.ADDRESS);
      }
    }
  }

  @Test
  default void oneThatIsTooLongIsToldToo() throws IOException {
    try (KernelHarness harness = openHarness()) {
      RequestQueue socket = open(harness, "0.0.0.0", 4);
      for (boolean isWaiting : new boolean[] {false, true}) {
        if (!isWaiting) {
          post(socket, 1);
        }
        harness.peer.send(new DatagramPacket(new byte[65], 65, at(V4_SECOND, socket)));
        if (isWaiting) {
          post(socket, 1);
        }

        Done done = harness.take(1).getFirst();

        assertThat(done.status()).isEqualTo(CompletionStatus.TRUNCATED);
        assertThat(info(socket, harness.place(done)).local()).isEqualTo(at(V4_SECOND, socket));
      }
    }
  }

  @Test
  default void aSocketWithoutItHasNoRoomForIt() throws IOException {
    try (KernelHarness harness = openHarness()) {
      RequestQueue plain = harness.open(4, 4, 64);
      RequestQueue socket = open(harness, "127.0.0.1", 4);

      assertThat(plain.receiveSlots().hasInfo()).isFalse();
      assertThat(plain.sendSlots().hasInfo()).isFalse();
      assertThat(socket.receiveSlots().hasInfo()).isTrue();
      assertThat(socket.sendSlots().hasInfo()).isTrue();
      assertThat(socket.receiveSlots().stride()).isGreaterThan(plain.receiveSlots().stride());
      post(plain, 1);
      harness.sendTo(plain, "plain".getBytes(UTF_8));
      assertThat(harness.take(1)).extracting(Done::text).containsExactly("plain");
    }
  }

  // ---- send

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  default void eachLeavesFromWhereItsSlotSays(String bind) throws IOException {
    needSources();
    try (KernelHarness harness = openHarness()) {
      RequestQueue socket = open(harness, bind, 8);
      int loopback = loopbackInterface().getIndex();
      prepare(socket, 0, PacketInfo.UNKNOWN, null, 0);
      prepare(socket, 1, PacketInfo.ADDRESS, V4_SECOND, 0);
      prepare(socket, 2, PacketInfo.INTERFACE, null, loopback);
      prepare(socket, 3, PacketInfo.ADDRESS, V4_SECOND, loopback);
      prepare(socket, 4, PacketInfo.UNKNOWN, null, 0);

      List<InetAddress> senders = new ArrayList<>();
      for (int slot = 0; slot < 5; slot++) {
        assertThat(postSend(socket, slot, harness.peerAddress(), new byte[1])).isZero();
        socket.commit();
        assertThat(harness.take(1)).extracting(Done::status).containsExactly(CompletionStatus.OK);
        senders.add(sender(harness.peer).getAddress());
      }

      assertThat(senders).containsExactly(V4, V4_SECOND, V4, V4_SECOND, V4);
    }
  }

  @Test
  default void anIpv6SourceIsTakenToo() throws IOException {
    try (KernelHarness harness = openHarness();
        DatagramSocket six = new DatagramSocket(0, V6)) {
      RequestQueue socket = open(harness, "::", 2);
      InetSocketAddress peer = (InetSocketAddress) six.getLocalSocketAddress();
      prepare(socket, 0, PacketInfo.ADDRESS, V6, 0);
      prepare(socket, 1, PacketInfo.INTERFACE, null, loopbackInterface().getIndex());

      for (int slot = 0; slot < 2; slot++) {
        assertThat(postSend(socket, slot, peer, new byte[1])).isZero();
        socket.commit();
        assertThat(harness.take(1)).extracting(Done::status).containsExactly(CompletionStatus.OK);
        assertThat(sender(six)).isEqualTo(at(V6, socket));
      }
    }
  }

  /** Refused by the post or failed: of that datagram alone, and the next one goes. */
  @Test
  default void aSourceOfTheOtherFamilyFailsThatDatagramAlone() throws IOException {
    try (KernelHarness harness = openHarness()) {
      RequestQueue socket = open(harness, "::", 2);
      prepare(socket, 0, PacketInfo.ADDRESS, V6, 0);
      prepare(socket, 1, PacketInfo.UNKNOWN, null, 0);

      int code = postSend(socket, 0, harness.peerAddress(), "bad".getBytes(UTF_8));
      if (code == RequestQueue.ACCEPTED) {
        socket.commit();
        Done done = harness.take(1).getFirst();
        assertThat(done.status()).isEqualTo(CompletionStatus.FAILED);
        code = done.code();
      }
      assertThat(socket.error("send", code).kind()).isEqualTo(KernelException.Kind.BAD_ADDRESS);
      assertThat(socket.error("send", code)).hasMessageContaining("source");
      harness.send(socket, 1, "good");
      socket.commit();

      assertThat(harness.receiveAtPeer()).isEqualTo("good");
      assertThat(harness.take(1)).containsExactly(Done.sent(socket, 1, "good"));
    }
  }

  // ---- connected

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::"})
  default void aConnectedSocketIsToldAndAnswersFromThere(String bind) throws IOException {
    try (KernelHarness harness = openHarness()) {
      RequestQueue socket = open(harness, bind, 4);
      socket.connect(harness.peerAddress());
      post(socket, 4);
      send(harness.peer, at(V4, socket));

      Info info = nextInfo(harness, socket);

      assertThat(info.local()).isEqualTo(at(V4, socket));
      prepare(socket, 0, info.origin(), info.local().getAddress(), 0);
      harness.send(socket, 0, "answer");
      socket.commit();
      assertThat(harness.take(1)).containsExactly(Done.sent(socket, 0, "answer"));
      assertThat(sender(harness.peer)).isEqualTo(at(V4, socket));
    }
  }
}
