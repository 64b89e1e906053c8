package io.rioreactive.test.contract;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;
import reactor.core.publisher.BaseSubscriber;

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
        return connection.receive(view -> "");
      }
      Peer peer = testbed.peer();
      for (long i = 0; i < Math.min(elements, AHEAD); i++) {
        peer.send("datagram", connection.localAddress());
      }
      long[] left = {elements};
      return connection.receive(
          view -> {
            left[0]--;
            if (left[0] == 0) {
              connection.dispose(); // completes the stream after this one
            } else if (left[0] >= AHEAD) {
              peer.send("datagram", connection.localAddress());
            }
            return view.asString();
          });
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
                protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {}
              });
      return connection.receive(view -> view.asString());
    }

    @AfterClass
    public void close() {
      testbed.close();
    }
  }
}
