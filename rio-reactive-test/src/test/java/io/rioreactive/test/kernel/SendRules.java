package io.rioreactive.test.kernel;

import static io.rioreactive.test.kernel.TestPump.loopback;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.RequestQueue;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of posted sends. */
interface SendRules extends OnKernel {

  /** Refuses the next post of a send on this socket, if the kernel would not refuse port 0. */
  default void refuseNextSend(TestSocket socket) {}

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 599, 600})
  default void aSendArrivesWhole(int length) throws IOException {
    String text = "s".repeat(length);
    try (TestPump pump = open();
        TestPump other = open()) {
      TestSocket socket = pump.open(1, 3, 600);
      TestSocket peer = other.open(1, 1, 600);
      peer.post(0).commit();
      socket.send(2, peer, text).commit();

      assertThat(socket.takeSend()).isEqualTo(Done.sent(2, text));
      assertThat(peer.takeReceive().text()).isEqualTo(text);
    }
  }

  @Test
  default void eachSendGoesToItsOwnTarget() throws IOException {
    int sends = 60;
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(1, sends, 64);
      List<TestSocket> peers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        peers.add(pump.open(sends, 1, 64).postFirst(sends));
        peers.getLast().commit();
      }
      for (int slot = sends - 1; slot >= 0; slot--) {
        socket.send(slot, peers.get(slot % 3), "slot " + slot + " for " + slot % 3);
      }
      socket.commit();

      assertThat(socket.takeSends(sends)).extracting(Done::slot).doesNotHaveDuplicates();
      for (int i = 0; i < 3; i++) {
        assertThat(peers.get(i).takeReceives(sends / 3))
            .extracting(Done::text)
            .containsExactlyInAnyOrderElementsOf(textsFor(i, sends));
      }
    }
  }

  private static List<String> textsFor(int peer, int sends) {
    return IntStream.range(0, sends)
        .filter(slot -> slot % 3 == peer)
        .mapToObj(slot -> "slot " + slot + " for " + peer)
        .toList();
  }

  @Test
  default void aSlotCanBeSentAgainAtOnce() throws IOException {
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(1, 2, 64);
      TestSocket peer = pump.open(1, 1, 64);
      for (int round = 0; round < 100; round++) {
        peer.post(0).commit();
        socket.send(round % 2, peer, "round " + round).commit();
        assertThat(socket.takeSend()).isEqualTo(Done.sent(round % 2, "round " + round));
        assertThat(peer.takeReceive().text()).isEqualTo("round " + round);
      }
    }
  }

  @Test
  default void sendsBeforeAndAfterACommitAllGo() throws IOException {
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(1, 3, 64);
      TestSocket peer = pump.open(3, 1, 64);
      peer.postFirst(3).commit();
      socket.send(0, peer, "a").commit();
      socket.send(1, peer, "b");
      socket.commit();
      socket.send(2, peer, "c").commit();

      assertThat(socket.takeSends(3))
          .containsExactlyInAnyOrder(Done.sent(0, "a"), Done.sent(1, "b"), Done.sent(2, "c"));
      assertThat(peer.takeReceives(3))
          .extracting(Done::text)
          .containsExactlyInAnyOrder("a", "b", "c");
    }
  }

  @Test
  default void whatNobodyHearsIsSent() throws IOException {
    try (TestPump pump = open()) {
      TestSocket gone = pump.open(1, 1, 64);
      InetSocketAddress nobody = gone.address();
      gone.end();
      TestSocket socket = pump.open(1, 1, 64);
      socket.post(0).commit();
      for (int i = 0; i < 10; i++) {
        socket.send(0, nobody, "x").commit();
        assertThat(socket.takeSend()).isEqualTo(Done.sent(0, "x"));
      }
      socket.send(0, socket, "still here").commit();
      assertThat(socket.takeReceive().text()).isEqualTo("still here");
    }
  }

  /** Refused by the post, or failed: the system's to choose. */
  @Test
  default void aSendThatCannotGoFailsAloneAndLeavesItsSlot() throws IOException {
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(1, 3, 64);
      TestSocket peer = pump.open(3, 1, 64);
      peer.postFirst(3).commit();
      socket.send(0, peer, "before");
      refuseNextSend(socket);
      int code = socket.offer(1, loopback(0), "to port 0");
      socket.send(2, peer, "after");
      socket.commit();

      if (code == RequestQueue.ACCEPTED) {
        List<Done> sends = socket.takeSends(3);
        Done failed = sends.stream().filter(done -> done.slot() == 1).findFirst().orElseThrow();
        assertThat(failed.status()).isEqualTo(CompletionStatus.FAILED);
        code = failed.code();
        assertThat(sends).contains(Done.sent(0, "before"), Done.sent(2, "after"));
      } else {
        assertThat(socket.takeSends(2))
            .containsExactlyInAnyOrder(Done.sent(0, "before"), Done.sent(2, "after"));
      }

      KernelException error = socket.requests().error("send", code);
      assertThat(error.kind()).isIn(KernelException.Kind.BAD_ADDRESS, KernelException.Kind.OTHER);
      assertThat(error.code()).isEqualTo(code);
      assertThat(error).hasMessageStartingWith("send failed: ").hasMessageContaining("" + code);
      assertThat(error.getMessage()).matches("send failed: .+ \\(-?\\d+\\): \\S.*");
      socket.send(1, peer, "the slot again").commit();
      assertThat(socket.takeSend()).isEqualTo(Done.sent(1, "the slot again"));
      assertThat(peer.takeReceives(3))
          .extracting(Done::text)
          .containsExactlyInAnyOrder("before", "after", "the slot again");

      socket.close();
      assertThat(socket.requests().error("send", code)).hasMessage(error.getMessage());
    }
  }
}
