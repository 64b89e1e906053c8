package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.contract.Testbed.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.test.Peer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Demand is posted receives: nothing is read that nobody asked for. */
interface DemandContract extends OnTestbed {

  /** Asks for nothing by itself. */
  final class Paused extends BaseSubscriber<Datagram> {
    final List<String> got = new CopyOnWriteArrayList<>();

    @Override
    protected void hookOnSubscribe(Subscription subscription) {}

    @Override
    protected void hookOnNext(Datagram datagram) {
      got.add(datagram.asString());
    }
  }

  private Paused subscribe(Flux<Datagram> flux) {
    Paused subscriber = new Paused();
    flux.subscribe(subscriber);
    return subscriber;
  }

  private void send(Peer peer, RioConnection connection, String... texts) {
    for (String text : texts) {
      peer.send(text, connection.localAddress());
    }
  }

  private void eventuallyPosted(RioConnection connection, int posted) {
    eventually(() -> assertThat(connection.stats().posted()).isEqualTo(posted));
  }

  @Test
  default void withoutASubscriberNothingIsPosted() {
    RioConnection connection = testbed().bind(testbed().server());

    send(testbed().peer(), connection, "waits");

    assertThat(connection.stats().posted()).isZero();
    assertThat(connection.stats().demand()).isZero();
    assertThat(connection.next().map(Datagram::asString).block(LONG)).isEqualTo("waits");
  }

  @Test
  default void aPausedSubscriberGetsWhatItAskedForAndTheRestWaits() {
    RioConnection connection = testbed().bind(testbed().server());
    Peer peer = testbed().peer();
    Paused subscriber = subscribe(connection.receive());

    subscriber.request(5);
    eventuallyPosted(connection, 5);
    assertThat(connection.stats().demand()).isEqualTo(5);

    send(peer, connection, "1", "2", "3", "4", "5", "6", "7", "8");
    eventuallyPosted(connection, 0);
    testbed().assertReceived(subscriber.got, "1", "2", "3", "4", "5");
    assertThat(connection.stats().received()).isEqualTo(5);
    assertThat(connection.stats().demand()).isZero();

    subscriber.request(2);
    eventually(() -> assertThat(subscriber.got).hasSize(7));
    eventuallyPosted(connection, 0);
    subscriber.request(1);
    eventually(() -> assertThat(subscriber.got).hasSize(8));
    testbed().assertReceived(subscriber.got, "1", "2", "3", "4", "5", "6", "7", "8");
    eventually(() -> assertThat(connection.stats().received()).isEqualTo(8));
  }

  @Test
  default void signalsComeOnAThreadThatMustNotBlock() {
    RioConnection connection = testbed().bind(testbed().server());
    Mono<Boolean> mustNotBlock =
        connection.next().map(datagram -> Schedulers.isInNonBlockingThread());

    send(testbed().peer(), connection, "any");

    assertThat(mustNotBlock.block(LONG)).isTrue();
  }

  @Test
  default void noMoreIsPostedThanThereAreSlots() {
    RioConnection connection = testbed().bind(testbed().server().receiveSlots(7));
    Paused subscriber = subscribe(connection.receive());

    subscriber.request(100);

    eventuallyPosted(connection, 7);
    send(testbed().peer(), connection, "one");
    eventually(() -> assertThat(subscriber.got).containsExactly("one"));
    eventuallyPosted(connection, 7);
    eventually(() -> assertThat(connection.stats().demand()).isEqualTo(99));
  }

  @Test
  default void nextPostsOneReceive() {
    RioConnection connection = testbed().bind(testbed().server());
    AtomicReference<Datagram> got = new AtomicReference<>();

    connection.next().subscribe(got::set);
    eventuallyPosted(connection, 1);
    send(testbed().peer(), connection, "mine", "waits");

    eventually(() -> assertThat(got.get()).isNotNull());
    eventuallyPosted(connection, 0);
    assertThat(got.get().asString()).isEqualTo("mine");
    assertThat(connection.stats().received()).isEqualTo(1);
    assertThat(connection.next().map(Datagram::asString).block(LONG)).isEqualTo("waits");
  }

  @Test
  default void takePostsAsManyAsItTakes() {
    RioConnection connection = testbed().bind(testbed().server());
    List<String> got = new CopyOnWriteArrayList<>();

    connection.receive().take(3).map(Datagram::asString).subscribe(got::add);
    eventuallyPosted(connection, 3);
    send(testbed().peer(), connection, "1", "2", "3", "4");

    eventually(() -> assertThat(got).hasSize(3));
    testbed().assertReceived(got, "1", "2", "3");
    eventuallyPosted(connection, 0);
    assertThat(connection.stats().received()).isEqualTo(3);
    assertThat(connection.next().map(Datagram::asString).block(LONG)).isEqualTo("4");
  }

