package io.rioreactive.test;

import static io.rioreactive.DropReason.CANCELLED;
import static io.rioreactive.DropReason.CLOSED;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.KernelException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@ParameterizedClass
@EnumSource
@DisplayName("Signals of the inbound, with posts")
class SignalsTest {

  @Parameter Posts posts;
  private Rig rig;

  @BeforeEach
  void open() {
    rig = posts.rig();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  // ---- when they come

  @Test
  @DisplayName("are serial: what a signal causes comes after it, not inside it")
  void serial() {
    Probe<String> probe = new Probe<>();
    probe.onNext(
        value -> {
          probe.request(2);
          rig.arrive("more");
          if (probe.values().size() == 20) {
            rig.connection().dispose();
          }
        });
    rig.texts().subscribe(probe);
    probe.request(2);
    rig.run();

    rig.receive("1", "2");

    assertThat(probe.values()).hasSizeGreaterThanOrEqualTo(20);
    assertThat(probe.isComplete()).isTrue();
  }

  @Test
  @DisplayName("come on the pump: request never emits on the caller")
  void requestDoesNotEmit() {
    Probe<String> probe = subscribe(new Probe<>());
    rig.receive("waits in the so");

    probe.request(1);
    assertThat(probe.values()).isEmpty();

    rig.run();
    assertThat(probe.values()).hasSize(1);
  }

  @Test
  @DisplayName("do not come before onSubscribe has returned, even if the pump turns meanwhile")
  void nothingBeforeOnSubscribeReturned() {
    Probe<String> predecessor = subscribe(Probe.requesting(2));
    predecessor.cancel();
    rig.run(); // where the kernel keeps posts there are two now
    Probe<String> probe = Probe.requesting(5);
    probe.onSubscribe(
        subscription -> {
          rig.receive("1", "2", "3");
          assertThat(probe.values()).isEmpty();
        });

    rig.texts().subscribe(probe);
    assertThat(probe.values()).isEmpty();
    rig.run();

    int lost = (int) rig.dropped(CANCELLED);
    assertThat(lost).isEqualTo(posts == Posts.KEPT ? 2 : 0);
    assertThat(probe.values()).hasSize(3 - lost);
  }

  @Test
  @DisplayName("do not come before onSubscribe has returned: completion neither")
  void noCompletionBeforeOnSubscribeReturned() {
    Probe<String> probe = Probe.requesting(5);
    probe.onSubscribe(
        subscription -> {
          rig.connection().dispose();
          rig.run();
          assertThat(probe.isLive()).isTrue();
        });

    rig.texts().subscribe(probe);
    rig.run();

    assertThat(probe.isComplete()).isTrue();
  }

  @Test
  @DisplayName("do not come at all if onSubscribe cancels, even if the connection ends meanwhile")
  void noCompletionAfterCancelInsideOnSubscribe() {
    Probe<String> probe = Probe.requesting(5);
    probe.onSubscribe(
        subscription -> {
          rig.connection().dispose();
          rig.run();
          subscription.cancel();
        });

    rig.texts().subscribe(probe);
    rig.run();

    assertThat(probe.isLive()).isTrue();
  }

  // ---- requests that are none

  @ParameterizedTest(name = "request({0})")
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  @DisplayName("request of nothing or less is onError by rule 3.9, on the pump")
  void badRequest(long n) {
    Probe<String> probe = subscribe(Probe.requesting(3));

    probe.request(n);
    assertThat(probe.isLive()).isTrue();
    rig.run();

    assertThat(probe.error())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3.9")
        .hasMessageContaining("request(" + n + ")");
  }

  @Test
  @DisplayName("after that error the place is free again")
  void placeIsFreeAfterBadRequest() {
    Probe<String> probe = subscribe(Probe.requesting(3));
    probe.request(0);
    rig.run();

    Probe<String> next = subscribe(Probe.requesting(1));
    rig.receive("1");

    assertThat(next.values()).containsExactly("1");
    assertThat(probe.values()).isEmpty();
  }

  @Test
  @DisplayName("the place is free inside that onError already: retry() works")
  void retryAfterBadRequest() {
    Probe<String> next = Probe.requesting(1);
    Probe<String> probe = new Probe<>();
    probe.onEnd(() -> rig.texts().subscribe(next));
    rig.texts().subscribe(probe);
    probe.request(0);
    rig.run();

    rig.receive("1");

    assertThat(probe.error()).isInstanceOf(IllegalArgumentException.class);
    assertThat(next.values()).containsExactly("1");
  }

  @Test
  @DisplayName("a bad request inside onSubscribe: the error comes after it")
  void badRequestInsideOnSubscribe() {
    Probe<String> probe = Probe.requesting(-3);
    probe.onSubscribe(subscription -> rig.run());

    rig.texts().subscribe(probe);
    assertThat(probe.isLive()).isTrue();
    rig.run();

    assertThat(probe.error()).hasMessageContaining("request(-3)");
    rig.assertPosted(0);
  }

  @Test
  @DisplayName("a bad request inside onNext: the error is the next signal, the rest is dropped")
  void badRequestInsideOnNext() {
    Probe<String> probe = new Probe<>();
    probe.onNext(value -> probe.request(0));
    rig.texts().subscribe(probe);
    probe.request(8);
    rig.run();

    rig.receive("1", "2", "3");

    assertThat(probe.values()).containsExactly("1");
    assertThat(probe.error()).isInstanceOf(IllegalArgumentException.class);
    assertThat(rig.dropped(CANCELLED)).isEqualTo(2);
  }

  @Test
  @DisplayName("several bad requests are one error")
  void oneErrorForSeveral() {
    Probe<String> probe = subscribe(Probe.requesting(3));

    probe.request(0);
    probe.request(-1);
    rig.run();
    probe.request(-2);
    probe.request(2);
    rig.run();

    assertThat(probe.error()).isNotNull();
  }

  @Test
  @DisplayName("cancel after that error does not take the place from the next subscriber")
  void cancelAfterBadRequest() {
    Probe<String> probe = subscribe(Probe.requesting(0));
    Probe<String> next = subscribe(Probe.requesting(2));

    probe.cancel();
    rig.receive("1");

    assertThat(next.values()).containsExactly("1");
    rig.assertPosted(1);
  }

  // ---- one subscriber

  @Test
  @DisplayName("a second subscriber gets an error that names share(), and the first goes on")
  void secondSubscriber() {
    Probe<String> first = subscribe(Probe.requesting(3));

    StepVerifier.create(rig.connection().receive(view -> view.getByte(0)))
        .then(rig::run)
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("share()"))
        .verify();
    StepVerifier.create(rig.connection().next())
        .then(rig::run)
        .verifyError(IllegalStateException.class);
    rig.receive("1");

    assertThat(first.values()).containsExactly("1");
    rig.assertPosted(2);
  }

