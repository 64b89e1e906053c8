package io.rioreactive.kernel.linux;

import static io.rioreactive.kernel.KernelHarness.loopback;
import static io.rioreactive.kernel.KernelHarness.postReceives;
import static io.rioreactive.kernel.KernelHarness.postSend;
import static io.rioreactive.kernel.PacketInfoRules.V4;
import static io.rioreactive.kernel.PacketInfoRules.V4_SECOND;
import static io.rioreactive.kernel.PacketInfoRules.V6;
import static io.rioreactive.kernel.PacketInfoRules.at;
import static io.rioreactive.kernel.PacketInfoRules.info;
import static io.rioreactive.kernel.PacketInfoRules.loopbackInterface;
import static io.rioreactive.kernel.PacketInfoRules.open;
import static io.rioreactive.kernel.PacketInfoRules.prepare;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.GroupMembership;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.MembershipChange;
import io.rioreactive.kernel.Needs;
import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.PacketInfoRules.Info;
import io.rioreactive.kernel.RequestQueue;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where datagrams came to, and where they leave from, as the system tells and is told. */
@EnabledOnOs(OS.LINUX)
@Timeout(20)
class MmsgPacketInfoTest {

  private static final InetAddress NOBODYS = InetAddress.ofLiteral("192.0.2.99");
  private static final int MOST_AWAITS = 1_000;

  private static void send(DatagramSocket from, InetSocketAddress to) throws IOException {
    from.send(new DatagramPacket("hello".getBytes(UTF_8), 5, to));
  }

  private static List<Info> infos(MmsgHarness harness, RequestQueue socket, int count)
      throws IOException {
    List<Info> infos = new ArrayList<>();
    CompletionBatch batch = new CompletionBatch();
    for (int i = 0; infos.size() < count && i < MOST_AWAITS; i++) {
      batch.clear();
      if (!harness.queue.dequeue(batch)) {
        harness.await("after " + infos);
      }
      for (int done = 0; done < batch.size(); done++) {
        assertThat(batch.status(done)).isEqualTo(CompletionStatus.OK);
        infos.add(info(socket, batch.place(done)));
      }
    }
    assertThat(infos).hasSize(count);
    return infos;
  }

  // ---- receive

