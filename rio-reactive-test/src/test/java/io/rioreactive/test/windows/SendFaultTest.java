package io.rioreactive.test.windows;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.windows.RioRig.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.Drop;
import io.rioreactive.DropReason;
import io.rioreactive.Notification;
import io.rioreactive.RioConnection;
import io.rioreactive.test.LoopbackPeer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

/** A send that completes with an error, or is refused, concerns its datagram alone. */
@OnRioDouble
@ParameterizedClass
@EnumSource
class SendFaultTest {

  private static final int DATAGRAMS = 100;

  @Parameter Notification notification;

  @RegisterExtension final RioRig rig = new RioRig();

  private final List<Drop> drops = new CopyOnWriteArrayList<>();

  @ParameterizedTest
  @CsvSource({
    "10040, TOO_LARGE, WSAEMSGSIZE",
    "10054, UNREACHABLE, WSAECONNRESET",
    "10065, UNREACHABLE, WSAEHOSTUNREACH",
    "10013, NOT_PERMITTED, WSAEACCES",
    "10049, BAD_ADDRESS, WSAEADDRNOTAVAIL",
    "10055, SYSTEM, WSAENOBUFS",
    "995, SYSTEM, WSA_OPERATION_ABORTED"
  })
  void aSendThatFailsIsCountedByItsReasonAndTheRestLeaves(
      int code, DropReason reason, String symbol) {
    RioConnection connection = bind();
    LoopbackPeer peer = rig.peer();
    RioDouble.control("fault send " + code + " after 5 times 3");

    sendAll(connection, peer);

    assertThat(connection.stats().count(reason)).isEqualTo(3);
    assertThat(connection.stats().sent()).isEqualTo(DATAGRAMS - 3);
    assertThat(drops)
        .allSatisfy(
            drop -> {
              assertThat(drop.reason()).isEqualTo(reason);
              assertThat(drop.peer()).isEqualTo(peer.address());
              assertThat(drop.cause()).hasMessageContaining(symbol + " (" + code + ")");
            });
    assertAllButTheDroppedOnesCame(peer, 3);
    assertGoesOn(connection, peer);
  }

  @ParameterizedTest
  @CsvSource({"0", "5", "99"})
  void aSendThatIsRefusedIsCountedAndTheRestLeaves(int after) {
    RioConnection connection = bind();
    LoopbackPeer peer = rig.peer();
    RioDouble.control("defer late"); // what is posted before it needs its commit all the same
    RioDouble.control("fault post-send 10055 after " + after + " times 1");

    sendAll(connection, peer);

    assertThat(connection.stats().count(DropReason.SYSTEM)).isEqualTo(1);
    assertThat(drops)
        .singleElement()
        .satisfies(drop -> assertThat(drop.cause()).hasMessageContaining("WSAENOBUFS (10055)"));
    assertAllButTheDroppedOnesCame(peer, 1);
    assertGoesOn(connection, peer);
  }

  @Test
  void aSendThatIsReportedAsPendingCountsAsStarted() {
    RioConnection connection = bind();
    LoopbackPeer peer = rig.peer();
    RioDouble.control("fault post-send 997 times " + DATAGRAMS);

    sendAll(connection, peer);

    assertThat(connection.stats().sent()).isEqualTo(DATAGRAMS);
    assertThat(RioDouble.count("posts.send")).isEqualTo(DATAGRAMS);
    assertAllButTheDroppedOnesCame(peer, 0);
    assertGoesOn(connection, peer);
  }

  private RioConnection bind() {
    return rig.bind(rig.server(notification).doOnDrop(drops::add));
  }

  /** Datagram i has length i, so that each can be told from the others wherever it turns up. */
  private static void sendAll(RioConnection connection, LoopbackPeer peer) {
    connection
        .send(Flux.range(1, DATAGRAMS).map(i -> Datagram.to(peer.address(), new byte[i])))
        .block(LONG);
    eventually(() -> assertThat(connection.stats().inFlight()).isZero());
  }

  private void assertAllButTheDroppedOnesCame(LoopbackPeer peer, int dropped) {
    assertThat(drops).hasSize(dropped);
    List<Integer> lost = drops.stream().map(Drop::length).toList();
    List<Integer> expected =
        IntStream.rangeClosed(1, DATAGRAMS).boxed().filter(i -> !lost.contains(i)).toList();
    assertThat(expected).hasSize(DATAGRAMS - dropped);
    List<Integer> came = new ArrayList<>();
    for (int i = 0; i < DATAGRAMS - dropped; i++) {
      came.add(peer.receive().length);
    }
    assertThat(came).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static void assertGoesOn(RioConnection connection, LoopbackPeer peer) {
    assertThat(connection.isDisposed()).isFalse();
    connection
        .send(Flux.range(1, DATAGRAMS).map(i -> Datagram.to(peer.address(), new byte[1_000 + i])))
        .block(LONG);
    List<Integer> came = new ArrayList<>();
    for (int i = 0; i < DATAGRAMS; i++) {
      came.add(peer.receive().length);
    }
    assertThat(came)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(1_001, 1_000 + DATAGRAMS).boxed().toList());
  }
}
