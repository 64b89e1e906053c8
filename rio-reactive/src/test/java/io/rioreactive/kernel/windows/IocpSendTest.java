package io.rioreactive.kernel.windows;

import static io.rioreactive.kernel.KernelHarness.loopback;
import static io.rioreactive.kernel.KernelHarness.postReceives;
import static io.rioreactive.kernel.KernelHarness.postSend;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.WINDOWS)
@Timeout(30)
class IocpSendTest {

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sendsInTheOrderPosted(boolean refusesModes) throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      harness.kernel32.refusesModes = refusesModes;
      RequestQueue socket = harness.open(1, 4, 64);
      for (int round = 0; round < 3; round++) {
        for (int slot : new int[] {2, 0, 3}) {
          harness.send(socket, slot, "slot " + slot);
        }
        socket.commit();

        assertThat(harness.take(3))
            .containsExactlyInAnyOrder(
                Done.sent(socket, 2, "slot 2"),
                Done.sent(socket, 0, "slot 0"),
                Done.sent(socket, 3, "slot 3"));
        assertThat(harness.receiveAtPeer()).isEqualTo("slot 2");
        assertThat(harness.receiveAtPeer()).isEqualTo("slot 0");
        assertThat(harness.receiveAtPeer()).isEqualTo("slot 3");
      }
    }
  }

  @Test
  void aDatagramThatCannotGoFailsAloneInTheMiddle() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(1, 5, 65_527);
      harness.send(socket, 0, "first");
      postSend(socket, 1, loopback(0), "port 0".getBytes(UTF_8));
      harness.send(socket, 2, "second");
      postSend(socket, 3, harness.peerAddress(), new byte[65_508]);
      harness.send(socket, 4, "third");
      socket.commit();

      List<Done> done = harness.take(5);

      assertThat(done).extracting(Done::slot).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
      assertThat(done)
          .filteredOn(d -> d.status() == CompletionStatus.FAILED)
          .extracting(Done::slot)
          .containsExactlyInAnyOrder(1, 3);
      assertThat(kindOf(socket, done, 1)).isEqualTo(KernelException.Kind.BAD_ADDRESS);
      assertThat(kindOf(socket, done, 3)).isEqualTo(KernelException.Kind.TOO_LARGE);
      assertThat(harness.receiveAtPeer()).isEqualTo("first");
      assertThat(harness.receiveAtPeer()).isEqualTo("second");
      assertThat(harness.receiveAtPeer()).isEqualTo("third");
    }
  }

  private static KernelException.Kind kindOf(RequestQueue socket, List<Done> all, int slot) {
    Done done = all.stream().filter(d -> d.slot() == slot).findFirst().orElseThrow();
    return socket.error("send", done.code()).kind();
  }

  @Test
  void anErrorOfAnEarlierDatagramDoesNotFailThisOne() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(1, 3, 64);
      harness.winsock.refuseSend(WsaError.WSAECONNRESET).refuseSend(WsaError.WSAENETRESET);
      harness.sendThree(socket);

      assertThat(harness.take(3)).extracting(Done::status).containsOnly(CompletionStatus.OK);
      assertThat(harness.winsock.sendCalls).isEqualTo(5);
    }
  }

  @Test
  void anErrorThatComesAgainAndAgainFailsTheDatagramInTheEnd() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(1, 3, 64);
      for (int i = 0; i < IocpRequestQueue.MOST_ATTEMPTS_WITHOUT_PEER; i++) {
        harness.winsock.refuseSend(WsaError.WSAECONNRESET);
      }
      harness.sendThree(socket);

      List<Done> done = harness.take(3);

      assertThat(done)
          .filteredOn(d -> d.status() == CompletionStatus.FAILED)
          .extracting(Done::slot)
          .containsExactly(0);
      assertThat(done).filteredOn(d -> d.status() == CompletionStatus.OK).hasSize(2);
    }
  }

  @Test
  void aShortageIsARefusalThatPasses() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      harness.winsock.refuseSend(WsaError.WSAENOBUFS);

      int code = postSend(socket, 0, harness.peerAddress(), new byte[1]);

      assertThat(socket.error("post a send", code).kind())
          .isEqualTo(KernelException.Kind.TRANSIENT);
      assertThat(harness.dequeue()).isEmpty();
      harness.send(socket, 0, "x");
      assertThat(harness.take(1)).containsExactly(Done.sent(socket, 0, "x"));
    }
  }

  @Test
  void aFatalErrorFailsTheSocket() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      harness.winsock.refuseSend(WsaError.WSAENOTSOCK);
      harness.send(socket, 0, "x");

      Done done = harness.take(1).getFirst();

      assertThat(done.status()).isEqualTo(CompletionStatus.SOCKET_FAILED);
      assertThat(done.code()).isEqualTo(WsaError.WSAENOTSOCK.code());
    }
  }

  @Test
  void aPacketNobodyAskedForIsNoCompletion() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(1, 2, 64);
      harness.winsock.sendsSkippedPackets = true;
      for (int round = 0; round < 10; round++) {
        harness.send(socket, 0, "x");
        assertThat(harness.take(1)).containsExactly(Done.sent(socket, 0, "x"));
        assertThat(harness.dequeue()).isEmpty();
        assertThat(harness.dequeue()).isEmpty();
      }
      assertThat(harness.winsock.doneAtOnce).isPositive();
    }
  }

  @Test
  void resultsLeaveRoomForReceives() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(4, 32, 64);
      postReceives(socket, 4);
      harness.sendTo(socket, new byte[1]);
      harness.awaitPackets();
      for (int slot = 0; slot < 32; slot++) {
        harness.send(socket, slot, "x");
      }
      socket.commit();

      assertThat(harness.dequeue(8)).filteredOn(Done::isReceive).hasSize(1);
    }
  }
}
