package io.rioreactive.kernel;

import static io.rioreactive.kernel.KernelHarness.config;
import static io.rioreactive.kernel.KernelHarness.loopback;
import static io.rioreactive.kernel.KernelHarness.postReceives;
import static io.rioreactive.kernel.KernelHarness.postSend;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rioreactive.kernel.KernelHarness.Done;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link RequestQueue#connect} promises, on every kernel. */
@Timeout(60)
public interface ConnectRules {

  /** A queue of the kernel under test, owned by the calling thread. */
  KernelHarness openHarness() throws IOException;

  /** Whether the kernel tells of a port that nobody has. */
  default boolean tellsOfDeadPorts() {
    return true;
  }

  /**
   * Whether a receive that is posted when news comes goes on to wait. Not in Wine: a socket that it
   * has seen an error on hears only what has arrived when a receive is posted.
   */
  default boolean hearsAfterNews() {
    return true;
  }

  /** Whether another peer can be had with the port. Not with {@code nio} in Wine. */
  default boolean keepsPort() {
    return true;
  }

  @Test
  default void aSendGoesToThePeerWhateverItsSlotSays() throws IOException {
    try (KernelHarness harness = openHarness();
        DatagramSocket stranger = new DatagramSocket(loopback(0))) {
      RequestQueue socket = harness.open(1, 2, 64);
      socket.connect(harness.peerAddress());

      post(socket, 0, addressOf(stranger), "first");
      post(socket, 1, addressOf(stranger), "second");

      assertThat(harness.take(2))
          .containsExactlyInAnyOrder(Done.sent(socket, 0, "first"), Done.sent(socket, 1, "second"));
      assertThat(harness.receiveAtPeer()).isEqualTo("first");
      assertThat(harness.receiveAtPeer()).isEqualTo("second");
    }
  }

  @Test
  default void aSendWhoseSlotHasNoAddressGoesToThePeer() throws IOException {
    try (KernelHarness harness = openHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      socket.connect(harness.peerAddress());
      socket.sendSlots().memory().asSlice(socket.sendSlots().payloadAt(0), 64).fill((byte) 'x');

      assertThat(socket.postSend(0, 64)).isEqualTo(RequestQueue.ACCEPTED);
      socket.commit();

      assertThat(harness.take(1)).containsExactly(Done.sent(socket, 0, "x".repeat(64)));
      assertThat(harness.receiveAtPeer()).isEqualTo("x".repeat(64));
    }
  }

  @Test
  default void nobodyElseIsHeard() throws IOException {
    try (KernelHarness harness = openHarness();
        DatagramSocket stranger = new DatagramSocket(loopback(0))) {
      RequestQueue socket = harness.open(4, 1, 64);
      socket.connect(harness.peerAddress());
      postReceives(socket, 4);
      socket.commit();

      send(stranger, "stranger", socket);
      harness.sendTo(socket, "first".getBytes(UTF_8));
      send(stranger, "stranger", socket);
      harness.sendTo(socket, "second".getBytes(UTF_8));

      assertThat(harness.take(2))
          .extracting(Done::text)
          .containsExactlyInAnyOrder("first", "second");
      harness.sendTo(socket, "third".getBytes(UTF_8));
      assertThat(harness.take(1))
          .singleElement()
          .returns("third", Done::text)
          .returns(harness.peerAddress(), Done::sender);
    }
  }

