package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/** How many receives each of Reactor's operators posts: its demand, made visible. */
@DisplayName("Demand made visible")
class OperatorsTest {

  private static final int SLOTS = 1_024;

  private final Rig rig = Rig.withSlots(SLOTS);

  @AfterEach
  void close() {
    rig.close();
    VirtualTimeScheduler.reset();
  }

  @Test
  @DisplayName("subscribe() takes whatever comes: all slots, always")
  void subscribe() {
    rig.texts().subscribe();
    rig.run();
    rig.assertPosted(SLOTS);

    rig.receive(500);
    rig.assertPosted(SLOTS);
  }

  @Test
  @DisplayName("publishOn prefetches 256, and asks for 192 more when so many were taken")
  void publishOn() {
    Scheduler worker = Schedulers.fromExecutor(Runnable::run);
    List<String> taken = new ArrayList<>();
    rig.texts().publishOn(worker).subscribe(taken::add);
    rig.run();
    rig.assertPosted(256);

    rig.receive(191);
    assertThat(taken).hasSize(191);
    rig.assertPosted(256 - 191);

    rig.receive(1);
    rig.assertPosted(256);
  }

  @Test
  @DisplayName("publishOn a worker that is stuck: 256 are received, then nothing is posted")
  void publishOnStuck() {
    Scheduler stuck = Schedulers.fromExecutor(task -> {});
    rig.texts().publishOn(stuck).subscribe();
    rig.socket().receiveBuffer(1_000);

    rig.receive(300);

    rig.assertPosted(0);
    assertThat(rig.stats().delivered()).isEqualTo(256);
    assertThat(rig.socket().waiting()).isEqualTo(44);
  }

  @Test
  @DisplayName("share() prefetches 256 for all of its subscribers, and goes with the last")
  void share() {
    List<String> first = new ArrayList<>();
    List<String> second = new ArrayList<>();
    Flux<String> shared = rig.texts().share();
    Disposable one = shared.subscribe(first::add);
    Disposable two = shared.subscribe(second::add);
    rig.run();
    rig.assertPosted(256);

    rig.receive("a", "b");
    assertThat(first).containsExactly("a", "b");
    assertThat(second).containsExactly("a", "b");

    one.dispose();
    rig.run();
    assertThat(rig.stats().posted()).isPositive();
    two.dispose();
    rig.run();
    rig.assertPosted(0);
  }

  @Test
  @DisplayName("share() receives no faster than its slowest subscriber")
  void shareSlowest() {
    Probe<String> slow = new Probe<>();
    Flux<String> shared = rig.texts().share();
    shared.subscribe();
    shared.subscribe(slow);
    rig.socket().receiveBuffer(1_000);

    rig.receive(300);

    rig.assertPosted(0);
    assertThat(rig.stats().delivered()).isEqualTo(256);
  }

  @Test
  @DisplayName("flatMap(…, 8) posts 8, and one more for each inner that completes")
  void flatMap() {
    List<Sinks.Empty<Void>> calls = new ArrayList<>();
    rig.texts().flatMap(text -> newCall(calls), 8).subscribe();
    rig.run();
    rig.assertPosted(8);

    rig.receive(10);
    rig.assertPosted(0);
    assertThat(calls).hasSize(8);
    assertThat(rig.socket().waiting()).isEqualTo(2);

    calls.get(3).tryEmitEmpty();
    calls.get(5).tryEmitEmpty();
    calls.get(7).tryEmitEmpty();
    rig.run();
    assertThat(calls).hasSize(10);
    rig.assertPosted(1);
  }

  @Test
  @DisplayName("concatMap posts one, when the inner before it has completed")
  void concatMap() {
    List<Sinks.Empty<Void>> calls = new ArrayList<>();
    rig.texts().concatMap(text -> newCall(calls)).subscribe();
    rig.run();
    rig.assertPosted(1);

    rig.receive(10);
    rig.assertPosted(0);
    assertThat(calls).hasSize(1);

    calls.getFirst().tryEmitEmpty();
    rig.run();
    assertThat(calls).hasSize(2);
    assertThat(rig.stats().delivered()).isEqualTo(2);
  }

