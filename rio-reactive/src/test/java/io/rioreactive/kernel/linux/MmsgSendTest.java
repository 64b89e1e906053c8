package io.rioreactive.kernel.linux;

import static io.rioreactive.kernel.KernelHarness.loopback;
import static io.rioreactive.kernel.KernelHarness.postSend;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
@Timeout(20)
class MmsgSendTest {

  @Test
  void sendsInTheOrderPostedAndCompletesInIt() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(1, 4, 64);
      for (int round = 0; round < 3; round++) {
        for (int slot : new int[] {2, 0, 3}) {
          harness.send(socket, slot, "slot " + slot);
        }
        socket.commit();

        assertThat(harness.dequeue())
            .containsExactly(
                Done.sent(socket, 2, "slot 2"),
                Done.sent(socket, 0, "slot 0"),
                Done.sent(socket, 3, "slot 3"));
        assertThat(harness.receiveAtPeer()).isEqualTo("slot 2");
        assertThat(harness.receiveAtPeer()).isEqualTo("slot 0");
        assertThat(harness.receiveAtPeer()).isEqualTo("slot 3");
      }
    }
  }

  @Test
  void moreThanOneCallTakesAreSentInOneCommit() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(1, 200, 64);
      for (int slot = 0; slot < 200; slot++) {
        harness.send(socket, slot, "x");
      }
      socket.commit();

      assertThat(harness.take(200)).extracting(Done::status).containsOnly(CompletionStatus.OK);
      assertThat(harness.libc.sendCalls).isEqualTo(4); // 64 + 64 + 64 + 8
    }
  }

  @Test
  void aDatagramThatCannotGoFailsAloneInTheMiddle() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(1, 5, 65_527);
      harness.send(socket, 0, "first");
      postSend(socket, 1, loopback(0), "port 0".getBytes(UTF_8));
      harness.send(socket, 2, "second");
      postSend(socket, 3, harness.peerAddress(), new byte[65_508]);
      harness.send(socket, 4, "third");
      socket.commit();

      List<Done> done = harness.dequeue();

      assertThat(done).extracting(Done::slot).containsExactly(0, 1, 2, 3, 4);
      assertThat(done)
          .extracting(Done::status)
          .containsExactly(
              CompletionStatus.OK,
              CompletionStatus.FAILED,
              CompletionStatus.OK,
              CompletionStatus.FAILED,
              CompletionStatus.OK);
      assertThat(socket.error("send", done.get(1).code()).kind())
          .isEqualTo(KernelException.Kind.BAD_ADDRESS);
      assertThat(socket.error("send", done.get(3).code()).kind())
          .isEqualTo(KernelException.Kind.TOO_LARGE);
      assertThat(socket.error("send", done.get(3).code()))
          .hasMessageStartingWith("send failed: EMSGSIZE (90): ");
      assertThat(harness.receiveAtPeer()).isEqualTo("first");
      assertThat(harness.receiveAtPeer()).isEqualTo("second");
      assertThat(harness.receiveAtPeer()).isEqualTo("third");
    }
  }

  @Test
  void aShortBatchIsContinued() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(1, 3, 64);
      harness.libc.limitSend(1).limitSend(1);
      harness.sendThree(socket);

      assertThat(harness.dequeue()).extracting(Done::status).containsOnly(CompletionStatus.OK);
      assertThat(harness.libc.sendCalls).isEqualTo(3);
    }
  }

  @Test
  void aFullSocketBufferWaitsForPoll() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(1, 3, 64);
      harness.libc.limitSend(1).failSend(Errno.EAGAIN);
      harness.sendThree(socket);

      assertThat(harness.dequeue()).hasSize(1);
      socket.commit();
      assertThat(harness.libc.sendCalls).as("blocked until poll says otherwise").isEqualTo(2);
      assertThat(harness.take(2)).extracting(Done::slot).containsExactly(1, 2);
    }
  }

  @Test
  void aShortageIsTriedAgainWithLongerAndLongerPauses() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(1, 3, 64);
      harness.libc.failSend(Errno.ENOBUFS).failSend(Errno.ENOBUFS).failSend(Errno.ENOMEM);
      long start = System.nanoTime();
      harness.sendThree(socket);
      assertThat(harness.dequeue()).isEmpty();

      assertThat(harness.take(3)).extracting(Done::status).containsOnly(CompletionStatus.OK);
      assertThat(System.nanoTime() - start)
          .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(1 + 2 + 4));
      assertThat(harness.libc.sendCalls).isEqualTo(4);
      assertThat(harness.libc.pollCalls).as("slept, did not spin").isLessThan(20);
    }
  }

  @Test
  void anErrorOfAnEarlierDatagramDoesNotFailThisOne() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(1, 3, 64);
      harness.libc.failSend(Errno.ECONNREFUSED).failSend(Errno.EINTR);
      harness.sendThree(socket);

      assertThat(harness.dequeue()).extracting(Done::status).containsOnly(CompletionStatus.OK);
    }
  }

  @Test
  void anErrorThatComesAgainAndAgainFailsTheDatagramInTheEnd() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(1, 3, 64);
      for (int i = 0; i < 8; i++) {
        harness.libc.failSend(Errno.ECONNREFUSED);
      }
      harness.sendThree(socket);

      assertThat(harness.dequeue())
          .extracting(Done::status)
          .containsExactly(CompletionStatus.FAILED, CompletionStatus.OK, CompletionStatus.OK);
    }
  }

  @Test
  void aFatalErrorFailsTheSocketInBothDirections() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(2, 3, 64);
      MmsgHarness.postReceives(socket, 2);
      harness.libc.limitSend(1).failSend(Errno.EBADF);
      harness.sendThree(socket);

      List<Done> done = harness.take(5);

      assertThat(done).filteredOn(d -> d.status() == CompletionStatus.OK).hasSize(1);
      assertThat(done)
          .filteredOn(d -> d.status() == CompletionStatus.SOCKET_FAILED)
          .hasSize(4)
          .allMatch(d -> d.code() == Errno.EBADF.code());
    }
  }

  @Test
  void resultsLeaveRoomForReceives() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(4, 32, 64);
      MmsgHarness.postReceives(socket, 4);
      harness.sendTo(socket, new byte[1]);
      harness.queue.await();
      for (int slot = 0; slot < 32; slot++) {
        harness.send(socket, slot, "x");
      }
      socket.commit();

      assertThat(harness.dequeue(8)).filteredOn(Done::isReceive).hasSize(1);
    }
  }
}
