package io.rioreactive.kernel.windows;

import static io.rioreactive.kernel.KernelHarness.postReceives;
import static io.rioreactive.kernel.KernelHarness.postSend;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Datagrams in and out, in their slots. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class RioTransferTest {

  private static final int SLOT = 600;

  @ParameterizedTest
  @EnumSource(WaitMode.class)
  void aDatagramStandsInASlotThatWasPostedWithItsSender(WaitMode waitMode) throws IOException {
    try (RioHarness harness = new RioHarness(waitMode)) {
      RequestQueue socket = harness.open(4, 1, SLOT);
      postReceives(socket, 4);
      socket.commit();
      harness.sendTo(socket, "hello".getBytes(UTF_8));

      Done done = harness.take(1).getFirst();

      assertThat(done.socket()).isEqualTo(socket.index());
      assertThat(done.isReceive()).isTrue();
      assertThat(done.slot()).isBetween(0, 3);
      assertThat(done.status()).isEqualTo(CompletionStatus.OK);
      assertThat(done.length()).isEqualTo(5);
      assertThat(done.code()).isZero();
      assertThat(done.text()).isEqualTo("hello");
      assertThat(done.sender()).isEqualTo(harness.peerAddress());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, SLOT - 1, SLOT})
  void aDatagramUpToTheSizeOfTheSlotIsWhole(int length) throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(1, 1, SLOT);
      postReceives(socket, 1);
      socket.commit();
      harness.sendTo(socket, "x".repeat(length).getBytes(UTF_8));

      Done done = harness.take(1).getFirst();

      assertThat(done.status()).isEqualTo(CompletionStatus.OK);
      assertThat(done.text()).isEqualTo("x".repeat(length));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {SLOT + 1, 65_507})
  void aDatagramBeyondItIsTruncatedAndTheNextOneIsWhole(int length) throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(2, 1, SLOT);
      postReceives(socket, 2);
      socket.commit();
      harness.sendTo(socket, new byte[length], "next".getBytes(UTF_8));

      List<Done> done = harness.take(2);

      assertThat(done)
          .filteredOn(d -> d.status() == CompletionStatus.TRUNCATED)
          .singleElement()
          .satisfies(d -> assertThat(d.length()).isEqualTo(SLOT))
          .satisfies(d -> assertThat(d.code()).isZero())
          .satisfies(d -> assertThat(d.sender()).isEqualTo(harness.peerAddress()));
      assertThat(done)
          .filteredOn(d -> d.status() == CompletionStatus.OK)
          .singleElement()
          .satisfies(d -> assertThat(d.text()).isEqualTo("next"));
    }
  }

  @Test
  void eachOfManyDatagramsStandsInASlotOfItsOwn() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(600, 1, 64);
      postReceives(socket, 600);
      socket.commit();
      for (int i = 0; i < 600; i++) {
        harness.sendTo(socket, ("datagram " + i).getBytes(UTF_8));
      }

      List<Done> done = harness.take(600);

      assertThat(done).extracting(Done::slot).doesNotHaveDuplicates();
      assertThat(done)
          .extracting(Done::text)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, 600).mapToObj(i -> "datagram " + i).toList());
    }
  }

  @Test
  void aBatchTakesNoMoreThanItHasRoomFor() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(5, 1, 64);
      postReceives(socket, 5);
      socket.close();

      assertThat(harness.take(5, 2)).hasSize(5); // and no dequeue brings more than 2

      assertThat(harness.dequeue(2)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, SLOT})
  void aSendArrivesWholeAndCompletes(int length) throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(1, 3, SLOT);
      String text = "y".repeat(length);

      assertThat(postSend(socket, 2, harness.peerAddress(), text.getBytes(UTF_8))).isZero();
      socket.commit();

      assertThat(harness.take(1))
          .containsExactly(
              new Done(socket.index(), false, 2, CompletionStatus.OK, length, 0, null, null));
      assertThat(harness.receiveAtPeer()).isEqualTo(text);
    }
  }

  @Test
  void theLargestDatagramGoesBothWays() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(1, 1, 65_507);
      postReceives(socket, 1);
      byte[] payload = "z".repeat(65_507).getBytes(UTF_8);
      postSend(socket, 0, socket.localAddress(), payload);
      socket.commit();

      List<Done> done = harness.take(2);

      assertThat(done).extracting(Done::status).containsOnly(CompletionStatus.OK);
      assertThat(done).extracting(Done::length).containsOnly(65_507);
      assertThat(done)
          .filteredOn(Done::isReceive)
          .singleElement()
          .satisfies(d -> assertThat(d.text()).isEqualTo("z".repeat(65_507)));
    }
  }

  @Test
  void eachOfManySendsGoesToItsOwnTarget() throws IOException {
    try (RioHarness harness = new RioHarness();
        DatagramSocket other = new DatagramSocket(KernelHarness.loopback(0))) {
      other.setSoTimeout(5_000);
      RequestQueue socket = harness.open(1, 64, 64);
      InetSocketAddress otherAddress = (InetSocketAddress) other.getLocalSocketAddress();
      for (int slot = 0; slot < 64; slot++) {
        boolean isForPeer = slot % 2 == 0;
        InetSocketAddress target = isForPeer ? harness.peerAddress() : otherAddress;
        postSend(socket, slot, target, new byte[] {(byte) slot});
      }
      socket.commit();

      assertThat(harness.take(64)).extracting(Done::slot).doesNotHaveDuplicates();

      Set<Integer> atPeer = new java.util.HashSet<>();
      Set<Integer> atOther = new java.util.HashSet<>();
      for (int i = 0; i < 32; i++) {
        atPeer.add((int) harness.receiveAtPeer().charAt(0));
        DatagramPacket packet = new DatagramPacket(new byte[64], 64);
        other.receive(packet);
        atOther.add((int) packet.getData()[0]);
      }
      assertThat(atPeer).isEqualTo(numbers(0));
      assertThat(atOther).isEqualTo(numbers(1));
    }
  }

  private static Set<Integer> numbers(int rest) {
    return IntStream.range(0, 64).filter(i -> i % 2 == rest).boxed().collect(Collectors.toSet());
  }

  @Test
  void aSendToAnAddressThatCannotBeReachedFailsAlone() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(1, 2, 64);
      InetSocketAddress nowhere = KernelHarness.loopback(0); // port 0

      int code = postSend(socket, 0, nowhere, new byte[1]);
      postSend(socket, 1, harness.peerAddress(), new byte[] {'7'});
      socket.commit();

      List<Done> done = harness.take(code == 0 ? 2 : 1);
      if (code == 0) {
        assertThat(done)
            .filteredOn(d -> d.slot() == 0)
            .extracting(Done::status)
            .containsExactly(CompletionStatus.FAILED);
      }
      assertThat(done)
          .filteredOn(d -> d.slot() == 1)
          .extracting(Done::status)
          .containsExactly(CompletionStatus.OK);
      assertThat(harness.receiveAtPeer()).isEqualTo("7");
    }
  }

  @Test
  void aDualStackSocketHearsIpv4AndAnswersIt() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket =
          harness.open(
              KernelHarness.config(
                  new InetSocketAddress(InetAddress.ofLiteral("::"), 0), 1, 1, 64, Map.of()));
      postReceives(socket, 1);
      socket.commit();
      InetSocketAddress target = KernelHarness.loopback(socket.localAddress().getPort());
      harness.peer.send(new DatagramPacket(new byte[] {'4'}, 1, target));

      Done received = harness.take(1).getFirst();
      assertThat(received.text()).isEqualTo("4");
      assertThat(received.sender()).isEqualTo(harness.peerAddress());

      postSend(socket, 0, received.sender(), new byte[] {'a'});
      socket.commit();
      harness.take(1);
      assertThat(harness.receiveAtPeer()).isEqualTo("a");
    }
  }

  @Test
  void manySocketsOnOneQueueAreToldApart() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      List<RequestQueue> sockets =
          IntStream.range(0, 50).mapToObj(i -> openWithOneReceive(harness)).toList();
      for (RequestQueue socket : sockets) {
        harness.sendTo(socket, ("for " + socket.index()).getBytes(UTF_8));
      }

      for (Done done : harness.take(50)) {
        assertThat(done.text()).isEqualTo("for " + done.socket());
      }
    }
  }

  private static RequestQueue openWithOneReceive(RioHarness harness) {
    try {
      RequestQueue socket = harness.open(3, 1, 64);
      postReceives(socket, 1);
      socket.commit();
      return socket;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aReceiveSlabOfSeveralRegistrationsReceivesInEach() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      int slots = 6_000; // 394 MB: two registrations
      RequestQueue socket = harness.open(slots, 1, 65_507);
      int perRegistration = 1 << RioSlabLayout.ofReceives(slots, 65_507, false).shift();
      int[] posted = {0, perRegistration - 1, perRegistration, slots - 1};
      for (int slot : posted) {
        assertThat(socket.postReceive(slot)).isZero();
      }
      socket.commit();
      for (int i = 0; i < posted.length; i++) {
        harness.sendTo(socket, ("number " + i).getBytes(UTF_8));
      }

      List<Done> done = harness.take(posted.length);

      assertThat(done)
          .extracting(Done::slot)
          .containsExactlyInAnyOrder(posted[0], posted[1], posted[2], posted[3]);
      assertThat(done)
          .extracting(Done::text)
          .containsExactlyInAnyOrder("number 0", "number 1", "number 2", "number 3");
      assertThat(socket.describe()).contains("receive slots 393601024 ");
    }
  }
}
