package io.rioreactive.test.windows;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.windows.RioRig.LONG;
import static io.rioreactive.test.windows.RioRig.textsOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.Notification;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.test.LoopbackPeer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

/** How often Registered I/O is called: the double counts. */
@OnRioDouble
class CallCountTest {

  private static final int SLOTS = 64;

  @RegisterExtension final RioRig rig = new RioRig();

  @ParameterizedTest
  @EnumSource
  void onePostForEachSlotAndForEachDatagramAndOneCommitForEachTurnWithPosts(
      Notification notification) {
    RioConnection connection = rig.bind(rig.server(notification));
    List<String> texts = textsOf(connection);
    LoopbackPeer peer = rig.peer();
    int datagrams = 1_000;

    for (int sent = 0; sent < datagrams; sent += SLOTS / 2) {
      int soFar = Math.min(datagrams, sent + SLOTS / 2);
      for (int i = sent; i < soFar; i++) {
        peer.send("no. " + i, connection.localAddress());
      }
      eventually(() -> assertThat(texts).hasSize(soFar));
    }
    eventually( // what has come is posted again at the end of its turn
        () -> {
          assertThat(RioDouble.count("posts.receive")).isEqualTo(SLOTS + datagrams);
          assertThat(RioDouble.count("RIOReceiveEx") + RioDouble.count("RIOReceive"))
              .as("posts and commits, and nothing else")
              .isEqualTo(SLOTS + datagrams + RioDouble.count("commits.receive"));
        });
    assertThat(RioDouble.count("commits.receive"))
        .as("one for the first posts, and one for each turn that brought something")
        .isBetween(1L, 1 + connection.stats().batches());
    assertThat(RioDouble.count("RIOSendEx") + RioDouble.count("RIOSend")).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void onePostForEachSendAndAtMostOneCommitForEachDequeue(Notification notification) {
    RioConnection connection = rig.bind(rig.server(notification));
    LoopbackPeer peer = rig.peer();
    int datagrams = 1_000;

    connection
        .send(Flux.range(0, datagrams).map(i -> Datagram.to(peer.address(), "no. " + i)))
        .block(LONG);

    assertThat(RioDouble.count("posts.send")).isEqualTo(datagrams);
    long commits = RioDouble.count("commits.send");
    assertThat(RioDouble.count("RIOSendEx") + RioDouble.count("RIOSend"))
        .isEqualTo(datagrams + commits);
    assertThat(commits).isBetween(1L, RioDouble.count("RIODequeueCompletion"));
    assertThat(RioDouble.count("RIOReceiveEx") + RioDouble.count("RIOReceive")).isZero();
  }

  @Test
  void aBatchIsDequeuedByOneCall() {
    RioConnection connection = rig.bind(rig.server(Notification.COMPLETION_PORT).receiveSlots(200));
    List<String> texts = textsOf(connection);
    eventually(() -> assertThat(connection.stats().posted()).isEqualTo(200));
    RioDouble.control("hold-receives on");
    LoopbackPeer peer = rig.peer();
    for (int i = 0; i < 200; i++) {
      peer.send("no. " + i, connection.localAddress());
    }
    eventually(() -> assertThat(RioDouble.count("datagrams.received")).isEqualTo(200));
    long before = RioDouble.count("RIODequeueCompletion");
    long batches = connection.stats().batches();

    RioDouble.control("hold-receives off");
    eventually(() -> assertThat(texts).hasSize(200));

    eventually(() -> assertThat(connection.stats().batches()).isGreaterThan(batches));
    eventually(() -> assertThat(connection.stats().posted()).isEqualTo(200));
    assertThat(connection.stats().batches() - batches).isEqualTo(1);
    assertThat(RioDouble.count("RIODequeueCompletion") - before)
        .as("one that brings them, and those that find nothing more")
        .isLessThanOrEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource(names = {"COMPLETION_PORT", "EVENT"})
  void aPumpThatSleepsDequeuesNoMoreThanTwiceForEachTimeItIsWoken(Notification notification) {
    RioConnection echo = rig.echo(rig.server(notification));
    LoopbackPeer peer = rig.peer();
    assertThat(peer.ask("first", echo.localAddress())).isEqualTo("first");
    eventually(() -> assertThat(echo.stats().inFlight()).isZero());
    long dequeues = RioDouble.count("RIODequeueCompletion");
    long completions = RioDouble.count("completions");
    long exchanges = 500;

    for (int i = 0; i < exchanges; i++) {
      assertThat(peer.ask("no. " + i, echo.localAddress())).isEqualTo("no. " + i);
    }
    eventually(() -> assertThat(echo.stats().sent()).isEqualTo(1 + exchanges));

    long woken = RioDouble.count("completions") - completions;
    assertThat(woken).isEqualTo(2 * exchanges);
    assertThat(RioDouble.count("RIODequeueCompletion") - dequeues)
        .isLessThanOrEqualTo(2 * woken + 10);
    assertThat(RioDouble.count("RIONotify")).isLessThanOrEqualTo(2 * exchanges + 20);
  }

  @Test
  void manySocketsShareOneDequeue() {
    PumpGroup pumps = rig.pumps(Notification.COMPLETION_PORT);
    List<RioConnection> connections = new ArrayList<>();
    List<List<String>> texts = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      connections.add(rig.bind(rig.server(pumps)));
      texts.add(textsOf(connections.getLast()));
    }
    eventually(() -> assertAllArePosted(connections));
    RioDouble.control("hold-receives on");
    LoopbackPeer peer = rig.peer();
    for (RioConnection connection : connections) {
      peer.send("hello", connection.localAddress());
    }
    eventually(() -> assertThat(RioDouble.count("datagrams.received")).isEqualTo(8));
    long before = RioDouble.count("RIODequeueCompletion");

    RioDouble.control("hold-receives off");
    eventually(() -> assertThat(texts).allSatisfy(each -> assertThat(each).hasSize(1)));

    eventually(() -> assertAllArePosted(connections));
    assertThat(RioDouble.count("RIODequeueCompletion") - before)
        .as("one that brings them, and those that find nothing more")
        .isLessThanOrEqualTo(4);
    assertThat(RioDouble.count("live.cq")).as("one for the pump").isEqualTo(1);
  }

  private static void assertAllArePosted(List<RioConnection> connections) {
    assertThat(connections).allSatisfy(each -> assertThat(each.stats().posted()).isEqualTo(SLOTS));
  }
}