  @ParameterizedTest
  @CsvSource({"0.0.0.0, 127.0.0.1", "0.0.0.0, 127.0.0.2", "::, 127.0.0.2", "::, ::1"})
  void tellsAddressInterfaceHopLimitAndTrafficClass(String bind, String host) throws IOException {
    InetAddress asked = InetAddress.ofLiteral(host);
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket peer = new DatagramSocket(0, asked)) {
      RequestQueue socket = open(harness, bind, 8);
      postReceives(socket, 8);
      peer.setOption(StandardSocketOptions.IP_TOS, 0xB9);
      send(peer, at(asked, socket));

      assertThat(infos(harness, socket, 1))
          .containsExactly(
              new Info(
                  at(asked, socket), PacketInfo.ADDRESS, loopbackInterface().getIndex(), 64, 0xB9));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  void aBroadcastAddressIsNoSource(String bind) throws IOException {
    InetAddress broadcast = InetAddress.ofLiteral("127.255.255.255");
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness, bind, 8);
      postReceives(socket, 8);
      harness.peer.setBroadcast(true);
      send(harness.peer, at(broadcast, socket));

      Info info = infos(harness, socket, 1).getFirst();

      assertThat(info.local()).isEqualTo(at(broadcast, socket));
      assertThat(info.origin()).isEqualTo(PacketInfo.INTERFACE);
      assertThat(info.interfaceIndex()).isEqualTo(loopbackInterface().getIndex());
      reply(
          socket,
          0,
          harness.peerAddress(),
          "here",
          PacketInfo.INTERFACE,
          null,
          loopbackInterface().getIndex());
      assertThat(harness.take(1)).extracting(Done::status).containsOnly(CompletionStatus.OK);
      assertThat(harness.receiveAtPeer()).isEqualTo("here");
    }
  }

  /** With a hop limit of 0 nothing leaves the machine. */
  @Test
  void anIpv4GroupIsNoSource() throws IOException {
    NetworkInterface loopback = loopbackInterface();
    InetAddress group = InetAddress.ofLiteral("239.1.2.3");
    try (MmsgHarness harness = new MmsgHarness();
        MulticastSocket peer = new MulticastSocket(loopback(0))) {
      RequestQueue socket = open(harness, "0.0.0.0", 8);
      join(socket, group, loopback);
      postReceives(socket, 8);
      peer.setNetworkInterface(loopback);
      peer.setTimeToLive(0);
      send(peer, at(group, socket));

      assertThat(infos(harness, socket, 1))
          .containsExactly(
              new Info(at(group, socket), PacketInfo.INTERFACE, loopback.getIndex(), 0, 0));
    }
  }

  /** The group of an interface's own sockets: its datagrams never leave the machine. */
  @Test
  void anIpv6GroupIsNoSourceAndHasItsScope() throws IOException {
    Inet6Address own = linkLocal();
    Needs.need(own != null, "a link-local IPv6 address");
    int index = own.getScopeId();
    byte[] ff01 = InetAddress.ofLiteral("ff01::123").getAddress();
    Inet6Address group = Inet6Address.getByAddress(null, ff01, index);
    try (MmsgHarness harness = new MmsgHarness();
        MulticastSocket peer = new MulticastSocket(new InetSocketAddress(own, 0))) {
      RequestQueue socket = open(harness, "::", 8);
      join(socket, group, NetworkInterface.getByIndex(index));
      postReceives(socket, 8);
      peer.setNetworkInterface(NetworkInterface.getByIndex(index));
      send(peer, at(group, socket));

      Info info = infos(harness, socket, 1).getFirst();

      assertThat(info.local()).isEqualTo(at(group, socket));
      assertThat(((Inet6Address) info.local().getAddress()).getScopeId()).isEqualTo(index);
      assertThat(info.origin()).isEqualTo(PacketInfo.INTERFACE);
      assertThat(info.interfaceIndex()).isEqualTo(index);
      InetSocketAddress target = (InetSocketAddress) peer.getLocalSocketAddress();
      reply(socket, 0, target, "by the interface", PacketInfo.INTERFACE, null, index);
      assertThat(harness.take(1)).extracting(Done::status).containsOnly(CompletionStatus.OK);
      assertThat(sender(peer).getAddress()).isEqualTo(own);
    }
  }

  /** This machine's own address: what is sent there never reaches the link. */
  @Test
  void aLinkLocalAddressHasItsScope() throws IOException {
    Inet6Address own = linkLocal();
    Needs.need(own != null, "a link-local IPv6 address");
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket peer = new DatagramSocket(0, own)) {
      RequestQueue socket = open(harness, "::", 8);
      postReceives(socket, 8);
      send(peer, at(own, socket));

      Info info = infos(harness, socket, 1).getFirst();

      assertThat(info.local()).isEqualTo(at(own, socket));
      assertThat(info.local().getAddress().getHostAddress()).contains("%");
      assertThat(((Inet6Address) info.local().getAddress()).getScopeId())
          .isEqualTo(own.getScopeId());
      InetSocketAddress target = (InetSocketAddress) peer.getLocalSocketAddress();
      reply(socket, 0, target, "by its scope", PacketInfo.ADDRESS, own, 0);
      assertThat(harness.take(1)).extracting(Done::status).containsOnly(CompletionStatus.OK);
      assertThat(sender(peer)).isEqualTo(at(own, socket));
    }
  }

  private static void join(RequestQueue socket, InetAddress group, NetworkInterface by)
      throws IOException {
    socket.changeMembership(
        MembershipChange.JOIN, new GroupMembership(group, by.getIndex(), by.getName(), null));
  }

  private static @Nullable Inet6Address linkLocal() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(InetAddress::isLinkLocalAddress)
        .filter(Inet6Address.class::isInstance)
        .map(Inet6Address.class::cast)
        .findFirst()
        .orElse(null);
  }

  /** A receive takes the room for the control away, of more than one batch and of each kind. */
  @Test
  void oneAfterTheOtherIsTold() throws IOException {
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket six = new DatagramSocket(0, V6)) {
      RequestQueue socket = open(harness, "::", 256);
      RequestQueue plain = harness.open(256, 1, 64);
      RequestQueue four = open(harness, "0.0.0.0", 256);
      for (int round = 0; round < 3; round++) {
        postReceives(socket, 256);
        postReceives(plain, 256);
        postReceives(four, 256);
        List<Info> expected = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
          InetAddress host = i % 2 == 0 ? V6 : i % 3 == 0 ? V4 : V4_SECOND;
          send(host.equals(V6) ? six : harness.peer, at(host, socket));
          expected.add(
              new Info(
                  at(host, socket), PacketInfo.ADDRESS, loopbackInterface().getIndex(), 64, 0));
        }
        assertThat(infos(harness, socket, 150)).isEqualTo(expected);
        harness.sendTo(plain, "plain".getBytes(UTF_8));
        assertThat(harness.take(1)).extracting(Done::text).containsExactly("plain");
        send(harness.peer, at(V4_SECOND, four));
        assertThat(infos(harness, four, 1).getFirst().local()).isEqualTo(at(V4_SECOND, four));
        for (RequestQueue each : List.of(socket, plain, four)) {
          each.withdrawReceives(new int[256], 256);
        }
      }
      assertThat(plain.receiveSlots().hasInfo()).isFalse();
      assertThat(plain.sendSlots().hasInfo()).isFalse();
    }
  }

  // ---- send

  private static void reply(
      RequestQueue socket,
      int slot,
      InetSocketAddress target,
      String text,
      int origin,
      @Nullable InetAddress source,
      int interfaceIndex) {
    prepare(socket, slot, origin, source, interfaceIndex);
    assertThat(postSend(socket, slot, target, text.getBytes(UTF_8)))
        .isEqualTo(RequestQueue.ACCEPTED);
    socket.commit();
  }

  private static InetSocketAddress sender(DatagramSocket peer) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[64], 64);
    peer.setSoTimeout(15_000);
    peer.receive(packet);
    return (InetSocketAddress) packet.getSocketAddress();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  void eachLeavesFromWhereItsSlotSaysAndTheRestOfTheBatchAsEver(String bind) throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness, bind, 8);
      InetSocketAddress peer = harness.peerAddress();
      int lo = loopbackInterface().getIndex();
      reply(socket, 0, peer, "picked", PacketInfo.UNKNOWN, null, 0);
      reply(socket, 1, peer, "second", PacketInfo.ADDRESS, V4_SECOND, 0);
      reply(socket, 2, peer, "picked", PacketInfo.UNKNOWN, null, 0);
      reply(socket, 3, peer, "by the interface", PacketInfo.INTERFACE, null, lo);
      reply(socket, 4, peer, "both", PacketInfo.ADDRESS, V4_SECOND, lo);
      reply(socket, 5, peer, "picked", PacketInfo.UNKNOWN, null, 0);

      assertThat(harness.take(6)).extracting(Done::status).containsOnly(CompletionStatus.OK);

      List<InetAddress> senders = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        senders.add(sender(harness.peer).getAddress());
      }
      assertThat(senders).containsExactly(V4, V4_SECOND, V4, V4, V4_SECOND, V4);
    }
  }

  @ParameterizedTest
  @CsvSource({"0.0.0.0", "::"})
  void aSourceThatIsNotThereFailsThatDatagramAlone(String bind) throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness, bind, 8);
      InetSocketAddress peer = harness.peerAddress();
      prepare(socket, 0, PacketInfo.UNKNOWN, null, 0);
      prepare(socket, 1, PacketInfo.ADDRESS, NOBODYS, 0);
      prepare(socket, 2, PacketInfo.ADDRESS, V4_SECOND, 0);
      prepare(socket, 3, PacketInfo.INTERFACE, null, 99_999);
      prepare(socket, 4, PacketInfo.ADDRESS, V4_SECOND, 99_999);
      prepare(socket, 5, PacketInfo.UNKNOWN, null, 0);
      for (int slot = 0; slot < 6; slot++) {
        postSend(socket, slot, peer, new byte[] {'x'});
      }
      socket.commit();

      List<Done> done = harness.take(6);

      assertThat(done)
          .extracting(Done::status)
          .containsExactly(
              CompletionStatus.OK,
              CompletionStatus.FAILED,
              CompletionStatus.OK,
              CompletionStatus.FAILED,
              CompletionStatus.FAILED,
              CompletionStatus.OK);
      assertThat(socket.error("send", done.get(1).code()))
          .hasMessageContaining("the source that the datagram asks for");
      assertThat(socket.error("send", done.get(3).code()).kind())
          .isEqualTo(KernelException.Kind.BAD_ADDRESS);
      assertThat(done.get(4).code()).isEqualTo(Errno.ENODEV.code());
      assertThat(sender(harness.peer).getAddress()).isEqualTo(V4);
      assertThat(sender(harness.peer).getAddress()).isEqualTo(V4_SECOND);
      assertThat(sender(harness.peer).getAddress()).isEqualTo(V4);
    }
  }

  @Test
  void anIpv6SocketAnswersIpv6FromTheAddressAskedAndNotAcrossFamilies() throws IOException {
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket six = new DatagramSocket(0, V6)) {
      RequestQueue socket = open(harness, "::", 8);
      InetSocketAddress peer = (InetSocketAddress) six.getLocalSocketAddress();
      reply(socket, 0, peer, "from ::1", PacketInfo.ADDRESS, V6, 0);
      reply(socket, 1, peer, "by lo", PacketInfo.INTERFACE, null, loopbackInterface().getIndex());
      reply(socket, 2, peer, "from IPv4", PacketInfo.ADDRESS, V4, 0);
      reply(socket, 3, harness.peerAddress(), "from IPv6", PacketInfo.ADDRESS, V6, 0);

      assertThat(harness.take(4))
          .extracting(Done::status)
          .containsExactly(
              CompletionStatus.OK,
              CompletionStatus.OK,
              CompletionStatus.FAILED,
              CompletionStatus.FAILED);
      assertThat(sender(six)).isEqualTo(at(V6, socket));
      assertThat(sender(six)).isEqualTo(at(V6, socket));
    }
  }

  // ---- connected

  /** What packet info has the system add before the error leaves room for it. */
  @ParameterizedTest
  @CsvSource({"0.0.0.0, 127.0.0.1", "::, 127.0.0.1", "::, ::1"})
  void aConnectedSocketIsStillToldWhatDidNotArrive(String bind, String host) throws IOException {
    InetAddress address = InetAddress.ofLiteral(host);
    int port;
    try (DatagramSocket gone = new DatagramSocket(0, address)) {
      port = gone.getLocalPort();
    }
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness, bind, 8);
      InetSocketAddress dead = new InetSocketAddress(address, port);
      socket.connect(dead);
      reply(socket, 0, dead, "x", PacketInfo.ADDRESS, address, 0);

      List<Done> done = harness.take(2);

      assertThat(done)
          .filteredOn(d -> !d.isReceive())
          .singleElement()
          .extracting(Done::status)
          .isEqualTo(CompletionStatus.OK);
      assertThat(done)
          .filteredOn(Done::isReceive)
          .singleElement()
          .extracting(Done::code)
          .isEqualTo(Errno.ECONNREFUSED.code());
    }
  }
}
