package io.rioreactive.test.fuzz;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.LawAssert.assertThatLawHolds;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.test.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/**
 * A connection on a real socket, and what is known of it: how many datagrams were sent to it, what
 * its subscribers asked for and got. Datagrams have numbers, so each is delivered once at most, and
 * in its order; nobody gets more than asked for; and in the end the law holds, with the kernel's
 * drops in it.
 */
final class RealSocket {

  private static final Duration LONG = Duration.ofSeconds(20);

  private final RioConnection connection;
  private final Peer peer;
  private final int datagramSize;
  private final List<Disposable> sends = new ArrayList<>();
  private final AtomicLong delivered = new AtomicLong();
  private final AtomicLong last = new AtomicLong(-1);
  private @Nullable Tap tap;
  private volatile @Nullable String defect;
  private long arrived;
  private long tooLong;

  RealSocket(RioConnection connection, Peer peer, int datagramSize) {
    this.connection = connection;
    this.peer = peer;
    this.datagramSize = datagramSize;
  }

  // ---- steps

  /** Sends to it; with a length, datagrams that do not fit. */
  void arrive(int count, int length) {
    for (int i = 0; i < count; i++) {
      String number = Long.toString(arrived++);
      if (length > datagramSize) {
        tooLong++;
        peer.send(new byte[length], connection.localAddress());
      } else {
        peer.send(number.getBytes(UTF_8), connection.localAddress());
      }
    }
  }

  /** Only the first one has the seat; one that comes too early is refused. */
  void subscribe(boolean decodes) {
    if (tap == null || tap.isDisposed()) {
      tap = new Tap();
      Flux<String> texts =
          decodes
              ? connection.receive(view -> view.asString())
              : connection.receive().map(Datagram::asString);
      texts.subscribe(tap);
    }
  }

  void request(long count) {
    if (tap != null) {
      tap.ask(count);
    }
  }

  void cancel() {
    if (tap != null) {
      tap.cancel();
    }
  }

  void send(int count) {
    sends.add(
        connection
            .send(Flux.range(0, count).map(i -> Datagram.to(peer.address(), "back " + i)))
            .subscribe(ignored -> {}, closed -> {}));
  }

  void cancelSends() {
    sends.forEach(Disposable::dispose);
  }

  // ---- checks

  void check() {
    assertThat(defect).isNull();
  }

  /** Takes all that is there, until each datagram that was sent to it is accounted for. */
  void drain() {
    cancel();
    eventually(
        () -> {
          subscribe(true);
          request(Long.MAX_VALUE);
          assertThat(accounted(connection.stats())).isEqualTo(arrived);
        });
    RioStats stats = connection.stats();
    assertThat(stats.count(DropReason.TRUNCATED)).isLessThanOrEqualTo(tooLong);
  }

  private static long accounted(RioStats stats) {
    return stats.received() + stats.kernelDrops().orElseThrow();
  }

  void end() {
    if (arrived % 2 == 0) {
      connection.shutdown(LONG).block(LONG);
    } else {
      connection.dispose();
    }
    connection.onDispose().block(LONG);
    RioStats stats = connection.stats();
    assertThatLawHolds(stats);
    assertThat(stats.posted()).isZero();
    assertThat(stats.inFlight()).isZero();
    assertThat(accounted(stats)).isLessThanOrEqualTo(arrived);
    assertThat(delivered).hasValue(stats.delivered());
    check();
  }

  @Override
  public String toString() {
    return connection + ", " + arrived + " sent to it, " + connection.stats();
  }

  /** A subscriber that asks for so many. */
  private final class Tap extends BaseSubscriber<String> {

    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong got = new AtomicLong();

    void ask(long count) {
      asked.accumulateAndGet(count, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
      request(count);
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      // demand comes with the steps
    }

    @Override
    protected void hookOnNext(String text) {
      delivered.incrementAndGet();
      if (got.incrementAndGet() > asked.get()) {
        defect = "more than " + asked + " that were asked for";
      }
      long number = Long.parseLong(text);
      if (number <= last.getAndSet(number)) {
        defect = text + " after " + last;
      }
    }

    @Override
    protected void hookOnError(Throwable refused) {
      // of a subscriber that came before the former one was gone, or of the end
    }
  }
}