  @Test
  @DisplayName("an onSubscribe that throws counts as cancelled, as rule 2.13 says")
  void onSubscribeThrows() {
    Probe<String> broken = Probe.requesting(3);
    broken.onSubscribe(
        subscription -> {
          throw new IllegalStateException("broken");
        });
    try {
      rig.texts().subscribe(broken);
    } catch (IllegalStateException thrown) {
      assertThat(thrown).hasMessage("broken");
    }

    Probe<String> next = subscribe(Probe.requesting(1));
    rig.receive("1");

    assertThat(next.values()).containsExactly("1");
    assertThat(broken.values()).isEmpty();
  }

  // ---- the end

  @Test
  @DisplayName("dispose completes the subscriber, and those that come later")
  void disposeCompletes() {
    Probe<String> probe = subscribe(Probe.requesting(3));

    rig.connection().dispose();
    assertThat(probe.isLive()).isTrue();
    rig.run();

    assertThat(probe.isComplete()).isTrue();
    assertThat(subscribe(new Probe<>()).isComplete()).isTrue();
    StepVerifier.create(rig.connection().next()).then(rig::run).verifyComplete();
  }

  @Test
  @DisplayName("cancel after completion does not open it again")
  void cancelAfterCompletion() {
    Probe<String> probe = subscribe(Probe.requesting(3));
    rig.connection().dispose();
    rig.run();

    probe.cancel();
    rig.run();

    assertThat(subscribe(new Probe<>()).isComplete()).isTrue();
  }

