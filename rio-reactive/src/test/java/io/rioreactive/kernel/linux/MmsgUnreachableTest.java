package io.rioreactive.kernel.linux;

import static io.rioreactive.kernel.KernelHarness.loopback;
import static io.rioreactive.kernel.KernelHarness.postReceives;
import static io.rioreactive.kernel.KernelHarness.postSend;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a connected socket is told of datagrams that did not arrive. */
@EnabledOnOs(OS.LINUX)
@Timeout(20)
class MmsgUnreachableTest {

  private static final int SENDS = 1_000;
  private static final byte[] X = new byte[1];

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 127.0.0.1, COMPLETION_PORT",
    "0.0.0.0, 127.0.0.1, POLLED",
    "::, ::1, COMPLETION_PORT",
    "::, 127.0.0.1, COMPLETION_PORT"
  })
  void eachOfAThousandToADeadPortIsSentAndTold(String bind, String host, WaitMode waitMode)
      throws IOException {
    try (MmsgHarness harness = new MmsgHarness(waitMode)) {
      RequestQueue socket = open(harness, bind, SENDS, Map.of());
      connectToDeadPort(harness, socket, host);
      send(socket, SENDS);

      List<Done> done = harness.take(2 * SENDS);

      assertThat(done)
          .filteredOn(d -> !d.isReceive())
          .extracting(Done::slot)
          .containsExactlyElementsOf(IntStream.range(0, SENDS).boxed().toList());
      assertThat(done)
          .filteredOn(d -> !d.isReceive())
          .extracting(Done::status)
          .containsOnly(CompletionStatus.OK);
      assertThat(done).filteredOn(d -> isRefused(d)).hasSize(SENDS);
      assertQuiet(harness);
    }
  }

  @Test
  void theBufferNeedsRoomForOneOnly() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket =
          open(harness, "127.0.0.1", SENDS, Map.of(StandardSocketOptions.SO_RCVBUF, 1));
      connectToDeadPort(harness, socket, "127.0.0.1");
      for (int slot = 0; slot < SENDS; slot++) {
        postSend(socket, slot, loopback(9), X);
        socket.commit();
      }

      assertThat(harness.take(2 * SENDS)).filteredOn(d -> isRefused(d)).hasSize(SENDS);
      assertQuiet(harness);
    }
  }

  @Test
  void whoHasPostedNothingIsToldWhileItWaits() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness, "127.0.0.1", 1, Map.of());
      connectToDeadPort(harness, socket, "127.0.0.1");
      for (int i = 0; i < 3; i++) {
        send(socket, 1);
        assertThat(harness.dequeue()).containsExactly(Done.sent(socket, 0, "x"));
        harness.await("though the port is dead");
        assertThat(harness.take(1)).allMatch(MmsgUnreachableTest::isRefused);
        assertQuiet(harness);
      }
    }
  }

  @Test
  void aDatagramIsReceivedBesideTheNews() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness, "127.0.0.1", 8, Map.of());
      InetSocketAddress peer = harness.peerAddress();
      socket.connect(peer);
      postReceives(socket, 1);
      harness.sendTo(socket, X, X);
      harness.peer.close();
      send(socket, 8);

      List<Done> done = harness.take(8 + 8 + 1);

      assertThat(done).filteredOn(d -> isRefused(d)).hasSize(8);
      assertThat(done).filteredOn(d -> d.isReceive() && d.slot() == 0).hasSize(1);
      assertQuiet(harness); // no receive is left: the second datagram waits
      socket.postReceive(0);
      assertThat(harness.take(1)).extracting(Done::slot).containsExactly(0);
    }
  }

  @Test
  void aFloodOfNewsLeavesTheOthersTheirTurn() throws IOException {
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket other = new DatagramSocket(loopback(0))) {
      RequestQueue flooded = open(harness, "127.0.0.1", SENDS, Map.of());
      connectToDeadPort(harness, flooded, "127.0.0.1");
      RequestQueue quiet = harness.open(1, 1, 64);
      postReceives(quiet, 1);
      send(flooded, SENDS);
      harness.dequeue(16);
      other.send(new DatagramPacket(X, 1, quiet.localAddress()));

      int turns = 0;
      while (harness.dequeue(16).stream().noneMatch(d -> d.socket() == quiet.index())) {
        assertThat(++turns).isLessThan(40);
      }
    }
  }

  @Test
  void anErrorThatHadNoRoomInTheQueueIsCleared() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket =
          open(harness, "127.0.0.1", 1, Map.of(StandardSocketOptions.SO_RCVBUF, 1));
      socket.connect(harness.peerAddress());
      for (int i = 0; i < 100; i++) {
        harness.sendTo(socket, X);
      }
      harness.peer.close();
      send(socket, 1);
      assertThat(harness.take(1)).containsExactly(Done.sent(socket, 0, "x"));

      harness.await("though there is an error");
      assertThat(harness.dequeue()).isEmpty();
      assertThat(harness.libc.errorReads).isEqualTo(1);
      assertQuiet(harness);
      assertThat(harness.libc.errorReads).as("poll tells of it no more").isEqualTo(1);
    }
  }

  @Test
  void whatASendFailsWithItselfIsToldOnce() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(MmsgHarness.config(loopback(0), 1, 3, 65_527, Map.of()));
      socket.connect(harness.peerAddress());
      harness.send(socket, 0, "first");
      postSend(socket, 1, harness.peerAddress(), new byte[65_508]);
      harness.send(socket, 2, "second");
      socket.commit();

      List<Done> done = harness.take(3);

      assertThat(done).extracting(Done::slot).containsExactly(0, 1, 2);
      assertThat(done.get(1).status()).isEqualTo(CompletionStatus.FAILED);
      assertThat(socket.error("send", done.get(1).code()).kind())
          .isEqualTo(KernelException.Kind.TOO_LARGE);
      assertQuiet(harness);
      assertThat(harness.receiveAtPeer()).isEqualTo("first");
      assertThat(harness.receiveAtPeer()).isEqualTo("second");
    }
  }

  @Test
  void aSendThatMetAnEarlierErrorIsSentOnce() throws IOException {
    for (Errno errno : List.of(Errno.ECONNREFUSED, Errno.EHOSTUNREACH, Errno.EMSGSIZE)) {
      try (MmsgHarness harness = new MmsgHarness()) {
        RequestQueue socket = harness.open(1, 3, 64);
        socket.connect(harness.peerAddress());
        harness.libc.limitSend(1).failSend(errno);
        harness.sendThree(socket);

        assertThat(harness.take(3)).extracting(Done::status).containsOnly(CompletionStatus.OK);
        harness.send(socket, 0, "last");
        socket.commit();
        for (String text : List.of("x", "x", "x", "last")) {
          assertThat(harness.receiveAtPeer()).isEqualTo(text);
        }
      }
    }
  }

  @Test
  void newsBetweenTwoFailuresExplainThem() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness, "127.0.0.1", 2, Map.of());
      connectToDeadPort(harness, socket, "127.0.0.1");
      send(socket, 1); // goes, and brings the news
      harness.libc.failSend(Errno.EHOSTUNREACH).failSend(Errno.EHOSTUNREACH);
      postSend(socket, 1, loopback(9), X);
      socket.commit();

      List<Done> done = harness.take(4);
      assertThat(done).filteredOn(d -> isRefused(d)).hasSize(2);
      assertThat(done).contains(Done.sent(socket, 0, "x"), Done.sent(socket, 1, "x"));
    }
  }

  @Test
  void anErrorThatComesAgainWithoutNewsFailsTheDatagram() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(1, 3, 64);
      socket.connect(harness.peerAddress());
      harness.libc.failSend(Errno.EHOSTUNREACH).failSend(Errno.EHOSTUNREACH);
      harness.sendThree(socket);

      assertThat(harness.take(3))
          .extracting(Done::status)
          .containsExactly(CompletionStatus.FAILED, CompletionStatus.OK, CompletionStatus.OK);
    }
  }

  @Test
  void anUnconnectedSocketIsToldNothingAndAsksNothing() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      InetSocketAddress dead = harness.peerAddress();
      harness.peer.close();
      RequestQueue socket = harness.open(4, 64, 64);
      postReceives(socket, 4);
      for (int slot = 0; slot < 64; slot++) {
        postSend(socket, slot, dead, X);
      }
      socket.commit();

      assertThat(harness.take(64)).extracting(Done::status).containsOnly(CompletionStatus.OK);
      assertQuiet(harness);
      assertThat(harness.libc.sendCalls).isEqualTo(1);
      assertThat(harness.libc.errorReads).isZero();
    }
  }

  private static boolean isRefused(Done done) {
    return done.isReceive()
        && done.slot() == -1
        && done.status() == CompletionStatus.FAILED
        && done.code() == Errno.ECONNREFUSED.code();
  }

  /** Neither a look at the sockets nor a wait brings anything more. */
  private static void assertQuiet(MmsgHarness harness) throws IOException {
    List<Done> more = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      more.addAll(harness.dequeue());
    }
    harness.queue.wake();
    harness.queue.await();
    more.addAll(harness.dequeue());
    assertThat(more).isEmpty();
  }

  private static RequestQueue open(
      MmsgHarness harness, String host, int sends, Map<SocketOption<?>, Object> options)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(host), 0);
    return harness.open(MmsgHarness.config(address, 1, sends, 64, options));
  }

  private static void connectToDeadPort(MmsgHarness harness, RequestQueue socket, String host)
      throws IOException {
    int port = harness.peerAddress().getPort();
    harness.peer.close();
    socket.connect(new InetSocketAddress(InetAddress.ofLiteral(host), port));
  }

  private static void send(RequestQueue socket, int count) {
    for (int slot = 0; slot < count; slot++) {
      assertThat(postSend(socket, slot, loopback(9), X)).isEqualTo(RequestQueue.ACCEPTED);
    }
    socket.commit();
  }
}
