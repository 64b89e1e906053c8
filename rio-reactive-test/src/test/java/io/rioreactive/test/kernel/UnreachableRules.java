package io.rioreactive.test.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.KernelException;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a connected socket is told of datagrams that were not delivered ({@link
 * io.rioreactive.kernel.CompletionBatch#isUnreachable}, or a receive that fails with it), and that
 * it goes on.
 */
interface UnreachableRules extends OnKernel {

  /** Whether it is told that nobody has the peer's port. */
  default boolean tellsOfDeadPorts() {
    return can(Feature.UNREACHABLE);
  }

  /**
   * Whether a receive that is posted when news comes goes on to wait. Not in Wine: a socket that it
   * has seen an error on hears only what has arrived when a receive is posted.
   */
  default boolean hearsAfterNews() {
    return true;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  default void aDeadPortIsNewsAndTheSocketGoesOn(int receiveSlots) throws IOException {
    try (TestPump pump = open();
        TestPump other = open()) {
      InetSocketAddress dead = deadPort(other);
      TestSocket socket = pump.open(receiveSlots, 1, 64);
      socket.connect(dead);
      socket.postFirst(receiveSlots).commit();
      Watch watch = new Watch(socket);

      for (int i = 0; i < 5; i++) { // the news before the next call
        int before = watch.news;
        watch.sendOne("nobody hears");
        if (tellsOfDeadPorts() && (hearsAfterNews() || i == 0)) {
          watch.awaitMoreNewsThan(before);
        }
      }
      for (int i = 0; i < 20; i++) { // and whenever it comes
        watch.sendOne("nobody hears");
      }
      TestSocket born = other.open(dead, 1, 1, 64).post(0);
      born.commit();
      watch.sendOne("hello");
      assertThat(born.takeReceive().text()).isEqualTo("hello");
      if (hearsAfterNews()) {
        born.send(0, socket, "welcome").commit();
        watch.awaitText("welcome");
      }
    }
  }

  @Test
  default void aPeerThatWasDeadIsHeard() throws IOException {
    try (TestPump pump = open();
        TestPump other = open()) {
      InetSocketAddress dead = deadPort(other);
      TestSocket socket = pump.open(2, 1, 64);
      socket.connect(dead);
      Watch watch = new Watch(socket);
      for (int i = 0; i < 5; i++) {
        watch.sendOne("nobody hears");
      }
      TestSocket born = other.open(dead, 1, 1, 64).post(0);
      born.commit();
      watch.sendOne("hello");
      assertThat(born.takeReceive().text()).isEqualTo("hello");
      born.send(0, socket, "welcome").commit();
      born.takeSend();
      socket.postFirst(2).commit();
      watch.awaitText("welcome");
    }
  }

  private static InetSocketAddress deadPort(TestPump pump) throws IOException {
    TestSocket shortLived = pump.open(1, 1, 64);
    InetSocketAddress address = shortLived.address();
    shortLived.end();
    return address;
  }

  /** Plays the connection: posts again what came back with news, and counts that. */
  final class Watch {

    private final TestSocket socket;
    private int news;
    private int sent;
    private String text = "";

    Watch(TestSocket socket) {
      this.socket = socket;
    }

    /** Sends one, which has to go out. */
    void sendOne(String text) throws IOException {
      socket.send(0, TestPump.loopback(9), text).commit(); // wherever its peer is
      for (int before = sent; sent == before; ) {
        takeOne();
      }
    }

    void awaitMoreNewsThan(int before) throws IOException {
      while (news <= before) {
        takeOne();
      }
    }

    void awaitText(String wanted) throws IOException {
      while (!text.equals(wanted)) {
        takeOne();
      }
    }

    private void takeOne() throws IOException {
      Done done = socket.takeAny();
      if (!done.isReceive()) {
        assertThat(done.status()).isEqualTo(CompletionStatus.OK);
        sent++;
      } else if (done.status() == CompletionStatus.OK) {
        text = String.valueOf(done.text());
      } else {
        assertThat(done.status()).isEqualTo(CompletionStatus.FAILED);
        assertThat(socket.requests().error("send", done.code()).kind())
            .as("%s", done)
            .isEqualTo(KernelException.Kind.UNREACHABLE);
        news++;
        if (done.slot() >= 0) {
          socket.post(done.slot()).commit();
        }
      }
    }
  }
}