  @Test
  @DisplayName("completion needs no demand")
  void completesWithoutDemand() {
    Probe<String> probe = subscribe(new Probe<>());

    rig.connection().dispose();
    rig.run();

    assertThat(probe.isComplete()).isTrue();
  }

  @Test
  @DisplayName("after dispose nothing is delivered: what has completed meanwhile is CLOSED")
  void nothingAfterDispose() {
    Probe<String> probe = subscribe(Probe.requesting(5));
    rig.arrive("1", "2");

    rig.connection().dispose();
    rig.run();

    assertThat(probe.values()).isEmpty();
    assertThat(probe.isComplete()).isTrue();
    assertThat(rig.dropped(CLOSED)).isEqualTo(2);
  }

  @Test
  @DisplayName("dispose inside onNext: the rest of the batch is CLOSED, then completion")
  void disposeInsideOnNext() {
    Probe<String> probe = new Probe<>();
    probe.onNext(value -> rig.connection().dispose());
    rig.texts().subscribe(probe);
    probe.request(8);
    rig.run();

    rig.receive("1", "2", "3");

    assertThat(probe.values()).containsExactly("1");
    assertThat(probe.isComplete()).isTrue();
    assertThat(rig.dropped(CLOSED)).isEqualTo(2);
  }

  @Test
  @DisplayName("shutdown completes the inbound at once; what a kept post still brings is CLOSED")
  void shutdownCompletes() {
    Probe<String> probe = subscribe(Probe.requesting(5));
    rig.socket().holdSends();
    rig.connection().send(Flux.never()).subscribe(); // keeps it draining
    rig.run();

    rig.connection().shutdown(Duration.ofHours(1)).subscribe();
    rig.run();
    rig.receive("1", "2");

    assertThat(probe.isComplete()).isTrue();
    assertThat(probe.values()).isEmpty();
    assertThat(rig.dropped(CLOSED)).isEqualTo(posts == Posts.KEPT ? 2 : 0);
  }

  @Test
  @DisplayName("a failed socket fails the subscriber and those that come later, with one error")
  void socketFailureFails() {
    Probe<String> probe = subscribe(Probe.requesting(5));

    rig.socket().failSocket(KernelException.Kind.OTHER, 99);
    rig.run();

    assertThat(probe.error()).isInstanceOf(IOException.class).hasMessageContaining("99");
    assertThat(subscribe(new Probe<>()).error()).isSameAs(probe.error());
  }

  @Test
  @DisplayName("a subscriber that throws when the stream ends is survived")
  void endThrows() {
    List<Throwable> disposed = new ArrayList<>();
    Probe<String> probe = Probe.requesting(3);
    probe.onEnd(
        () -> {
          throw new IllegalStateException("at the end");
        });
    subscribe(probe);
    rig.connection().onDispose().subscribe(null, disposed::add);

    try (CapturedLog log = new CapturedLog()) {
      rig.connection().dispose();
      rig.run();

      assertThat(log.text()).contains("threw when the stream ended").contains("at the end");
    }
    assertThat(rig.socket().isReleased()).isTrue();
    assertThat(disposed).isEmpty();
  }

  private Probe<String> subscribe(Probe<String> probe) {
    rig.texts().subscribe(probe);
    rig.run();
    return probe;
  }
}
