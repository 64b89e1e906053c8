package io.rioreactive.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.util.retry.Retry;

/** What one connection's code throws, at places where nothing may throw, stays with it. */
class IsolationTest {

  private final CapturedLog log = new CapturedLog();
  private final SimulatedServer server = SimulatedServer.bind();
  private final RioConnection neighbour = server.bindAnother(it -> it);
  private final SimulatedSocket neighboursSocket = server.kernel().lastSocket();
  private final List<String> neighbourGot = new ArrayList<>();

  @AfterEach
  void neighbourIsUnharmed() {
    Hooks.resetOnErrorDropped();
    neighbour.receive().map(Datagram::asString).subscribe(neighbourGot::add);
    server.run();
    neighboursSocket.deliver("still here".getBytes(UTF_8), SimulatedServer.PEER);
    server.run();
    assertThat(neighbourGot).containsExactly("still here");
    assertThat(server.pump().isEnded()).isFalse();
    server.close();
    log.close();
  }

  /** The logger is what it throws at. */
  private static final class Unprintable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }
  }

  @Test
  @DisplayName("an exception whose message throws drops its datagram, and the stream goes on")
  void unprintableCause() {
    List<String> got = new ArrayList<>();
    server
        .connection()
        .receive(
            view -> {
              if (view.length() == 3) {
                throw new Unprintable();
              }
              return view.asString();
            })
        .subscribe(got::add);
    server.run();

    server.deliver("bad", "fine");
    server.run();

    assertThat(got).containsExactly("fine");
    assertThat(server.stats().count(DropReason.DECODER)).isEqualTo(1);
  }

  @Test
  @DisplayName("a subscriber of onDispose that throws through a hook harms nobody")
  void onDisposeThrows() {
    Hooks.onErrorDropped(
        failure -> {
          throw Exceptions.propagate(failure);
        });
    server
        .connection()
        .onDispose()
        .subscribe(
            null,
            null,
            () -> {
              throw new IllegalStateException("in onDispose");
            });

    server.connection().dispose();
    server.run();

    assertThat(server.socket().isReleased()).isTrue();
    assertThat(log.errors()).anyMatch(line -> line.contains("onDispose threw"));
  }

  @Test
  @DisplayName("a subscriber of neverComplete that throws does not keep the socket open")
  void neverCompleteThrows() {
    server.connection().outbound().neverComplete().subscribe(new ThrowingOnComplete());
    server.run();

    server.connection().dispose();
    server.run();

    assertThat(server.socket().isReleased()).isTrue();
    assertThat(log.errors()).anyMatch(line -> line.contains("neverComplete threw"));
  }

  private static final class ThrowingOnComplete implements CoreSubscriber<Void> {

    @Override
    public void onSubscribe(Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Void nothing) {
      throw new AssertionError("there are no elements");
    }

    @Override
    public void onError(Throwable failure) {
      throw new AssertionError("it does not fail", failure);
    }

    @Override
    public void onComplete() {
      throw new IllegalStateException("in onComplete");
    }
  }

  @Test
  @DisplayName("a publisher that cancels and throws from request, with a rethrowing hook")
  void requestThrows() {
    Hooks.onErrorDropped(
        failure -> {
          throw Exceptions.propagate(failure);
        });
    server
        .connection()
        .send(
            subscriber ->
                subscriber.onSubscribe(
                    new Subscription() {
                      private int requests;

                      @Override
                      public void request(long n) {
                        if (++requests > 1) {
                          throw new IllegalStateException("in request");
                        }
                        for (int i = 0; i < n; i++) {
                          subscriber.onNext(Datagram.to(SimulatedServer.PEER, "x"));
                        }
                      }

                      @Override
                      public void cancel() {}
                    }))
        .onErrorComplete()
        .subscribe();
    server.run();

    assertThat(server.stats().accepted())
        .isEqualTo(server.stats().sent() + server.stats().discarded());
  }

  @Test
  @DisplayName("a decoder that asks for stats() breaks no law")
  void statsInDecoder() {
    server
        .connection()
        .receive(
            view -> {
              assertThat(server.stats().received()).isPositive();
              return view.asString();
            })
        .subscribe();
    server.run();

    server.deliver("abc");
    server.run();

    assertThat(server.stats().received()).isEqualTo(1);
    assertThat(server.stats().delivered()).isEqualTo(1);
    assertThat(server.stats().bytesReceived()).isEqualTo(3);
  }

  @Test
  @DisplayName("a handler that fails at once, for ever, lets the others have their turn")
  void failingHandlerIsFair() {
    AtomicInteger calls = new AtomicInteger();
    RioConnection failing =
        server.bindAnotherWithoutRun(
            it ->
                it.handlerRetry(Retry.indefinitely())
                    .handle(
                        (in, out) -> {
                          calls.incrementAndGet();
                          return Flux.error(new IllegalStateException("always"));
                        }));
    int before = calls.get();
    server.turn(1);

    assertThat(calls.get() - before).as("tries in one turn").isLessThanOrEqualTo(2);
    failing.dispose();
    server.run();
  }

  @Test
  @DisplayName("binds at the same time spread over the pumps of a group")
  void bindsSpread() {
    PumpGroup pumps = PumpGroup.create().name("spread").size(4);
    try {
      List<String> threads = Collections.synchronizedList(new ArrayList<>());
      RioUdpServer each =
          RioUdpServer.create()
              .runOn(pumps)
              .doOnBound(connection -> threads.add(Thread.currentThread().getName()));
      Flux.range(0, 16).flatMap(i -> each.bind(), 16).blockLast();

      assertThat(threads).hasSize(16);
      assertThat(threads.stream().distinct()).hasSize(4);
      assertThat(threads.stream().collect(Collectors.groupingBy(t -> t)).values())
          .allMatch(sockets -> sockets.size() == 4);
    } finally {
      pumps.dispose();
    }
  }
}
