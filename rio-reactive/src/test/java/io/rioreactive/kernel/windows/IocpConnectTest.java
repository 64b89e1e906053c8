package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.WINDOWS)
class IocpConnectTest {

  @Test
  void theSystemIsAskedToTellOfEarlierDatagrams() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      assertThat(harness.winsock.switchedOn).isEmpty();

      socket.connect(harness.peerAddress());

      assertThat(harness.winsock.switchedOn)
          .containsExactlyInAnyOrder(Constants.SIO_UDP_CONNRESET, Constants.SIO_UDP_NETRESET);
    }
  }

  /** Which would take its peer away. */
  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  void anAddressOfZerosIsNoPeer(String host) throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      InetSocketAddress zeros = new InetSocketAddress(InetAddress.ofLiteral(host), 9);
      assertThatThrownBy(() -> socket.connect(zeros))
          .isInstanceOf(KernelException.class)
          .hasMessageContaining("WSAEADDRNOTAVAIL (10049)");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"WSAECONNRESET", "WSAENETRESET", "WSAECONNREFUSED"})
  void aSendThatIsRefusedForEarlierOnesIsMadeAgainAndEachIsNews(WsaError error) throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      socket.connect(harness.peerAddress());
      harness.winsock.refuseSend(error).refuseSend(error).refuseSend(error);
      harness.send(socket, 0, "again");

      List<Done> done = harness.take(4);

      assertThat(done).contains(Done.sent(socket, 0, "again"));
      assertThat(news(done)).containsExactly(error.code(), error.code(), error.code());
      assertThat(harness.receiveAtPeer()).isEqualTo("again");
    }
  }

  @Test
  void aSendThatEndsForEarlierOnesIsMadeAgainAndEachIsNews() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      socket.connect(harness.peerAddress());
      harness
          .winsock
          .failSendLater(NtStatus.STATUS_PORT_UNREACHABLE)
          .failSendLater(NtStatus.STATUS_CONNECTION_RESET);
      harness.send(socket, 0, "again");

      List<Done> done = harness.take(3);

      assertThat(done).contains(Done.sent(socket, 0, "again"));
      assertThat(news(done)).containsExactly(10054, 10054);
      assertThat(harness.receiveAtPeer()).isEqualTo("again");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSendThatMeetsNothingElseFails(boolean isLater) throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      socket.connect(harness.peerAddress());
      for (int i = 0; i < IocpRequestQueue.MOST_ATTEMPTS; i++) {
        if (isLater) {
          harness.winsock.failSendLater(NtStatus.STATUS_PORT_UNREACHABLE);
        } else {
          harness.winsock.refuseSend(WsaError.WSAECONNRESET);
        }
      }
      harness.send(socket, 0, "x");

      List<Done> done = harness.take(IocpRequestQueue.MOST_ATTEMPTS);

      assertThat(news(done)).hasSize(IocpRequestQueue.MOST_ATTEMPTS - 1).containsOnly(10054);
      assertThat(done)
          .filteredOn(d -> !d.isReceive())
          .singleElement()
          .returns(CompletionStatus.FAILED, Done::status)
          .returns(10054, Done::code);
      harness.send(socket, 0, "next");
      assertThat(harness.take(1)).containsExactly(Done.sent(socket, 0, "next"));
    }
  }

  /** The slot is the pump's again; what it says is the news. */
  @Test
  void aReceiveThatIsRefusedForEarlierDatagramsFails() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      socket.connect(harness.peerAddress());
      harness.winsock.refuseReceive(WsaError.WSAECONNRESET);
      KernelHarness.postReceives(socket, 1);

      Done done = harness.take(1).getFirst();

      assertThat(done.slot()).isZero();
      assertThat(done.status()).isEqualTo(CompletionStatus.FAILED);
      assertThat(socket.error("receive", done.code()).kind())
          .isEqualTo(KernelException.Kind.UNREACHABLE);
    }
  }

  private static List<Integer> news(List<Done> done) {
    return done.stream().filter(d -> d.slot() < 0).map(Done::code).toList();
  }
}
