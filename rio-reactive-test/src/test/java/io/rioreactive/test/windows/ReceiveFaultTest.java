package io.rioreactive.test.windows;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.windows.RioRig.textsOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Drop;
import io.rioreactive.DropReason;
import io.rioreactive.Notification;
import io.rioreactive.RioConnection;
import io.rioreactive.test.LoopbackPeer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A receive that completes with an error is this receive's alone: the socket goes on. */
@OnRioDouble
@ParameterizedClass
@EnumSource
class ReceiveFaultTest {

  private static final int SLOTS = 64;

  @Parameter Notification notification;

  @RegisterExtension final RioRig rig = new RioRig();

  private final List<Drop> drops = new CopyOnWriteArrayList<>();

  @Test
  void aDatagramThatDidNotFitIsDroppedAndCounted() {
    RioConnection connection = bind();
    List<String> texts = textsOf(connection);
    LoopbackPeer peer = rig.peer();
    eventually(() -> assertThat(connection.stats().posted()).isEqualTo(SLOTS));
    RioDouble.control("fault receive 10040 times 3");

    eventually(
        () -> {
          peer.send("one of many", connection.localAddress());
          assertThat(connection.stats().count(DropReason.TRUNCATED)).isEqualTo(3);
        });

    eventually(() -> assertThat(drops).hasSize(3)); // told of after it was counted
    assertThat(drops).extracting(Drop::reason).containsOnly(DropReason.TRUNCATED);
    assertThat(connection.stats().receiveErrors()).isZero();
    assertGoesOn(connection, peer, texts);
  }

  @ParameterizedTest
  @ValueSource(ints = {995, 10052, 10054, 10055})
  void aReceiveThatFailsIsCountedAndTheSocketGoesOn(int code) {
    boolean isNews = code == 10052 || code == 10054; // of a datagram that was sent
    RioConnection connection = bind();
    List<String> texts = textsOf(connection);
    LoopbackPeer peer = rig.peer();
    eventually(() -> assertThat(connection.stats().posted()).isEqualTo(SLOTS));
    RioDouble.control("fault receive " + code + " times 3");

    eventually(
        () -> {
          peer.send("one of many", connection.localAddress());
          assertThat(connection.stats().receiveErrors()).isEqualTo(isNews ? 0 : 3);
          assertThat(connection.stats().unreachable()).isEqualTo(isNews ? 3 : 0);
        });

    assertThat(drops).isEmpty();
    assertGoesOn(connection, peer, texts);
  }

  @Test
  void receivesThatFailOneAfterTheOtherDoNotKeepThePumpBusyAndTheSocketComesBack() {
    RioConnection connection = bind();
    List<String> texts = textsOf(connection);
    eventually(() -> assertThat(connection.stats().posted()).isEqualTo(SLOTS));
    RioDouble.control("fault receive 10054 times 1000000000");

    eventually(() -> assertThat(connection.stats().unreachable()).isGreaterThan(3 * 256));
    assertThat(rig.log().warnings())
        .singleElement()
        .asString()
        .contains("256 receives failed one after the other", "pause for 10 ms", "WSAECONNRESET");
    RioDouble.control("fault receive times 0");

    assertGoesOn(connection, rig.peer(), texts);
  }

  @Test
  void asManyFailuresAsThereAreSlotsTakeNoSlotAway() {
    RioConnection connection = bind();
    List<String> texts = textsOf(connection);
    LoopbackPeer peer = rig.peer();
    eventually(() -> assertThat(connection.stats().posted()).isEqualTo(SLOTS));
    RioDouble.control("fault receive 10054 times " + 2 * SLOTS);

    eventually(
        () -> {
          peer.send("one of many", connection.localAddress());
          assertThat(connection.stats().unreachable()).isEqualTo(2 * SLOTS);
        });

    assertGoesOn(connection, peer, texts);
  }

  private RioConnection bind() {
    return rig.bind(rig.server(notification).doOnDrop(drops::add));
  }

  private void assertGoesOn(RioConnection connection, LoopbackPeer peer, List<String> texts) {
    eventually(() -> assertThat(connection.stats().posted()).isEqualTo(SLOTS));
    int more = 2 * SLOTS; // each slot is used again
    for (int i = 0; i < more; i++) {
      String text = "after " + i;
      peer.send(text, connection.localAddress());
      eventually(() -> assertThat(texts).contains(text));
    }
    assertThat(texts).filteredOn(text -> text.startsWith("after")).doesNotHaveDuplicates();
    assertThat(rig.log().errors()).isEmpty();
    assertThat(connection.isDisposed()).isFalse();
  }
}