  @Test
  @DisplayName("concatMap(…, 32) posts 32 ahead")
  void concatMapWithPrefetch() {
    List<Sinks.Empty<Void>> calls = new ArrayList<>();
    rig.texts().concatMap(text -> newCall(calls), 32).subscribe();
    rig.run();
    rig.assertPosted(32);

    rig.receive(10);

    rig.assertPosted(22);
    assertThat(calls).hasSize(1);
  }

  @Test
  @DisplayName("limitRate(64) posts 64, and 48 more when so many were delivered")
  void limitRate() {
    rig.texts().limitRate(64).subscribe();
    rig.run();
    rig.assertPosted(64);

    rig.receive(47);
    rig.assertPosted(64 - 47);

    rig.receive(1);
    rig.assertPosted(64);
  }

  @Test
  @DisplayName("take(n) posts n, and nothing after them")
  void take() {
    List<String> taken = new ArrayList<>();
    rig.texts().take(3).subscribe(taken::add);
    rig.run();
    rig.assertPosted(3);

    rig.receive("1", "2", "3", "4");

    assertThat(taken).containsExactly("1", "2", "3");
    rig.assertPosted(0);
    assertThat(rig.socket().waiting()).isEqualTo(1);
    assertThat(rig.stats().droppedTotal()).isZero();
  }

  @Test
  @DisplayName("next() posts one, and loses nothing besides")
  void next() {
    List<String> taken = new ArrayList<>();
    rig.nextText().subscribe(taken::add);
    rig.run();
    rig.assertPosted(1);

    rig.receive("1", "2");
    assertThat(taken).containsExactly("1");
    rig.assertPosted(0);

    rig.nextText().subscribe(taken::add);
    rig.run();
    assertThat(taken).containsExactly("1", "2");
    assertThat(rig.stats().droppedTotal()).isZero();
  }

  @Test
  @DisplayName("next() again and again, each inside the other's onNext")
  void nextInsideNext() {
    List<String> taken = new ArrayList<>();
    Mono.defer(rig::nextText).doOnNext(taken::add).repeat(4).subscribe();
    rig.run();
    rig.assertPosted(1);

    rig.receive("1", "2", "3", "4", "5", "6");

    assertThat(taken).containsExactly("1", "2", "3", "4", "5");
    rig.assertPosted(0);
    assertThat(rig.socket().waiting()).isEqualTo(1);
  }

  @Test
  @DisplayName("Reactor's receive().next() posts all slots and drops what comes besides the first")
  void reactorsNext() {
    List<Datagram> taken = new ArrayList<>();
    rig.connection().receive().next().subscribe(taken::add);
    rig.run();
    rig.assertPosted(SLOTS);

    rig.receive("1", "2", "3");

    assertThat(taken).hasSize(1);
    assertThat(rig.stats().droppedTotal()).isEqualTo(2);
    rig.assertPosted(0);
  }

  @Test
  @DisplayName("bufferTimeout(100, …, true) posts four batches ahead, and no more than are taken")
  void bufferTimeout() {
    VirtualTimeScheduler time = VirtualTimeScheduler.create();
    Probe<List<String>> sink = new Probe<>();
    rig.socket().receiveBuffer(10_000);
    rig.texts().bufferTimeout(100, Duration.ofMillis(100), time, true).subscribe(sink);
    rig.run();
    rig.assertPosted(0);

    sink.request(1);
    rig.run();
    rig.assertPosted(400);

    rig.receive(2_000);
    assertThat(sink.values()).extracting(List::size).containsExactly(100);
    rig.assertPosted(0);
    assertThat(rig.stats().delivered()).isEqualTo(400);
    assertThat(rig.socket().waiting()).isEqualTo(1_600);

    for (int i = 0; i < 10; i++) {
      sink.request(1);
      rig.run();
    }
    assertThat(sink.values()).hasSize(11);
    assertThat(rig.stats().delivered()).isLessThanOrEqualTo(1_100 + 400);
  }

