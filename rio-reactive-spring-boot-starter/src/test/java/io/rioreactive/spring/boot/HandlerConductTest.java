package io.rioreactive.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.rioreactive.RioConnection;
import io.rioreactive.spring.RioDatagramHandler;
import io.rioreactive.spring.RioUdpServerLifecycle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A handler that throws, blocks or never ends costs its own call, and nobody else's. */
@Timeout(120)
class HandlerConductTest {

  private static ApplicationContextRunner withHandler(Class<?> handler) {
    return Runner.create()
        .withPropertyValues("rio.udp.server.port=0")
        .withUserConfiguration(handler);
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        ThrowsOffPump.class,
        ThrowsChecked.class,
        ThrowsOnPump.class,
        FailingMono.class,
        NullPublisher.class,
        BlocksThePump.class,
        NotWhatItTakes.class,
        UnsaidPublisher.class
      })
  void aCallThatFailsIsCountedAndTheNextIsAnswered(Class<?> handler) {
    withHandler(handler)
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                RioConnection bound = Peer.bound(context, "default");
                peer.send(bound.localAddress(), "bad");

                assertThat(peer.ask(bound.localAddress(), "41")).isEqualTo("42");
                await().untilAsserted(() -> assertThat(bound.stats().handlerFailures()).isOne());
                assertThat(bound.isDisposed()).isFalse();
              }
            });
  }

  private static String next(String number) {
    return Integer.toString(Integer.parseInt(number) + 1);
  }

  /** JSON would have something to say of a Mono. */
  static class UnsaidPublisher {
    @RioDatagramHandler
    Object answer(String query) {
      return query.equals("bad") ? Mono.just(query) : next(query);
    }
  }

  static class ThrowsOffPump {
    @RioDatagramHandler
    String answer(String query) {
      return next(query);
    }
  }

  static class ThrowsChecked {
    @RioDatagramHandler
    String answer(String query) throws Exception {
      if (query.equals("bad")) {
        throw new Exception("planned");
      }
      return next(query);
    }
  }

  static class ThrowsOnPump {
    @RioDatagramHandler
    Mono<String> answer(String query) {
      return Mono.just(next(query));
    }
  }

  static class FailingMono {
    @RioDatagramHandler
    Mono<String> answer(String query) {
      return Mono.just(query).hide().map(HandlerConductTest::next);
    }
  }

  static class NullPublisher {
    @RioDatagramHandler
    @Nullable Mono<String> answer(String query) {
      return query.equals("bad") ? null : Mono.just(next(query));
    }
  }

  static class BlocksThePump {
    @RioDatagramHandler
    Mono<String> answer(String query) {
      if (query.equals("bad")) {
        Mono.never().block(); // refused there
      }
      return Mono.just(next(query));
    }
  }

  static class NotWhatItTakes {
    @RioDatagramHandler
    String answer(int number) {
      return Integer.toString(number + 1);
    }
  }

  /** As Netty's are. */
  @Test
  void buffersThatWaitWhenACallIsCancelledAreReleased() {
    withHandler(Buffering.class)
        .withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=0s")
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                Buffering handler = context.getBean(Buffering.class);
                peer.send(Peer.addressOf(context, "default"), "hello");
                await().until(() -> handler.made.size() == 3);

                context.getBean(RioUdpServerLifecycle.class).stop();

                await().until(() -> handler.made.stream().noneMatch(NettyDataBuffer::isAllocated));
              }
            });
  }

  /** The first reply is never ready, and the others wait behind it. */
  static class Buffering {

    final List<NettyDataBuffer> made = new CopyOnWriteArrayList<>();
    private final NettyDataBufferFactory factory =
        new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT);

    @RioDatagramHandler
    Flux<DataBuffer> answer(String query) {
      return Flux.range(0, 3)
          .<DataBuffer>map(i -> made(factory.allocateBuffer(16)))
          .hide() // else each is made when its turn has come
          .concatMap(buffer -> Mono.just(buffer).delayElement(Duration.ofDays(1)), 3);
    }

    private NettyDataBuffer made(NettyDataBuffer buffer) {
      made.add(buffer);
      return buffer;
    }
  }

  @Test
  void oneThatBlocksKeepsNobodyWaiting() {
    withHandler(Blocking.class)
        .run(
            context -> {
              try (Peer slow = new Peer();
                  Peer fast = new Peer()) {
                RioConnection bound = Peer.bound(context, "default");
                Blocking handler = context.getBean(Blocking.class);
                slow.send(bound.localAddress(), "block");
                await().until(() -> handler.entered.get() == 1);

                assertThat(fast.ask(bound.localAddress(), "hello")).isEqualTo("hello");

                handler.release.countDown();
                assertThat(slow.receive()).isEqualTo("block");
              }
            });
  }

  @Test
  void noMoreBlockThanTheServerHasCalls() {
    withHandler(Blocking.class)
        .withPropertyValues("rio.udp.server.concurrency=2")
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                RioConnection bound = Peer.bound(context, "default");
                Blocking handler = context.getBean(Blocking.class);
                for (int i = 0; i < 5; i++) {
                  peer.send(bound.localAddress(), "block");
                }
                await().until(() -> handler.entered.get() == 2);
                await().until(() -> bound.stats().delivered() == 2);
                await().until(() -> bound.stats().demand() == 0); // the other three wait

                assertThat(bound.stats().delivered()).isEqualTo(2);
                handler.release.countDown();
                for (int i = 0; i < 5; i++) {
                  assertThat(peer.receive()).isEqualTo("block");
                }
              }
            });
  }

  @ParameterizedTest
  @ValueSource(classes = {Blocking.class, NeverEnding.class})
  void oneThatNeverEndsIsGivenUp(Class<?> handler) {
    withHandler(handler)
        .withPropertyValues("rio.udp.server.respond-timeout=2s", "rio.udp.server.concurrency=1")
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                RioConnection bound = Peer.bound(context, "default");
                peer.send(bound.localAddress(), "block");

                // There is one call at a time, so this one is answered only after that.
                assertThat(peer.ask(bound.localAddress(), "hello")).isEqualTo("hello");
                await().untilAsserted(() -> assertThat(bound.stats().respondTimeouts()).isOne());
                Interruptions interruptions = context.getBean(Interruptions.class);
                await().until(() -> interruptions.count.get() == 1);
              }
            });
  }

  /** How often a call was told to end. */
  static class Interruptions {
    final AtomicInteger count = new AtomicInteger();
  }

  static class Blocking extends Interruptions {

    final AtomicInteger entered = new AtomicInteger();
    final CountDownLatch release = new CountDownLatch(1);

    @RioDatagramHandler
    String answer(String query) throws InterruptedException {
      if (query.equals("block")) {
        entered.incrementAndGet();
        try {
          release.await();
        } catch (InterruptedException e) {
          count.incrementAndGet();
          throw e;
        }
      }
      return query;
    }
  }

  static class NeverEnding extends Interruptions {
    @RioDatagramHandler
    Mono<String> answer(String query) {
      return query.equals("block")
          ? Mono.<String>never().doOnCancel(count::incrementAndGet)
          : Mono.just(query);
    }
  }
}
