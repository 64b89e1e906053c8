package io.rioreactive.kernel.windows;

import static io.rioreactive.kernel.KernelHarness.postReceives;
import static io.rioreactive.kernel.KernelHarness.postSend;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What is posted starts at the commit, and costs one call each. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class RioCommitTest {

  @BeforeEach
  void deferLate() {
    RioDouble.need();
    RioDouble.control("reset");
    RioDouble.control("defer late");
  }

  @AfterEach
  void reset() {
    if (RioDouble.isThere()) {
      RioDouble.control("reset");
    }
  }

  @Test
  void aTurnCostsACallForEachPostAndOneForEachDirectionOfTheSocket() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(100, 20, 64);
      long receiveCalls = RioDouble.count("RIOReceiveEx") + RioDouble.count("RIOReceive");
      long sendCalls = RioDouble.count("RIOSendEx") + RioDouble.count("RIOSend");
      long receiveCommits = RioDouble.count("commits.receive");
      long sendCommits = RioDouble.count("commits.send");

      postReceives(socket, 100);
      for (int slot = 0; slot < 20; slot++) {
        postSend(socket, slot, harness.peerAddress(), new byte[1]);
      }
      socket.commit();
      socket.commit();

      assertThat(RioDouble.count("RIOReceiveEx") + RioDouble.count("RIOReceive"))
          .isEqualTo(receiveCalls + 100 + 1);
      assertThat(RioDouble.count("RIOSendEx") + RioDouble.count("RIOSend"))
          .isEqualTo(sendCalls + 20 + 1);
      assertThat(RioDouble.count("commits.receive")).isEqualTo(receiveCommits + 1);
      assertThat(RioDouble.count("commits.send")).isEqualTo(sendCommits + 1);
    }
  }

  @Test
  void aDirectionWithoutPostsIsNotCommitted() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(4, 4, 64);
      long sendCommits = RioDouble.count("commits.send");
      postReceives(socket, 4);
      socket.commit();
      assertThat(RioDouble.count("commits.send")).isEqualTo(sendCommits);

      long receiveCommits = RioDouble.count("commits.receive");
      postSend(socket, 0, harness.peerAddress(), new byte[1]);
      socket.commit();
      assertThat(RioDouble.count("commits.receive")).isEqualTo(receiveCommits);
    }
  }

  @Test
  void noReceiveStartsBeforeItsCommit() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue waiting = harness.open(1, 1, 64);
      RequestQueue other = harness.open(1, 1, 64);
      long received = RioDouble.count("datagrams.received");
      postReceives(waiting, 1);
      postReceives(other, 1);
      other.commit();
      harness.sendTo(waiting, new byte[1]);
      harness.sendTo(other, new byte[1]);

      assertThat(socketOfNextDone(harness)).isEqualTo(other.index());
      assertThat(RioDouble.count("datagrams.received")).isEqualTo(received + 1);

      waiting.commit();

      assertThat(socketOfNextDone(harness)).isEqualTo(waiting.index());
    }
  }

  @Test
  void noSendStartsBeforeItsCommit() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue waiting = harness.open(1, 1, 64);
      RequestQueue other = harness.open(1, 1, 64);
      long sent = RioDouble.count("datagrams.sent");
      postSend(waiting, 0, harness.peerAddress(), new byte[1]);
      postSend(other, 0, harness.peerAddress(), new byte[1]);
      other.commit();

      assertThat(socketOfNextDone(harness)).isEqualTo(other.index());
      assertThat(RioDouble.count("datagrams.sent")).isEqualTo(sent + 1);

      waiting.commit();

      assertThat(socketOfNextDone(harness)).isEqualTo(waiting.index());
      assertThat(RioDouble.count("datagrams.sent")).isEqualTo(sent + 2);
    }
  }

  @Test
  void aWaitCommitsWhatNobodyHasCommitted() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue first = harness.open(2, 1, 64);
      RequestQueue second = harness.open(2, 1, 64);
      postReceives(first, 2);
      postReceives(second, 2);
      postSend(second, 0, harness.peerAddress(), new byte[1]);
      harness.sendTo(first, new byte[1]);
      harness.sendTo(second, new byte[1]);

      assertThat(harness.take(3)).extracting(Done::socket).containsOnly(0, 1);
    }
  }

  @Test
  void closeCommitsFirstSoThatNothingIsLeftBehind() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(8, 2, 64);
      postReceives(socket, 8);
      postSend(socket, 0, harness.peerAddress(), new byte[1]);

      assertThat(harness.close(socket)).hasSize(9);
    }
  }

  @Test
  void aPostThatIsRefusedLeavesTheOnesBeforeItToTheCommit() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(3, 1, 64);
      assertThat(socket.postReceive(0)).isZero();
      RioDouble.control("fault post-receive 10055 times 1");
      assertThat(socket.postReceive(1)).isEqualTo(10_055);
      socket.commit();
      harness.sendTo(socket, new byte[1]);

      assertThat(harness.take(1)).extracting(Done::slot).containsExactly(0);
    }
  }

  @Test
  void aBatchOfAnySizeIsOneCall() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(200, 1, 64);
      postReceives(socket, 200);
      socket.commit();
      RioDouble.control("hold-receives on");
      long received = RioDouble.count("datagrams.received");
      for (int i = 0; i < 200; i++) {
        harness.sendTo(socket, new byte[1]);
      }
      await()
          .untilAsserted(
              () -> assertThat(RioDouble.count("datagrams.received")).isEqualTo(received + 200));
      RioDouble.control("hold-receives off");
      harness.await("though datagrams came");
      long calls = RioDouble.count("RIODequeueCompletion");

      assertThat(harness.dequeue()).hasSize(200);

      assertThat(RioDouble.count("RIODequeueCompletion")).isEqualTo(calls + 1);
    }
  }

  /** The socket of the completion that comes next, without a wait, which would commit. */
  private static int socketOfNextDone(RioHarness harness) {
    return await()
        .pollInSameThread()
        .until(harness::dequeue, done -> !done.isEmpty())
        .getFirst()
        .socket();
  }
}