  @Test
  @DisplayName("bufferTimeout(…, true) gives a batch that is not full when its time is up")
  void bufferTimeoutOnTime() {
    VirtualTimeScheduler time = VirtualTimeScheduler.create();
    List<Integer> batches = new ArrayList<>();
    rig.texts()
        .bufferTimeout(100, Duration.ofMillis(100), time, true)
        .subscribe(batch -> batches.add(batch.size()));
    rig.receive(7);
    assertThat(batches).isEmpty();

    time.advanceTimeBy(Duration.ofMillis(100));

    assertThat(batches).containsExactly(7);
  }

  @Test
  @DisplayName(
      "windowTimeout(100, …, true) and concatMap post a window, and none while two are full")
  void windowTimeout() {
    VirtualTimeScheduler time = VirtualTimeScheduler.create();
    List<Sinks.Empty<Void>> calls = new ArrayList<>();
    rig.socket().receiveBuffer(10_000);
    rig.texts()
        .windowTimeout(100, Duration.ofMillis(100), time, true)
        .concatMap(window -> window.count().delayUntil(count -> newCall(calls)))
        .subscribe();
    rig.run();
    rig.assertPosted(100);

    rig.receive(60);
    rig.assertPosted(40);

    rig.receive(1_000);
    rig.assertPosted(0);
    assertThat(calls).hasSize(1);
    assertThat(rig.stats().delivered()).isEqualTo(200);

    calls.getFirst().tryEmitEmpty();
    rig.run();
    assertThat(calls).hasSize(2);
    assertThat(rig.stats().delivered()).isEqualTo(300);
  }

  @Test
  @DisplayName("send posts 256, its window, and 192 more when so many were taken")
  void send() {
    try (Rig echo =
        Rig.over(
            SimulatedKernel.withdrawingPosts(),
            server -> server.receiveSlots(SLOTS).sendSlots(256))) {
      echo.connection().send(echo.connection().receive()).subscribe();
      echo.run();
      echo.assertPosted(256);

      echo.receive(191);
      assertThat(echo.stats().sent()).isEqualTo(191);
      echo.assertPosted(256 - 191);

      echo.receive(1);
      echo.assertPosted(256);
    }
  }

  @Test
  @DisplayName("filter asks on its own for what it has dropped")
  void filter() {
    Probe<String> probe = Probe.requesting(2);
    rig.texts().filter(text -> text.length() > 1).subscribe(probe);
    rig.run();
    rig.assertPosted(2);

    rig.receive("a", "b", "cc", "d");

    assertThat(probe.values()).containsExactly("cc");
    rig.assertPosted(1);
  }

  @Test
  @DisplayName("onBackpressureDrop takes whatever comes and drops it after delivery")
  void onBackpressureDrop() {
    List<String> lost = new ArrayList<>();
    Probe<String> probe = Probe.requesting(1);
    rig.texts().onBackpressureDrop(lost::add).subscribe(probe);
    rig.run();
    rig.assertPosted(SLOTS);

    rig.receive("1", "2", "3");

    assertThat(probe.values()).containsExactly("1");
    assertThat(lost).containsExactly("2", "3");
    assertThat(rig.stats().delivered()).isEqualTo(3);
  }

  @Test
  @DisplayName("timeout gives the place back when it is up")
  void timeout() {
    VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
    List<Throwable> errors = new ArrayList<>();
    rig.connection().next().timeout(Duration.ofSeconds(1)).subscribe(value -> {}, errors::add);
    rig.run();
    rig.assertPosted(1);

    time.advanceTimeBy(Duration.ofSeconds(1));
    rig.run();

    assertThat(errors).hasSize(1);
    rig.assertPosted(0);
  }

  private static Mono<Void> newCall(List<Sinks.Empty<Void>> calls) {
    Sinks.Empty<Void> call = Sinks.empty();
    calls.add(call);
    return call.asMono();
  }
}
