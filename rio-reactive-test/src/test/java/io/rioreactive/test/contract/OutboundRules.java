package io.rioreactive.test.contract;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.test.Peer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.reactivestreams.tck.SubscriberWhiteboxVerification;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.SubscriberPuppet;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.WhiteboxSubscriberProbe;
import org.testng.annotations.AfterClass;
import reactor.core.Disposable;

/**
 * The rules of Reactive Streams for what a connection sends: the subscriber is the one that {@code
 * send} subscribes to the application's publisher.
 */
final class OutboundRules {

  private final Testbed testbed = SimulatedTestbed.withdrawingPosts();
  private final RioConnection connection = testbed.bind(testbed.server());
  private final Peer peer = testbed.peer();

  /** A send, and the subscriber it has handed to its publisher. */
  private record Send(Subscriber<? super Datagram> subscriber, Disposable subscription) {}

  private Send send() {
    AtomicReference<Subscriber<? super Datagram>> given = new AtomicReference<>();
    Publisher<Datagram> publisher = given::set;
    Disposable subscription = connection.send(publisher).subscribe(ignored -> {}, failure -> {});
    return new Send(Objects.requireNonNull(given.get()), subscription);
  }

  private Datagram element(int number) {
    return Datagram.to(peer.address(), "no. " + number);
  }

  /** From outside: a subscriber asks by itself. */
  public static final class Blackbox extends SubscriberBlackboxVerification<Datagram> {

    private final OutboundRules rules = new OutboundRules();

    public Blackbox() {
      super(RuleTests.environment());
    }

    @Override
    @SuppressWarnings("unchecked") // it takes every datagram
    public Subscriber<Datagram> createSubscriber() {
      return (Subscriber<Datagram>) rules.send().subscriber();
    }

    @Override
    public Datagram createElement(int number) {
      return rules.element(number);
    }

    @AfterClass
    public void close() {
      rules.testbed.close();
    }
  }

  /** With a look at what the subscriber is told. */
  public static final class Whitebox extends SubscriberWhiteboxVerification<Datagram> {

    private final OutboundRules rules = new OutboundRules();

    public Whitebox() {
      super(RuleTests.environment());
    }

    @Override
    public Subscriber<Datagram> createSubscriber(WhiteboxSubscriberProbe<Datagram> probe) {
      return new Watched(rules.send(), probe);
    }

    @Override
    public Datagram createElement(int number) {
      return rules.element(number);
    }

    @AfterClass
    public void close() {
      rules.testbed.close();
    }
  }

  /** Hands each signal on, and tells the probe of it once it has been taken. */
  private record Watched(Send send, WhiteboxSubscriberProbe<Datagram> probe)
      implements Subscriber<Datagram> {

    @Override
    public void onSubscribe(Subscription subscription) {
      send.subscriber().onSubscribe(subscription);
      probe.registerOnSubscribe(
          new SubscriberPuppet() {
            @Override
            public void triggerRequest(long elements) {
              // it has asked for a window already, and asks again as it is used up
            }

            @Override
            public void signalCancel() {
              send.subscription().dispose();
            }
          });
    }

    @Override
    public void onNext(Datagram datagram) {
      send.subscriber().onNext(datagram);
      probe.registerOnNext(datagram);
    }

    @Override
    public void onError(Throwable failure) {
      send.subscriber().onError(failure);
      probe.registerOnError(failure);
    }

    @Override
    public void onComplete() {
      send.subscriber().onComplete();
      probe.registerOnComplete();
    }
  }
}
