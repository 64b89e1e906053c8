package io.rioreactive.kernel.linux;

import static io.rioreactive.kernel.KernelHarness.loopback;
import static io.rioreactive.kernel.KernelHarness.postSend;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.PacketInfoRules;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketConfig;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sends that leave as one message come apart again as they were. */
@EnabledOnOs(OS.LINUX)
@Timeout(20)
class MmsgSegmentTest {

  private static final int SLOTS = 256;
  private static final int LARGEST = 65_507;
  private static final int[] SIZES = {0, 1, 2, 64, 999, 1_000, 1_472, 16_000, LARGEST};

  /** What the peers' buffers hold for certain. */
  private static final int MOST_BYTES = 400_000;

  private static RequestQueue open(
      MmsgHarness harness, String host, boolean segmentation, boolean packetInfo)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(host), 0);
    return harness.open(
        new SocketConfig(address, 1, SLOTS, LARGEST, packetInfo, segmentation, false, Map.of()));
  }

  private static RequestQueue open(MmsgHarness harness) throws IOException {
    return open(harness, "127.0.0.1", true, false);
  }

  /** A datagram that is easy to tell from others. */
  private static byte[] payload(int size, int seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[][] payloads(int count, int size) {
    byte[][] payloads = new byte[count][];
    Arrays.setAll(payloads, i -> payload(size, i));
    return payloads;
  }

  /** Posts them in a turn, and answers what became of them. */
  private static List<Done> send(
      MmsgHarness harness, RequestQueue socket, InetSocketAddress to, byte[]... payloads)
      throws IOException {
    for (int slot = 0; slot < payloads.length; slot++) {
      assertThat(postSend(socket, slot, to, payloads[slot])).isEqualTo(RequestQueue.ACCEPTED);
    }
    socket.commit();
    return harness.take(payloads.length);
  }

  private static byte[] receive(DatagramSocket peer) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
    peer.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  private static void assertReceived(DatagramSocket peer, byte[]... payloads) throws IOException {
    for (int i = 0; i < payloads.length; i++) {
      assertThat(receive(peer)).as("datagram %d", i).isEqualTo(payloads[i]);
    }
  }

  private static DatagramSocket peer(String host) throws IOException {
    DatagramSocket peer = new DatagramSocket(0, InetAddress.ofLiteral(host));
    peer.setReceiveBufferSize(4 << 20);
    peer.setSoTimeout(15_000);
    return peer;
  }

  // ---- the same bytes with and without

  static Stream<Arguments> sockets() {
    return Stream.of("127.0.0.1 127.0.0.1", "0.0.0.0 127.0.0.1", ":: ::1", ":: 127.0.0.1")
        .map(hosts -> hosts.split(" "))
        .flatMap(
            hosts ->
                Stream.of(true, false)
                    .flatMap(
                        segmentation ->
                            Stream.of(true, false)
                                .map(
                                    info -> Arguments.of(hosts[0], hosts[1], segmentation, info))));
  }

  @ParameterizedTest
  @MethodSource("sockets")
  void sizesAndPeersInAnyOrderComeAsTheyWereSent(
      String bind, String host, boolean segmentation, boolean packetInfo) throws IOException {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      try (MmsgHarness harness = new MmsgHarness();
          DatagramSocket first = peer(host);
          DatagramSocket second = peer(host)) {
        RequestQueue socket = open(harness, bind, segmentation, packetInfo);
        List<DatagramSocket> to = new ArrayList<>();
        List<byte[]> payloads = new ArrayList<>();
        int size = 1;
        int bytes = 0;
        DatagramSocket peer = first;
        while (payloads.size() < SLOTS && bytes < MOST_BYTES) {
          if (random.nextInt(20) == 0) {
            size = SIZES[random.nextInt(SIZES.length)];
          }
          if (random.nextInt(40) == 0) {
            peer = peer.equals(first) ? second : first;
          }
          int length = random.nextInt(30) == 0 ? random.nextInt(size + 1) : size;
          bytes += length;
          payloads.add(payload(length, payloads.size()));
          to.add(peer);
        }
        for (int i = 0; i < payloads.size(); i++) {
          var address = (InetSocketAddress) to.get(i).getLocalSocketAddress();
          postSend(socket, i, address, payloads.get(i));
        }
        socket.commit();

        assertThat(harness.take(payloads.size()))
            .as("seed %d", seed)
            .extracting(Done::slot, Done::status, Done::length)
            .containsExactlyElementsOf(
                IntStream.range(0, payloads.size())
                    .mapToObj(i -> tuple(i, CompletionStatus.OK, payloads.get(i).length))
                    .toList());
        for (int i = 0; i < payloads.size(); i++) {
          assertThat(receive(to.get(i))).as("%d, seed %d", i, seed).isEqualTo(payloads.get(i));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1, true", "127.0.0.1, false", "::1, true", "::1, false"})
  void aConnectedSocketSendsThemToo(String host, boolean segmentation) throws IOException {
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket peer = peer(host)) {
      RequestQueue socket = open(harness, host, segmentation, false);
      InetSocketAddress to = (InetSocketAddress) peer.getLocalSocketAddress();
      socket.connect(to);
      byte[][] payloads = payloads(100, 700);

      assertThat(send(harness, socket, to, payloads))
          .extracting(Done::status)
          .containsOnly(CompletionStatus.OK);

      assertThat(harness.libc.messagesSent).isEqualTo(segmentation ? 2 : 36);
      assertReceived(peer, payloads);
    }
  }

  // ---- which are one message

  @ParameterizedTest
  @CsvSource({
    "1, 64, 1",
    "1, 65, 2",
    "1, 256, 4",
    "1000, 65, 2",
    "2000, 32, 1",
    "2000, 33, 2",
    "32753, 2, 1",
    "32754, 2, 2",
    "65507, 3, 3",
    "0, 3, 3"
  })
  void aMessageHasSoManyAtMost(int size, int count, int messages) throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      byte[][] payloads = payloads(count, size);
      harness.peer.setReceiveBufferSize(4 << 20);

      send(harness, open(harness), harness.peerAddress(), payloads);

      assertThat(harness.libc.messagesSent).isEqualTo(messages);
      assertThat(harness.libc.sendCalls).isEqualTo(1);
      assertReceived(harness.peer, payloads);
    }
  }

  @ParameterizedTest
  @CsvSource({"'8 8 7', 1", "'8 7 8', 2", "'8 7 7', 2", "'7 8 8', 2", "'8 8 0 8', 3", "'8 9', 2"})
  void aShorterOneIsTheLast(String sizes, int messages) throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      byte[][] payloads =
          Stream.of(sizes.split(" "))
              .map(size -> payload(Integer.parseInt(size), size.hashCode()))
              .toArray(byte[][]::new);

      send(harness, open(harness), harness.peerAddress(), payloads);

      assertThat(harness.libc.messagesSent).isEqualTo(messages);
      assertReceived(harness.peer, payloads);
    }
  }

  @Test
  void moreThanOneCallTakesAreSentInOneCommit() throws IOException {
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket other = peer("127.0.0.1")) {
      RequestQueue socket = open(harness);
      for (int slot = 0; slot < SLOTS; slot++) { // no two alike
        var to = slot % 2 == 0 ? harness.peer : other;
        postSend(socket, slot, (InetSocketAddress) to.getLocalSocketAddress(), payload(8, slot));
      }
      socket.commit();

      assertThat(harness.take(SLOTS)).extracting(Done::status).containsOnly(CompletionStatus.OK);
      assertThat(harness.libc.sendCalls).isEqualTo(4);
    }
  }

  @Test
  void aCallHasSoManyDatagramsAtMost() throws IOException {
    int count = 3 * SendMessages.MOST_DATAGRAMS;
    try (MmsgHarness harness = new MmsgHarness()) {
      harness.peer.setReceiveBufferSize(4 << 20);
      RequestQueue socket =
          harness.open(new SocketConfig(loopback(0), 1, count, 16, false, true, false, Map.of()));
      byte[][] payloads = payloads(count, 16);

      assertThat(send(harness, socket, harness.peerAddress(), payloads)).hasSize(count);

      assertThat(harness.libc.sendCalls).isEqualTo(3);
      assertReceived(harness.peer, payloads);
    }
  }

  @Test
  void anotherSourceIsAnotherMessage() throws IOException {
    InetAddress second = InetAddress.ofLiteral("127.0.0.2");
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness, "0.0.0.0", true, true);
      List<InetAddress> sources =
          List.of(PacketInfoRules.V4, PacketInfoRules.V4, second, second, PacketInfoRules.V4);
      for (int slot = 0; slot < sources.size(); slot++) {
        PacketInfoRules.prepare(socket, slot, PacketInfo.ADDRESS, sources.get(slot), 0);
        postSend(socket, slot, harness.peerAddress(), payload(8, slot));
      }
      socket.commit();
      harness.take(sources.size());

      assertThat(harness.libc.messagesSent).isEqualTo(3);
      for (InetAddress source : sources) {
        DatagramPacket packet = new DatagramPacket(new byte[8], 8);
        harness.peer.receive(packet);
        assertThat(packet.getAddress()).isEqualTo(source);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 127.0.0.1, 127.0.0.2",
    "::, 127.0.0.1, 127.0.0.2",
    "::, ::1, ::1",
  })
  void aRunLeavesFromTheSourceItNames(String bind, String to, String from) throws IOException {
    InetAddress source = InetAddress.ofLiteral(from);
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket peer = peer(to)) {
      RequestQueue socket = open(harness, bind, true, true);
      for (int slot = 0; slot < 64; slot++) {
        PacketInfoRules.prepare(socket, slot, PacketInfo.ADDRESS, source, 0);
        var address = (InetSocketAddress) peer.getLocalSocketAddress();
        postSend(socket, slot, address, payload(100, slot));
      }
      socket.commit();
      harness.take(64);

      assertThat(harness.libc.sendCalls).isEqualTo(1);
      assertThat(harness.libc.messagesSent).isEqualTo(1);
      for (int i = 0; i < 64; i++) {
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        peer.receive(packet);
        assertThat(packet.getAddress()).isEqualTo(source);
        assertThat(packet.getData()).isEqualTo(payload(100, i));
      }
    }
  }

  @Test
  void anOldSystemIsNotAskedToCut() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      harness.libc.isOld = true;
      byte[][] payloads = payloads(3, 10);

      send(harness, open(harness), harness.peerAddress(), payloads);

      assertThat(harness.libc.messagesSent).isEqualTo(3);
      assertReceived(harness.peer, payloads);
    }
  }

  // ---- what the system refuses

  @ParameterizedTest
  @EnumSource(names = {"EINVAL", "EMSGSIZE", "EOPNOTSUPP", "EPERM"})
  void aRefusedRunIsSentPlainAndRemembered(Errno errno) throws IOException {
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket other = peer("127.0.0.1")) {
      RequestQueue socket = open(harness);
      byte[][] payloads = payloads(10, 100);
      harness.libc.failSend(errno);

      assertSentIn(10, harness, socket, harness.peer, payloads);
      assertThat(harness.libc.sendCalls).isEqualTo(2);
      assertSentIn(10, harness, socket, harness.peer, payloads);
      assertSentIn(10, harness, socket, harness.peer, payloads(10, 101));
      assertSentIn(1, harness, socket, harness.peer, payloads(10, 99));
      assertSentIn(1, harness, socket, other, payloads);
    }
  }

  private static void assertSentIn(
      int messages, MmsgHarness harness, RequestQueue socket, DatagramSocket to, byte[]... payloads)
      throws IOException {
    InetSocketAddress address = (InetSocketAddress) to.getLocalSocketAddress();
    assertThat(send(harness, socket, address, payloads))
        .extracting(Done::status)
        .containsOnly(CompletionStatus.OK);
    assertThat(harness.libc.messagesSent).isEqualTo(messages);
    assertReceived(to, payloads);
  }

  /** However long the runs are. */
  @ParameterizedTest
  @ValueSource(ints = {2, 7})
  void whatWasRefusedIsTriedAgainNowAndThen(int length) throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness);
      byte[][] payloads = payloads(length, 100);
      harness.libc.failSend(Errno.EMSGSIZE);
      for (int i = 0; i <= SegmentRefusals.RUNS_UNTIL_RETRY; i++) {
        assertSentIn(length, harness, socket, harness.peer, payloads);
      }
      assertSentIn(1, harness, socket, harness.peer, payloads);
    }
  }

  @Test
  void aRefusedRunBehindOthersIsSentPlainInItsPlace() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness);
      byte[][] payloads = {
        payload(9, 0),
        payload(10, 1),
        payload(10, 2),
        payload(10, 3),
        payload(11, 4),
        payload(11, 5)
      };
      harness.libc.limitSend(1).failSend(Errno.EINVAL); // [9], refused: [10, 10, 10]
      send(harness, socket, harness.peerAddress(), payloads);

      assertThat(harness.libc.messagesSent).isEqualTo(3 + 2); // larger ones go plain too
      assertReceived(harness.peer, payloads);
    }
  }

  @Test
  void aRefusedRunOfAConnectedSocketIsSentPlain() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness);
      socket.connect(harness.peerAddress());
      byte[][] payloads = payloads(10, 100);
      harness.libc.failSend(Errno.EMSGSIZE).failSend(Errno.EMSGSIZE); // the first may be old news

      assertSentIn(10, harness, socket, harness.peer, payloads);
    }
  }

  @Test
  void whatCannotGoAtAllFailsEachByItself() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness);
      List<Done> done = send(harness, socket, loopback(0), payloads(5, 10));

      assertThat(done).extracting(Done::status).containsOnly(CompletionStatus.FAILED);
      assertThat(done).extracting(Done::slot).containsExactly(0, 1, 2, 3, 4);
      assertThat(socket.error("send", done.getFirst().code()).kind())
          .isEqualTo(KernelException.Kind.BAD_ADDRESS);
      assertSentIn(1, harness, socket, harness.peer, payloads(5, 10));
    }
  }

  @Test
  void aShortageIsMetWithSmallerMessages() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness);
      harness.libc.failSend(Errno.ENOBUFS);

      assertSentIn(5, harness, socket, harness.peer, payloads(5, 1_000));
      assertSentIn(1, harness, socket, harness.peer, payloads(5, 1_000));
    }
  }

  @Test
  void aShortageThatLastsIsMetWithSmallerMessagesToo() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness);
      harness.libc.failSend(Errno.ENOBUFS).failSend(Errno.ENOBUFS);

      assertSentIn(5, harness, socket, harness.peer, payloads(5, 1_000));
    }
  }

  @Test
  void whatComesAfterAForbiddenRunIsLookedAtAnew() throws IOException {
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket other = peer("127.0.0.1")) {
      RequestQueue socket = open(harness);
      harness.libc.failSend(Errno.EMSGSIZE);
      assertSentIn(4, harness, socket, harness.peer, payloads(4, 100));

      for (int slot = 0; slot < 8; slot++) {
        var to = slot < 4 ? harness.peer : other;
        postSend(socket, slot, (InetSocketAddress) to.getLocalSocketAddress(), payload(100, slot));
      }
      harness.libc.limitSend(2); // and then begins within the forbidden run
      socket.commit();

      assertThat(harness.take(8)).extracting(Done::slot).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
      assertThat(harness.libc.messagesSent).isEqualTo(2 + 1);
      byte[][] payloads = payloads(8, 100);
      assertReceived(harness.peer, Arrays.copyOfRange(payloads, 0, 4));
      assertReceived(other, Arrays.copyOfRange(payloads, 4, 8));
    }
  }

  @Test
  void aFullSocketBufferTakesTheRunLater() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness);
      harness.libc.failSend(Errno.EAGAIN);

      assertSentIn(1, harness, socket, harness.peer, payloads(5, 1_000));
    }
  }

  @Test
  void aDeadPortIsToldAtLeastOnceAndNoSendFails() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness);
      InetSocketAddress dead = harness.peerAddress();
      harness.peer.close();
      socket.connect(dead);
      for (int slot = 0; slot < 100; slot++) {
        postSend(socket, slot, dead, payload(10, slot));
      }
      socket.commit();

      List<Done> done = harness.take(101);

      assertThat(done).filteredOn(d -> !d.isReceive()).hasSize(100);
      assertThat(done)
          .filteredOn(d -> !d.isReceive())
          .extracting(Done::status)
          .containsOnly(CompletionStatus.OK);
      assertThat(done).anyMatch(d -> d.slot() == -1 && d.code() == Errno.ECONNREFUSED.code());
    }
  }
}