  @Test
  default void whatWaitsWhenASubscriberLeavesGoesToTheNext() {
    RioConnection connection = testbed().bind(testbed().server());
    Paused first = subscribe(connection.receive());
    first.request(1);
    eventuallyPosted(connection, 1);
    send(testbed().peer(), connection, "1", "2", "3");
    eventually(() -> assertThat(first.got).containsExactly("1"));

    first.cancel();

    testbed()
        .assertReceived(
            connection.receive().map(Datagram::asString).take(2).collectList().block(LONG),
            "2",
            "3");
    assertThat(first.got).containsExactly("1");
  }

  @Test
  default void aCancelTakesPostsBackWhereTheKernelLetsGoOfThem() {
    RioConnection connection = testbed().bind(testbed().server());
    Peer peer = testbed().peer();
    Paused first = subscribe(connection.receive());
    first.request(5);
    eventuallyPosted(connection, 5);

    first.cancel();
    Paused second = subscribe(connection.receive());
    second.request(2);
    eventually(() -> assertThat(connection.stats().demand()).isEqualTo(2));
    eventuallyPosted(connection, testbed().keepsPosts() ? 5 : 2);

    send(peer, connection, "1", "2", "3");
    eventuallyPosted(connection, testbed().keepsPosts() ? 2 : 0);
    if (testbed().completesInOrder()) {
      assertThat(second.got).containsExactly("1", "2");
    } else {
      assertThat(second.got).hasSize(2).doesNotHaveDuplicates().isSubsetOf("1", "2", "3");
    }
    // a third post without demand behind it takes the third datagram, which nobody asked for
    assertThat(connection.stats().count(DropReason.CANCELLED))
        .isEqualTo(testbed().keepsPosts() ? 1 : 0);
    assertThat(first.got).isEmpty();
  }

  @Test
  default void aDatagramForAPostThatNobodyWantsAnyMoreIsDroppedAndCounted() {
    RioConnection connection = testbed().bind(testbed().server());
    Paused subscriber = subscribe(connection.receive());
    subscriber.request(2);
    eventuallyPosted(connection, 2);
    subscriber.cancel();
    eventuallyPosted(connection, testbed().keepsPosts() ? 2 : 0);

    send(testbed().peer(), connection, "1", "2", "3");

    int dropped = testbed().keepsPosts() ? 2 : 0;
    eventually(() -> assertThat(connection.stats().count(DropReason.CANCELLED)).isEqualTo(dropped));
    assertThat(connection.next().map(Datagram::asString).block(LONG))
        .isEqualTo(testbed().keepsPosts() ? "3" : "1");
  }

  @Test
  default void aSecondSubscriberIsSentToShare() {
    RioConnection connection = testbed().bind(testbed().server());
    Paused first = subscribe(connection.receive());

    StepVerifier.create(connection.receive())
        .expectErrorSatisfies(
            failure ->
                assertThat(failure)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("share()"))
        .verify(LONG);

    first.request(1);
    send(testbed().peer(), connection, "still mine");
    eventually(() -> assertThat(first.got).containsExactly("still mine"));
  }

  @Test
  default void aRequestThatIsNotPositiveEndsTheSubscriberAndFreesItsPlace() {
    RioConnection connection = testbed().bind(testbed().server());
    for (long bad : new long[] {0, -1, Long.MIN_VALUE}) {
      StepVerifier.create(
              Flux.<Datagram>from(
                  subscriber ->
                      connection
                          .receive()
                          .subscribe(
                              new BaseSubscriber<Datagram>() {
                                @Override
                                protected void hookOnSubscribe(Subscription subscription) {
                                  subscriber.onSubscribe(subscription);
                                  subscription.request(bad);
                                }

                                @Override
                                protected void hookOnError(Throwable failure) {
                                  subscriber.onError(failure);
                                }
                              })),
              0)
          .expectErrorSatisfies(
              failure ->
                  assertThat(failure)
                      .isInstanceOf(IllegalArgumentException.class)
                      .hasMessageContaining("3.9"))
          .verify(LONG);
    }
    send(testbed().peer(), connection, "for the next");
    assertThat(connection.next().map(Datagram::asString).block(LONG)).isEqualTo("for the next");
  }

  @Test
  default void aSubscriberThatThrowsIsCancelledAndTheConnectionGoesOn() {
    RioConnection connection = testbed().bind(testbed().server());
    connection
        .receive()
        .subscribe(
            new BaseSubscriber<Datagram>() {
              @Override
              protected void hookOnNext(Datagram datagram) {
                throw new OnPurpose();
              }
            });
    send(testbed().peer(), connection, "throws");
    eventually(() -> assertThat(connection.stats().delivered()).isEqualTo(1));
    eventually(() -> assertThat(connection.stats().demand()).isZero());

    RioStats before = connection.stats();
    Paused next = subscribe(connection.receive());
    next.request(1);
    eventually(() -> assertThat(connection.stats().demand()).isEqualTo(1));
    send(testbed().peer(), connection, "goes on");
    eventually(() -> assertThat(next.got).containsExactly("goes on"));
    eventually(() -> assertThat(connection.stats().delivered()).isEqualTo(before.delivered() + 1));
  }
}
