package io.rioreactive.test;

import static io.rioreactive.DropReason.CANCELLED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Hooks;
import reactor.util.context.Context;

@DisplayName("An onNext that throws")
class ThrowingSubscriberTest {

  private final Rig rig = Rig.create();
  private final List<Throwable> dropped = new ArrayList<>();
  private final IllegalStateException failure = new IllegalStateException("not mine to handle");

  ThrowingSubscriberTest() {
    Hooks.onErrorDropped(dropped::add);
  }

  @AfterEach
  void close() {
    Hooks.resetOnErrorDropped();
    rig.close();
  }

  @Test
  @DisplayName("is cancelled: it gets nothing more, and its posts are withdrawn")
  void cancelled() {
    Probe<String> probe = subscribe(throwing());

    rig.receive("1", "2", "3");

    assertThat(probe.values()).containsExactly("1");
    assertThat(rig.dropped(CANCELLED)).isEqualTo(2);
    rig.assertPosted(0);
    rig.connection().dispose();
    rig.run();
    assertThat(probe.isLive()).isTrue();
  }

  @Test
  @DisplayName("counts as delivered: that is counted when onNext is called")
  void countsAsDelivered() {
    subscribe(throwing());

    rig.receive("1");

    assertThat(rig.stats().delivered()).isEqualTo(1);
    assertThat(rig.stats().bytesReceived()).isEqualTo(1);
  }

  @Test
  @DisplayName("is reported to Operators.onErrorDropped")
  void reported() {
    subscribe(throwing());

    rig.receive("1");

    assertThat(dropped).containsExactly(failure);
  }

  @Test
  @DisplayName("is reported to the hook in the subscriber's Context if there is one")
  void reportedToLocalHook() {
    List<Throwable> local = new ArrayList<>();
    Consumer<Throwable> hook = local::add;
    subscribe(throwing().context(Context.of("reactor.onErrorDropped.local", hook)));

    rig.receive("1");

    assertThat(local).containsExactly(failure);
    assertThat(dropped).isEmpty();
  }

  @Test
  @DisplayName("leaves the place free, also inside that hook")
  void placeIsFree() {
    Probe<String> next = Probe.requesting(1);
    Hooks.resetOnErrorDropped();
    Hooks.onErrorDropped(error -> rig.texts().subscribe(next));
    subscribe(throwing());

    rig.receive("1", "2");

    assertThat(next.values()).containsExactly("2");
  }

  @Test
  @DisplayName("is survived, and logged, even if the hook throws too")
  void hookThrows() {
    Hooks.resetOnErrorDropped();
    Hooks.onErrorDropped(
        error -> {
          throw new IllegalArgumentException("the hook");
        });
    subscribe(throwing());

    try (CapturedLog log = new CapturedLog()) {
      rig.receive("1");
      assertThat(log.text())
          .contains("the subscriber threw", "java.lang.IllegalStateException")
          .doesNotContain("not mine to handle");
    }
    assertThat(subscribe(Probe.requesting(1)).isLive()).isTrue();
    rig.assertPosted(1);
  }

  @Test
  @DisplayName("is survived if it is an Error, since it concerns one subscriber")
  void errorIsSurvived() {
    AssertionError error = new AssertionError("an Error");
    Probe<String> probe =
        Probe.<String>requesting(3)
            .onNext(
                value -> {
                  throw error;
                });
    subscribe(probe);

    rig.receive("1");

    assertThat(dropped).containsExactly(error);
    assertThat(rig.connection().isDisposed()).isFalse();
  }

  @Test
  @DisplayName("in an operator: the operator makes it onError and cancels, the place is free")
  void operatorThrows() {
    List<Throwable> errors = new ArrayList<>();
    rig.texts().map(Integer::valueOf).subscribe(value -> {}, errors::add);
    rig.run();

    rig.receive("1", "x", "3");

    assertThat(errors).singleElement().isInstanceOf(NumberFormatException.class);
    assertThat(dropped).isEmpty();
    assertThat(rig.dropped(CANCELLED)).isEqualTo(1);
    rig.assertPosted(0);
  }

  @Test
  @DisplayName("in the lambda of subscribe(): reported, and the pump goes on")
  void lambdaThrows() {
    rig.texts()
        .subscribe(
            value -> {
              throw failure;
            });
    rig.run();

    rig.receive("1");

    assertThat(dropped).singleElement().satisfies(each -> assertThat(each).hasCause(failure));
    assertThat(subscribe(Probe.requesting(1)).isLive()).isTrue();
  }

  @Test
  @DisplayName("in a retried pipeline: the next datagram is delivered")
  void retried() {
    List<Integer> values = new ArrayList<>();
    rig.texts().map(Integer::valueOf).retry().subscribe(values::add);
    rig.run();

    rig.receive("1", "x", "3");

    assertThat(values).containsExactly(1, 3);
    rig.assertPosted(Rig.C);
  }

  private Probe<String> throwing() {
    return Probe.<String>requesting(5)
        .onNext(
            value -> {
              throw failure;
            });
  }

  /** Straight to the source: an operator in between would deal with the exception. */
  private Probe<String> subscribe(Probe<String> probe) {
    rig.connection().<String>receive(view -> view.asString()).subscribe(probe);
    rig.run();
    return probe;
  }
}