  /** The wildcard addresses as well: there the system picks an address for each peer. */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::"})
  default void anotherPeerTakesThePlaceOfTheFirst(String host) throws IOException {
    assumeTrue(keepsPort(), "the port is lost");
    try (KernelHarness harness = openHarness();
        DatagramSocket other = new DatagramSocket(loopback(0))) {
      InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral(host), 0);
      RequestQueue socket = harness.open(config(any, 4, 1, 64, Map.of()));
      int port = socket.localAddress().getPort();
      socket.connect(harness.peerAddress());
      assertThat(socket.localAddress()).isEqualTo(loopback(port));
      postReceives(socket, 4);
      socket.commit();
      harness.sendTo(socket, "first".getBytes(UTF_8));
      assertThat(harness.take(1)).extracting(Done::text).containsExactly("first");

      socket.connect(addressOf(other));

      assertThat(socket.localAddress()).as("the port stays").isEqualTo(loopback(port));
      post(socket, 0, harness.peerAddress(), "to the other");
      assertThat(harness.take(1)).containsExactly(Done.sent(socket, 0, "to the other"));
      assertThat(receive(other)).isEqualTo("to the other");
      harness.sendTo(socket, "former".getBytes(UTF_8));
      for (String text : List.of("second", "third", "fourth")) { // into the receives posted before
        send(other, text, socket);
        assertThat(harness.take(1))
            .singleElement()
            .returns(text, Done::text)
            .returns(addressOf(other), Done::sender);
      }
    }
  }

  @Test
  default void connectingManyTimesKeepsThePort() throws IOException {
    assumeTrue(keepsPort(), "the port is lost");
    try (KernelHarness harness = openHarness();
        DatagramSocket other = new DatagramSocket(loopback(0))) {
      RequestQueue socket = harness.open(1, 1, 64);
      InetSocketAddress bound = socket.localAddress();
      for (int i = 0; i < 100; i++) {
        socket.connect(
            i % 3 == 0 ? harness.peerAddress() : addressOf(other)); // also the same again
        assertThat(socket.localAddress()).isEqualTo(bound);
      }
      postReceives(socket, 1);
      socket.commit();
      harness.sendTo(socket, "last".getBytes(UTF_8));
      assertThat(harness.take(1)).extracting(Done::text).containsExactly("last");
    }
  }

  @Test
  default void aConnectThatIsRefusedLeavesTheFormerPeer() throws IOException {
    assumeTrue(keepsPort(), "the port is lost");
    try (KernelHarness harness = openHarness();
        DatagramSocket stranger = new DatagramSocket(loopback(0))) {
      RequestQueue socket = harness.open(2, 1, 64);
      InetSocketAddress bound = socket.localAddress();
      socket.connect(harness.peerAddress());
      // A broadcast needs SO_BROADCAST, and an IPv4 socket has no IPv6 peers.
      for (String host : List.of("255.255.255.255", "::1")) {
        InetSocketAddress peer = new InetSocketAddress(InetAddress.ofLiteral(host), 9);
        assertThatThrownBy(() -> socket.connect(peer))
            .isInstanceOf(KernelException.class)
            .hasMessageStartingWith("connect " + SocketAddressFormat.text(peer) + " failed: ");
      }

      assertThat(socket.localAddress()).isEqualTo(bound);
      post(socket, 0, addressOf(stranger), "still");
      assertThat(harness.take(1)).containsExactly(Done.sent(socket, 0, "still"));
      assertThat(harness.receiveAtPeer()).isEqualTo("still");
      postReceives(socket, 2);
      socket.commit();
      send(stranger, "stranger", socket);
      harness.sendTo(socket, "heard".getBytes(UTF_8));
      assertThat(harness.take(1)).extracting(Done::text).containsExactly("heard");
    }
  }

  @Test
  default void aSocketWhoseFirstConnectIsRefusedHasNoPeer() throws IOException {
    try (KernelHarness harness = openHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      assertThatThrownBy(
              () -> socket.connect(new InetSocketAddress(InetAddress.ofLiteral("::1"), 9)))
          .isInstanceOf(KernelException.class);

      harness.send(socket, 0, "by its address");
      socket.commit();

      assertThat(harness.take(1)).containsExactly(Done.sent(socket, 0, "by its address"));
      assertThat(harness.receiveAtPeer()).isEqualTo("by its address");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  default void aDeadPortIsNewsAndTheSocketGoesOn(int receiveSlots) throws IOException {
    try (KernelHarness harness = openHarness()) {
      InetSocketAddress dead = deadPort();
      RequestQueue socket = harness.open(receiveSlots, 1, 64);
      socket.connect(dead);
      postReceives(socket, receiveSlots);
      socket.commit();
      Watch watch = new Watch(harness, socket);

      for (int i = 0; i < 5; i++) { // the news before the next call
        int before = watch.news;
        watch.sendOne("nobody hears");
        if (tellsOfDeadPorts() && (hearsAfterNews() || i == 0)) {
          watch.awaitMoreNewsThan(before);
        }
      }
      for (int i = 0; i < 20; i++) { // and whenever it comes
        watch.sendOne("nobody hears");
      }
      try (DatagramSocket born = new DatagramSocket(dead)) {
        watch.sendOne("hello");
        assertThat(receive(born)).isEqualTo("hello");
        if (hearsAfterNews()) {
          send(born, "welcome", socket);
          watch.awaitText("welcome");
        }
      }
    }
  }

  @Test
  default void aPeerThatWasDeadIsHeard() throws IOException {
    try (KernelHarness harness = openHarness()) {
      InetSocketAddress dead = deadPort();
      RequestQueue socket = harness.open(2, 1, 64);
      socket.connect(dead);
      Watch watch = new Watch(harness, socket);
      for (int i = 0; i < 5; i++) {
        watch.sendOne("nobody hears");
      }
      try (DatagramSocket born = new DatagramSocket(dead)) {
        watch.sendOne("hello");
        assertThat(receive(born)).isEqualTo("hello");
        send(born, "welcome", socket);
        postReceives(socket, 2);
        socket.commit();
        watch.awaitText("welcome");
      }
    }
  }

  private static InetSocketAddress deadPort() throws IOException {
    try (DatagramSocket shortLived = new DatagramSocket(loopback(0))) {
      return addressOf(shortLived);
    }
  }

  /** Plays the connection: posts again what came back with news, and counts that. */
  final class Watch {

    private final KernelHarness harness;
    private final RequestQueue socket;
    private int news;
    private int sent;
    private String text = "";

    private Watch(KernelHarness harness, RequestQueue socket) {
      this.harness = harness;
      this.socket = socket;
    }

    /** Sends one, which has to go out. */
    private void sendOne(String text) throws IOException {
      post(socket, 0, harness.peerAddress(), text);
      for (int before = sent; sent == before; ) {
        takeOne();
      }
    }

    private void awaitMoreNewsThan(int before) throws IOException {
      while (news <= before) {
        takeOne();
      }
    }

    private void awaitText(String wanted) throws IOException {
      while (!text.equals(wanted)) {
        takeOne();
      }
    }

    private void takeOne() throws IOException {
      Done done = harness.take(1, 1).getFirst();
      if (!done.isReceive()) {
        assertThat(done.status()).isEqualTo(CompletionStatus.OK);
        sent++;
      } else if (done.status() == CompletionStatus.OK) {
        text = String.valueOf(done.text());
      } else {
        assertThat(done.status()).isEqualTo(CompletionStatus.FAILED);
        assertThat(socket.error("send", done.code()).kind())
            .as("%s", done)
            .isEqualTo(KernelException.Kind.UNREACHABLE);
        news++;
        if (done.slot() >= 0) {
          assertThat(socket.postReceive(done.slot())).isEqualTo(RequestQueue.ACCEPTED);
          socket.commit();
        }
      }
    }
  }

  private static void post(RequestQueue socket, int slot, InetSocketAddress target, String text) {
    assertThat(postSend(socket, slot, target, text.getBytes(UTF_8)))
        .isEqualTo(RequestQueue.ACCEPTED);
    socket.commit();
  }

  private static InetSocketAddress addressOf(DatagramSocket socket) {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  private static void send(DatagramSocket from, String text, RequestQueue to) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    from.send(new DatagramPacket(bytes, bytes.length, to.localAddress()));
  }

  private static String receive(DatagramSocket at) throws IOException {
    at.setSoTimeout(5_000);
    DatagramPacket packet = new DatagramPacket(new byte[64], 64);
    at.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), UTF_8);
  }
}
