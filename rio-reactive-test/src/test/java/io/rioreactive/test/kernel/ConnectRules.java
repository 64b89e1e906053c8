package io.rioreactive.test.kernel;

import static io.rioreactive.test.kernel.TestPump.loopback;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketAddressFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@link RequestQueue#connect} promises. What is told of dead peers is in UnreachableRules.
 */
interface ConnectRules extends OnKernel {

  /** Whether another peer can be had with the port. Not with {@code nio} in Wine. */
  default boolean keepsPort() {
    return true;
  }

  /** Refuses the next connect, if the kernel would take a broadcast or an address of no use. */
  default void refuseNextConnect(TestSocket socket) {}

  @Test
  default void aSendGoesToThePeerWhateverItsSlotSays() throws IOException {
    try (TestPump pump = open()) {
      TestSocket peer = pump.open(2, 1, 64).post(0, 1);
      TestSocket stranger = pump.open(1, 1, 64).post(0);
      peer.commit();
      stranger.commit();
      TestSocket socket = pump.open(1, 2, 64);
      socket.connect(peer.address());

      socket.send(0, stranger, "first").commit();
      socket.send(1, stranger, "second").commit();

      assertThat(socket.takeSends(2))
          .containsExactlyInAnyOrder(Done.sent(0, "first"), Done.sent(1, "second"));
      assertThat(peer.takeReceives(2))
          .extracting(Done::text)
          .containsExactlyInAnyOrder("first", "second");
      stranger.send(0, stranger, "nothing before").commit();
      assertThat(stranger.takeReceive().text()).isEqualTo("nothing before");
    }
  }

  @Test
  default void aSendWhoseSlotHasNoAddressGoesToThePeer() throws IOException {
    String text = "x".repeat(64);
    try (TestPump pump = open()) {
      TestSocket peer = pump.open(1, 1, 64).post(0);
      peer.commit();
      TestSocket socket = pump.open(1, 1, 64);
      socket.connect(peer.address());
      socket.write(0, text);

      assertThat(socket.postWritten(0, 64)).isEqualTo(RequestQueue.ACCEPTED);
      socket.commit();

      assertThat(socket.takeSend()).isEqualTo(Done.sent(0, text));
      assertThat(peer.takeReceive().text()).isEqualTo(text);
    }
  }

  @Test
  default void nobodyElseIsHeard() throws IOException {
    try (TestPump pump = open()) {
      TestSocket peer = pump.open(1, 3, 64);
      TestSocket stranger = pump.open(1, 2, 64);
      TestSocket socket = pump.open(4, 1, 64);
      socket.connect(peer.address());
      socket.postFirst(4).commit();

      stranger.send(0, socket, "stranger").commit();
      peer.send(0, socket, "first").commit();
      stranger.send(1, socket, "stranger").commit();
      peer.send(1, socket, "second").commit();

      assertThat(socket.takeReceives(2))
          .extracting(Done::text)
          .containsExactlyInAnyOrder("first", "second");
      peer.send(2, socket, "third").commit();
      assertThat(socket.takeReceive())
          .returns("third", Done::text)
          .returns(peer.address(), Done::sender);
    }
  }

  /** The wildcard addresses as well: there the system picks an address for each peer. */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::"})
  default void anotherPeerTakesThePlaceOfTheFirst(String host) throws IOException {
    assumeTrue(keepsPort(), "the port is lost");
    BindRules.needIpv6For(host);
    try (TestPump pump = open()) {
      TestSocket peer = pump.open(1, 2, 64);
      TestSocket other = pump.open(1, 3, 64).post(0);
      other.commit();
      TestSocket socket =
          pump.open(new InetSocketAddress(InetAddress.ofLiteral(host), 0), 4, 1, 64);
      int port = socket.address().getPort();
      socket.connect(peer.address());
      assertThat(socket.address()).isEqualTo(loopback(port));
      socket.postFirst(4).commit();
      peer.send(0, loopback(port), "first").commit();
      assertThat(socket.takeReceive().text()).isEqualTo("first");

      socket.connect(other.address());

      assertThat(socket.address()).as("the port stays").isEqualTo(loopback(port));
      socket.send(0, peer, "to the other").commit();
      assertThat(socket.takeSend()).isEqualTo(Done.sent(0, "to the other"));
      assertThat(other.takeReceive().text()).isEqualTo("to the other");
      peer.send(1, loopback(port), "former").commit();
      List<String> texts = List.of("second", "third", "fourth");
      for (int slot = 0; slot < 3; slot++) { // into the receives posted before
        other.send(slot, loopback(port), texts.get(slot)).commit();
        assertThat(socket.takeReceive())
            .returns(texts.get(slot), Done::text)
            .returns(other.address(), Done::sender);
      }
    }
  }

