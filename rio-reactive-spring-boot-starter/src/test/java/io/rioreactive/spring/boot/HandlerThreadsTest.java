package io.rioreactive.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;
import reactor.core.Disposable;
import reactor.core.publisher.Hooks;
import reactor.test.StepVerifier;

@Timeout(60)
class HandlerThreadsTest {

  private static final Duration LONGEST = Duration.ofSeconds(30);

  private static HandlerThreads threads(boolean virtual) {
    return new HandlerThreads(
        new MockEnvironment()
            .withProperty("spring.threads.virtual.enabled", Boolean.toString(virtual)));
  }

  @AfterEach
  void reset() {
    Hooks.resetOnErrorDropped();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCallGivesItsResult(boolean virtual) {
    StepVerifier.create(threads(virtual).call(() -> Thread.currentThread().isVirtual()))
        .expectNext(virtual)
        .expectComplete()
        .verify(LONGEST);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nullIsEmpty(boolean virtual) {
    StepVerifier.create(threads(virtual).<String>call(() -> null)).expectComplete().verify(LONGEST);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsThrownFailsIt(boolean virtual) {
    StepVerifier.create(
            threads(virtual)
                .call(
                    () -> {
                      throw new IOException("planned");
                    }))
        .expectErrorMatches(failure -> failure instanceof IOException)
        .verify(LONGEST);
  }

  @Test
  void afterTheEndOfTheApplicationItFails() {
    HandlerThreads threads = threads(true);
    threads.destroy();

    StepVerifier.create(threads.call(() -> "late")).expectError().verify(LONGEST);
  }

  @Test
  void oneThatIsCancelledIsInterruptedAndNobodyHearsOfItsEnd() throws Exception {
    List<Throwable> dropped = new CopyOnWriteArrayList<>();
    Hooks.onErrorDropped(dropped::add);
    CompletableFuture<Thread> entered = new CompletableFuture<>();
    CountDownLatch never = new CountDownLatch(1);
    Disposable call =
        threads(true)
            .call(
                () -> {
                  entered.complete(Thread.currentThread());
                  never.await();
                  return "given up";
                })
            .subscribe();
    Thread thread = entered.get();

    call.dispose();

    thread.join();
    assertThat(dropped).isEmpty();
  }
}
