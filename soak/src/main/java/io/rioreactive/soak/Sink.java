package io.rioreactive.soak;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.scheduler.Schedulers;

/**
 * A connection whose subscriber has a {@link Mood}. When one is gone, in whatever way, the next one
 * of that mood subscribes; of a new mood, after the former has been cancelled.
 */
final class Sink {

  /** Datagrams after which a mood shows. */
  private static final int SOME = 64;

  private static final long PAUSE_MILLIS = 2;
  private static final long BLOCK_MILLIS = 100;

  private final RioConnection connection;

  private Taker current;

  Sink(RioConnection connection) {
    this.connection = connection;
    current = subscribe(Mood.TAKES);
  }

  RioConnection connection() {
    return connection;
  }

  synchronized void become(Mood mood) {
    current.isOver = true;
    current.cancel();
    current = subscribe(mood);
  }

  private Taker subscribe(Mood mood) {
    Taker taker = new Taker(mood);
    connection.receive().subscribe(taker);
    return taker;
  }

  private synchronized void replace(Taker gone) {
    if (!gone.isOver && !connection.isDisposed()) {
      gone.isOver = true;
      current = subscribe(gone.mood);
    }
  }

  /** One subscriber. Its signals come on the pump. */
  private final class Taker implements CoreSubscriber<Datagram> {

    private final Mood mood;
    private volatile Subscription subscription = NONE;
    private volatile boolean isOver;
    private int taken;

    Taker(Mood mood) {
      this.mood = mood;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      this.subscription = subscription;
      subscription.request(mood == Mood.PAUSES ? SOME : Long.MAX_VALUE);
    }

    void cancel() {
      subscription.cancel();
    }

    @Override
    public void onNext(Datagram datagram) {
      taken++;
      if (mood != Mood.TAKES && taken % SOME == 0) {
        show();
      }
    }

    private void show() {
      switch (mood) {
        case TAKES -> {}
        case PAUSES -> later(() -> subscription.request(SOME));
        case CANCELS -> {
          cancel();
          later(() -> replace(this));
        }
        case THROWS -> {
          later(() -> replace(this));
          throw new IllegalStateException("on purpose");
        }
        case BLOCKS -> block();
      }
    }

    private void later(Runnable task) {
      Schedulers.parallel().schedule(task, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void block() {
      try {
        TimeUnit.MILLISECONDS.sleep(BLOCK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** Most likely the former subscriber's place was not free yet. */
    @Override
    public void onError(Throwable refusal) {
      later(() -> replace(this));
    }

    @Override
    public void onComplete() {
      isOver = true;
    }
  }

  /** Of a subscriber that has not subscribed yet. */
  private static final Subscription NONE =
      new Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
      };
}