  @Test
  default void connectingManyTimesKeepsThePort() throws IOException {
    assumeTrue(keepsPort(), "the port is lost");
    try (TestPump pump = open()) {
      TestSocket peer = pump.open(1, 1, 64);
      TestSocket other = pump.open(1, 1, 64);
      TestSocket socket = pump.open(1, 1, 64);
      InetSocketAddress bound = socket.address();
      for (int i = 0; i < 100; i++) {
        socket.connect(i % 3 == 0 ? peer.address() : other.address()); // also the same again
        assertThat(socket.address()).isEqualTo(bound);
      }
      socket.post(0).commit();
      peer.send(0, socket, "last").commit();
      assertThat(socket.takeReceive().text()).isEqualTo("last");
    }
  }

  @Test
  default void aConnectThatIsRefusedLeavesTheFormerPeer() throws IOException {
    assumeTrue(keepsPort(), "the port is lost");
    try (TestPump pump = open()) {
      TestSocket peer = pump.open(1, 1, 64).post(0);
      peer.commit();
      TestSocket stranger = pump.open(1, 1, 64);
      TestSocket socket = pump.open(2, 1, 64);
      InetSocketAddress bound = socket.address();
      socket.connect(peer.address());
      // A broadcast needs SO_BROADCAST, and an IPv4 socket has no IPv6 peers.
      for (String host : List.of("255.255.255.255", "::1")) {
        InetSocketAddress nobody = new InetSocketAddress(InetAddress.ofLiteral(host), 9);
        refuseNextConnect(socket);
        assertThatThrownBy(() -> socket.connect(nobody))
            .isInstanceOf(KernelException.class)
            .hasMessageStartingWith("connect " + SocketAddressFormat.text(nobody) + " failed: ");
      }

      assertThat(socket.address()).isEqualTo(bound);
      socket.send(0, stranger, "still").commit();
      assertThat(socket.takeSend()).isEqualTo(Done.sent(0, "still"));
      assertThat(peer.takeReceive().text()).isEqualTo("still");
      socket.postFirst(2).commit();
      stranger.send(0, socket, "stranger").commit();
      peer.send(0, socket, "heard").commit();
      assertThat(socket.takeReceive().text()).isEqualTo("heard");
    }
  }

  @Test
  default void aSocketWhoseFirstConnectIsRefusedHasNoPeer() throws IOException {
    InetSocketAddress nobody = new InetSocketAddress(InetAddress.ofLiteral("::1"), 9);
    try (TestPump pump = open()) {
      TestSocket peer = pump.open(1, 1, 64).post(0);
      peer.commit();
      TestSocket socket = pump.open(1, 1, 64);
      refuseNextConnect(socket);
      assertThatThrownBy(() -> socket.connect(nobody)).isInstanceOf(KernelException.class);

      socket.send(0, peer, "by its address").commit();

      assertThat(socket.takeSend()).isEqualTo(Done.sent(0, "by its address"));
      assertThat(peer.takeReceive().text()).isEqualTo("by its address");
    }
  }

  @Test
  default void aPathMtuThatIsToldHoldsAPacket() throws IOException {
    try (TestPump pump = open()) {
      TestSocket peer = pump.open(1, 1, 64);
      TestSocket socket = pump.open(1, 1, 64);
      socket.connect(peer.address());
      int least = 576; // what every host takes
      assertThat(socket.requests().pathMtu().orElse(least)).isGreaterThanOrEqualTo(least);
    }
  }
}
