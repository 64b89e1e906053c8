package io.rioreactive.test.contract;

import io.rioreactive.Datagram;
import io.rioreactive.Notification;
import io.rioreactive.RioConnection;
import io.rioreactive.test.Peer;
import java.util.List;
import java.util.Objects;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/**
 * The rules of Reactive Streams for what a connection receives. The publisher is the connection
 * itself: it gives n datagrams, and with the last of them it is disposed of.
 */
final class InboundRules {

  /** So many datagrams wait in the socket at most. */
  private static final int AHEAD = 64;

  private InboundRules() {}

  /** On recvmmsg. */
  public static final class LinuxMmsg extends Verification {
    public LinuxMmsg() {
      super(new SystemTestbed("linux-mmsg"));
    }
  }

  /** On Registered I/O. */
  public static final class WindowsRio extends Verification {
    public WindowsRio() {
      super(new RioTestbed(new RioMode(Notification.COMPLETION_PORT, List.of())));
    }
  }

  /** On overlapped Winsock. */
  public static final class WindowsIocp extends Verification {
    public WindowsIocp() {
      super(new SystemTestbed("windows-iocp"));
    }
  }

  /** On the JDK's channels. */
  public static final class Nio extends Verification {
    public Nio() {
      super(new SystemTestbed("nio"));
    }
  }

  /** On a kernel that keeps posts. */
  public static final class Simulated extends Verification {
    public Simulated() {
      super(SimulatedTestbed.keepingPosts());
    }
  }

  abstract static class Verification extends PublisherVerification<String> {

    private final Testbed testbed;

    Verification(Testbed testbed) {
      super(RuleTests.environment());
      this.testbed = testbed;
    }

    @Override
    public Publisher<String> createPublisher(long elements) {
      RioConnection connection = testbed.bind(testbed.server());
      if (elements == 0) {
        connection.disposeNow();
        return unguarded(connection.receive(view -> ""));
      }
      Peer peer = testbed.peer();
      for (long i = 0; i < Math.min(elements, AHEAD); i++) {
        peer.send("datagram", connection.localAddress());
      }
      long[] left = {elements};
      return unguarded(
          connection.receive(
              view -> {
                left[0]--;
                if (left[0] == 0) {
                  connection.dispose(); // completes the stream after this one
                } else if (left[0] >= AHEAD) {
                  peer.send("datagram", connection.localAddress());
                }
                return view.asString();
              }));
    }

    /** A connection whose only place is taken. */
    @Override
    public Publisher<String> createFailedPublisher() {
      RioConnection connection = testbed.bind(testbed.server());
      connection
          .receive()
          .subscribe(
              new BaseSubscriber<Datagram>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {}
              });
      return unguarded(connection.receive(view -> view.asString()));
    }

    /** Reactor puts a guard that keeps the rules in front of every subscriber but its own kind. */
    private static Publisher<String> unguarded(Flux<String> flux) {
      return subscriber -> flux.subscribe(new Plain(Objects.requireNonNull(subscriber)));
    }

    @AfterClass
    public void close() {
      testbed.close();
    }
  }

  /** Hands each signal on as it is. */
  private record Plain(Subscriber<? super String> subscriber) implements CoreSubscriber<String> {

    @Override
    public void onSubscribe(Subscription subscription) {
      subscriber.onSubscribe(subscription);
    }

    @Override
    public void onNext(String value) {
      subscriber.onNext(value);
    }

    @Override
    public void onError(Throwable failure) {
      subscriber.onError(failure);
    }

    @Override
    public void onComplete() {
      subscriber.onComplete();
    }
  }
}
