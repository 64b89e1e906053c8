package io.rioreactive.test.windows;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.windows.RioRig.LONG;
import static io.rioreactive.test.windows.RioRig.textsOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.Notification;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.test.LoopbackPeer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** When RIOReceiveEx answers FALSE. */
@OnRioDouble
@ParameterizedClass
@EnumSource
class PostFaultTest {

  private static final int SLOTS = 64;

  @Parameter Notification notification;

  @RegisterExtension final RioRig rig = new RioRig();

  @Test
  void forWantOfBuffersItIsTriedAgainUntilItSucceedsWithOneWarning() {
    RioConnection connection = rig.bind(rig.server(notification));
    RioDouble.control("fault post-receive 10055 times 5");
    List<String> texts = textsOf(connection);

    eventually(() -> assertThat(connection.stats().posted()).isEqualTo(SLOTS));

    assertThat(RioDouble.count("posts.receive")).isEqualTo(SLOTS);
    assertThat(rig.log().warnings())
        .singleElement()
        .asString()
        .contains("every 10 ms", "post a receive", "WSAENOBUFS (10055)");
    assertThat(rig.log().errors()).isEmpty();
    rig.peer().send("after", connection.localAddress());
    eventually(() -> assertThat(texts).containsExactly("after"));
  }

  @Test
  void whatWasDeferredBeforeTheRefusedOneIsCommittedAllTheSame() {
    RioConnection connection = rig.bind(rig.server(notification));
    LoopbackPeer peer = rig.peer();
    RioDouble.control("defer late");
    RioDouble.control("fault post-receive 10055 after 3 times 1000000");
    List<String> texts = textsOf(connection);
    eventually(() -> assertThat(connection.stats().posted()).isEqualTo(3));

    for (int i = 1; i <= 3; i++) {
      peer.send("no. " + i, connection.localAddress());
    }

    eventually(() -> assertThat(texts).containsExactlyInAnyOrder("no. 1", "no. 2", "no. 3"));
    eventually(() -> assertThat(connection.stats().posted()).isZero());
    rig.reset();
    eventually(() -> assertThat(connection.stats().posted()).isEqualTo(SLOTS));
  }

  @ParameterizedTest
  @ValueSource(ints = {10050, 10051, 10052, 10054, 10065})
  void whatTellsOfAnEarlierDatagramIsCountedAndPostedAgain(int code) {
    RioConnection connection = rig.bind(rig.server(notification));
    RioDouble.control("fault post-receive " + code + " after 3 times 2");
    List<String> texts = textsOf(connection);

    eventually(() -> assertThat(connection.stats().posted()).isEqualTo(SLOTS));

    assertThat(connection.stats().unreachable()).isEqualTo(2);
    rig.peer().send("after", connection.localAddress());
    eventually(() -> assertThat(texts).containsExactly("after"));
    assertThat(connection.isDisposed()).isFalse();
  }

  @Test
  void aSendThatIsRefusedSinceTheSocketIsLostEndsTheConnection() {
    RioConnection connection = rig.bind(rig.server(notification));
    LoopbackPeer peer = rig.peer();
    RioDouble.control("fault post-send 10038 times 1000000");

    connection
        .send(Mono.just(Datagram.to(peer.address(), "never sent")))
        .onErrorComplete()
        .block(LONG);

    StepVerifier.create(connection.onDispose())
        .expectErrorSatisfies(
            failure -> assertThat(failure).hasMessageContaining("post a send failed: WSAENOTSOCK"))
        .verify(LONG);
  }

  @Test
  void anyOtherRefusalEndsThisConnectionWithOneClearErrorAndNoOther() {
    PumpGroup pumps = rig.pumps(notification);
    RioConnection neighbour = rig.echo(rig.server(pumps));
    LoopbackPeer peer = rig.peer();
    assertThat(peer.ask("before", neighbour.localAddress())).isEqualTo("before");
    RioConnection connection = rig.bind(rig.server(pumps));
    RioDouble.control("fault post-receive 10022 after 3 times 1");

    StepVerifier.create(connection.receive())
        .expectErrorSatisfies(PostFaultTest::assertClear)
        .verify(LONG);
    StepVerifier.create(connection.onDispose())
        .expectErrorSatisfies(PostFaultTest::assertClear)
        .verify(LONG);
    assertThat(rig.log().errors()).hasSize(1);

    assertThat(peer.ask("after", neighbour.localAddress())).isEqualTo("after");
  }

  private static void assertClear(Throwable failure) {
    assertThat(failure)
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("post a receive failed: WSAEINVAL (10022)");
  }

  @Test
  void pendingCountsAsStartedAndNothingIsPostedTwice() {
    RioConnection connection = rig.bind(rig.server(notification));
    LoopbackPeer peer = rig.peer();
    RioDouble.control("fault post-receive 997 times 1000000");
    RioDouble.control("fault post-send 997 times 1000000");
    connection.receive().subscribe(query -> connection.send(Mono.just(reply(query))).subscribe());
    eventually(() -> assertThat(connection.stats().posted()).isEqualTo(SLOTS));
    int exchanges = 3 * SLOTS;

    for (int i = 0; i < exchanges; i++) {
      assertThat(peer.ask("no. " + i, connection.localAddress())).isEqualTo("re: no. " + i);
    }

    eventually(() -> assertThat(connection.stats().sent()).isEqualTo(exchanges));
    assertThat(connection.stats().received()).isEqualTo(exchanges);
    assertThat(connection.stats().posted()).isEqualTo(SLOTS);
    assertThat(RioDouble.count("posts.receive")).isEqualTo(SLOTS + exchanges);
    assertThat(RioDouble.count("posts.send")).isEqualTo(exchanges);
    connection.disposeNow();
    rig.requireNothingIsLeft();
    assertThat(rig.log().warnings()).isEmpty();
    assertThat(rig.log().errors()).isEmpty();
  }

  private static Datagram reply(Datagram query) {
    return query.reply("re: " + query.asString());
  }
}
