package io.rioreactive.test;

import static io.rioreactive.DropReason.CANCELLED;
import static io.rioreactive.DropReason.CLOSED;
import static io.rioreactive.DropReason.DECODER;
import static io.rioreactive.DropReason.TRUNCATED;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Drop;
import io.rioreactive.DropReason;
import io.rioreactive.RioStats;
import io.rioreactive.kernel.KernelException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("What concerns one datagram is counted and reported, and the stream goes on")
class DropsTest {

  private static final String TOO_LONG = "longer than sixteen bytes";

  @Test
  @DisplayName("oversized: dropped, with the true length where the kernel tells it")
  void truncatedWithTrueLength() {
    try (Rig rig = Posts.WITHDRAWN.rig()) {
      Probe<String> probe = subscribe(rig, 8);

      rig.receive("1", TOO_LONG, "2");

      assertThat(probe.values()).containsExactly("1", "2");
      assertThat(rig.drops()).containsExactly(new Drop(TRUNCATED, Rig.PEER, 25, null));
      assertThat(rig.dropped(TRUNCATED)).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("oversized: dropped, with the slot's length where the kernel tells no other")
  void truncatedWithoutTrueLength() {
    try (Rig rig = Posts.KEPT.rig()) {
      subscribe(rig, 8);

      rig.receive(TOO_LONG);

      assertThat(rig.drops()).containsExactly(new Drop(TRUNCATED, Rig.PEER, 16, null));
    }
  }

  @Test
  @DisplayName("a datagram that just fits is not oversized, an empty one is a datagram")
  void limits() {
    try (Rig rig = Rig.create()) {
      Probe<String> probe = subscribe(rig, 8);

      rig.receive("exactly sixteen!", "");

      assertThat(probe.values()).containsExactly("exactly sixteen!", "");
      assertThat(rig.drops()).isEmpty();
    }
  }

  @Test
  @DisplayName("a decoder that throws: dropped, with what it threw")
  void decoder() {
    try (Rig rig = Rig.create()) {
      Probe<Integer> probe = Probe.unbounded();
      rig.connection().receive(view -> Integer.valueOf(view.asString())).subscribe(probe);

      rig.receive("1", "one", "2");

      assertThat(probe.values()).containsExactly(1, 2);
      Drop drop = rig.drops().getFirst();
      assertThat(drop.reason()).isEqualTo(DECODER);
      assertThat(drop.peer()).isEqualTo(Rig.PEER);
      assertThat(drop.length()).isEqualTo(3);
      assertThat(drop.cause()).isInstanceOf(NumberFormatException.class);
    }
  }

  @Test
  @DisplayName("nobody there any more: dropped as CANCELLED")
  void cancelled() {
    try (Rig rig = Posts.KEPT.rig()) {
      subscribe(rig, 2).cancel();

      rig.receive("1", "22");

      assertThat(rig.drops())
          .containsExactly(
              new Drop(CANCELLED, Rig.PEER, 1, null), new Drop(CANCELLED, Rig.PEER, 2, null));
    }
  }

  @Test
  @DisplayName("closing meanwhile: dropped as CLOSED")
  void closed() {
    try (Rig rig = Rig.create()) {
      subscribe(rig, 2);
      rig.arrive("1");

      rig.connection().dispose();
      rig.run();

      assertThat(rig.drops()).containsExactly(new Drop(CLOSED, Rig.PEER, 1, null));
      assertThat(rig.dropped(CLOSED)).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("a receive that failed without a datagram is counted beside the law")
  void receiveError() {
    try (Rig rig = Rig.create()) {
      Probe<String> probe = subscribe(rig, 8);

      rig.socket().fail(rig.socket().posted().get(3), KernelException.Kind.TRANSIENT, 12);
      rig.receive("1");

      assertThat(rig.stats().receiveErrors()).isEqualTo(1);
      assertThat(rig.stats().received()).isEqualTo(1);
      assertThat(rig.drops()).isEmpty();
      assertThat(probe.values()).containsExactly("1");
      rig.assertPosted(7);
    }
  }

  @Test
  @DisplayName("a doOnDrop consumer that throws is survived, and told of the next drop")
  void throwingConsumer() {
    List<Drop> seen = new ArrayList<>();
    try (CapturedLog log = new CapturedLog();
        Rig rig =
            Rig.over(
                SimulatedKernel.withdrawingPosts(),
                server ->
                    server.doOnDrop(
                        drop -> {
                          seen.add(drop);
                          throw new AssertionError("from the consumer");
                        }))) {
      Probe<String> probe = subscribe(rig, 8);

      rig.receive(TOO_LONG, "1", TOO_LONG, "2");

      assertThat(probe.values()).containsExactly("1", "2");
      assertThat(seen).hasSize(2);
      assertThat(log.text())
          .contains("doOnDrop threw")
          .contains("java.lang.AssertionError")
          .doesNotContain("from the consumer"); // it may quote what a peer has sent
    }
  }

  @Test
  @DisplayName("a doOnDrop consumer that disposes: the stream completes, the rest is CLOSED")
  void disposingConsumer() {
    List<Rig> rigs = new ArrayList<>();
    List<DropReason> reasons = new ArrayList<>();
    try (Rig rig =
        Rig.over(
            SimulatedKernel.withdrawingPosts(),
            server ->
                server.doOnDrop(
                    drop -> {
                      reasons.add(drop.reason());
                      rigs.getFirst().connection().dispose();
                    }))) {
      rigs.add(rig);
      Probe<String> probe = subscribe(rig, 8);

      rig.receive("1", TOO_LONG, "2");

      assertThat(probe.values()).containsExactly("1");
      assertThat(probe.isComplete()).isTrue();
      assertThat(reasons).containsExactly(TRUNCATED, CLOSED);
    }
  }

  @Test
  @DisplayName("the first oversized one is logged at WARN with the option to raise, later ones not")
  void firstTruncatedIsLogged() {
    try (CapturedLog log = new CapturedLog();
        Rig rig = Rig.create()) {
      subscribe(rig, 8);

      rig.receive(TOO_LONG, TOO_LONG, TOO_LONG);

      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("udp 127.0.0.1:50000", "of 25 bytes", "192.0.2.7:4711", "TRUNCATED")
          .contains("16 bytes: raise datagramSize");
    }
  }

  @Test
  @DisplayName("where the kernel tells no length, the log says that it was more than the slot's")
  void firstTruncatedIsLoggedWithoutALengthThatNobodyKnows() {
    try (CapturedLog log = new CapturedLog();
        Rig rig = Posts.KEPT.rig()) {
      subscribe(rig, 8);

      rig.receive(TOO_LONG);

      assertThat(log.warnings()).singleElement().asString().contains("of more than 16 bytes from");
    }
  }

  @Test
  @DisplayName("the log writes an IPv6 address with brackets")
  void bracketsInTheLog() {
    try (CapturedLog log = new CapturedLog();
        Rig rig = Rig.over(SimulatedKernel.withdrawingPosts(), server -> server.host("::1"))) {
      subscribe(rig, 8);

      rig.receive(TOO_LONG);

      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("udp [0:0:0:0:0:0:0:1]:50000: dropped");
    }
  }

  @Test
  @DisplayName("the first of each reason is logged at WARN, without doOnDrop too")
  void firstOfEachReason() {
    try (CapturedLog log = new CapturedLog();
        Rig rig = Rig.over(SimulatedKernel.withdrawingPosts(), server -> server)) {
      rig.connection().receive(view -> Integer.valueOf(view.asString())).subscribe();

      rig.receive("x", TOO_LONG, "y");

      assertThat(log.warnings()).hasSize(2);
      assertThat(log.warnings().get(0)).contains("DECODER");
      assertThat(log.warnings().get(1)).contains("TRUNCATED");
      assertThat(log.text()).contains("NumberFormatException");
    }
  }

  @Test
  @DisplayName("what belongs to cancelling and closing is not logged")
  void cancellingIsNoNews() {
    try (CapturedLog log = new CapturedLog();
        Rig rig = Posts.KEPT.rig()) {
      subscribe(rig, 4).cancel();
      rig.receive("1");
      subscribe(rig, 4);
      rig.arrive("2");
      rig.connection().dispose();
      rig.run();

      assertThat(rig.dropped(CANCELLED)).isEqualTo(1);
      assertThat(rig.dropped(CLOSED)).isEqualTo(1);
      assertThat(log.text()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("received = delivered + skipped + all that was dropped")
  void conservation(Posts posts) {
    try (Rig rig = posts.rig()) {
      Probe<String> probe = new Probe<>();
      rig.connection()
          .<String>receive(
              view ->
                  switch (view.asString()) {
                    case "skip" -> null;
                    case "throw" -> throw new IllegalStateException("told to");
                    default -> view.asString();
                  })
          .subscribe(probe);
      probe.onNext(
          value -> {
            if (value.equals("cancel")) {
              probe.cancel();
            }
          });
      probe.request(8);
      rig.run();

      rig.receive("1", "skip", "throw", TOO_LONG, "2", "cancel", "lost", "lost");
      RioStats stats = rig.stats();

      assertThat(stats.received()).isEqualTo(8);
      assertThat(stats.delivered()).isEqualTo(3);
      assertThat(stats.skipped()).isEqualTo(1);
      assertThat(stats.count(DECODER)).isEqualTo(1);
      assertThat(stats.count(TRUNCATED)).isEqualTo(1);
      assertThat(stats.count(CANCELLED)).isEqualTo(2);
      assertThat(stats.droppedTotal()).isEqualTo(4);
      LawAssert.assertThatLawHolds(stats);
    }
  }

  private static Probe<String> subscribe(Rig rig, long demand) {
    Probe<String> probe = Probe.requesting(demand);
    rig.texts().subscribe(probe);
    rig.run();
    return probe;
  }
}
