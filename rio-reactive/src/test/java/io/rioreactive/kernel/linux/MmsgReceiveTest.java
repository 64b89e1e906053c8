package io.rioreactive.kernel.linux;

import static io.rioreactive.kernel.KernelHarness.postReceives;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
@Timeout(20)
class MmsgReceiveTest {

  private static final byte[] A = "a".getBytes(UTF_8);
  private static final byte[] B = "b".getBytes(UTF_8);

  @Test
  void theSlotPostedLastIsFilledFirst() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(8, 1, 64);
      postReceives(socket, 8);
      harness.sendTo(socket, A, A, A);

      assertThat(harness.take(3)).extracting(Done::slot).containsExactly(7, 6, 5);

      socket.postReceive(5);
      harness.sendTo(socket, A, A);
      assertThat(harness.take(2)).extracting(Done::slot).containsExactly(5, 4);
    }
  }

  @Test
  void asksTheSystemOnceForABatchThatIsNotFull() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(64, 1, 64);
      postReceives(socket, 64);
      harness.sendTo(socket, A, B);

      assertThat(harness.take(2)).hasSize(2);
      assertThat(harness.dequeue()).isEmpty();
      assertThat(harness.libc.receiveCalls).isEqualTo(1);
    }
  }

  @Test
  void aFloodedSocketLeavesTheOthersTheirTurn() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue flooded = harness.open(1_000, 1, 64);
      RequestQueue quiet = harness.open(1, 1, 64);
      postReceives(flooded, 1_000);
      postReceives(quiet, 1);
      for (int i = 0; i < 256; i++) {
        harness.sendTo(flooded, A);
      }
      harness.queue.await();
      List<Done> done = harness.dequeue(64);
      assertThat(done).hasSize(64).extracting(Done::socket).containsOnly(flooded.index());

      // The line holds the flooded socket alone, so nobody awaits: the other must be found anyway.
      harness.sendTo(quiet, B);
      int turns = 0;
      boolean isFound = false;
      while (!isFound) {
        harness.sendTo(flooded, IntStream.range(0, 16).mapToObj(i -> A).toArray(byte[][]::new));
        List<Done> some = harness.dequeue(16);
        some.stream().filter(d -> d.socket() == flooded.index()).forEach(d -> repost(flooded, d));
        isFound = some.stream().anyMatch(d -> d.socket() == quiet.index());
        assertThat(++turns).isLessThan(40);
      }
    }
  }

  private static void repost(RequestQueue socket, Done done) {
    socket.postReceive(done.slot());
  }

  @Test
  void anErrorOfAnEarlierDatagramIsConsumed() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(4, 1, 64);
      postReceives(socket, 4);
      harness.libc.failReceive(Errno.ECONNREFUSED).answerPoll(Constants.EPOLLERR);
      harness.queue.await();
      assertThat(harness.dequeue()).isEmpty();

      harness.sendTo(socket, A);
      assertThat(harness.take(1)).extracting(Done::status).containsExactly(CompletionStatus.OK);
    }
  }

  @Test
  void aFatalErrorFailsAllThatIsPostedAndAllThatWouldBe() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(400, 4, 64);
      postReceives(socket, 400);
      harness.libc.failReceive(Errno.ENOTSOCK).answerPoll(Constants.EPOLLIN);

      List<Done> done = harness.take(400);

      assertThat(done).extracting(Done::status).containsOnly(CompletionStatus.SOCKET_FAILED);
      assertThat(done).extracting(Done::code).containsOnly(Errno.ENOTSOCK.code());
      assertThat(done).extracting(Done::slot).doesNotHaveDuplicates();
      assertThat(socket.postReceive(0)).isEqualTo(Errno.ENOTSOCK.code());
      assertThat(socket.postSend(0, 1)).isEqualTo(Errno.ENOTSOCK.code());
      assertThat(harness.close(socket)).isEmpty();
    }
  }

  @Test
  void aDescriptorThatIsNoneFailsTheSocket() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      harness.libc.failControl(Errno.EBADF); // when nobody has asked for the datagram
      harness.sendTo(socket, A);
      harness.queue.await();
      assertThat(harness.dequeue()).isEmpty();
      harness.await("though the socket has failed");
      assertThat(socket.postReceive(0)).isEqualTo(Errno.EBADF.code());
      assertThat(harness.close(socket)).isEmpty();
    }
  }

  @Test
  void aSocketThatWasShutDownFails() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      postReceives(socket, 1);
      harness.libc.answerPoll(Constants.EPOLLHUP);

      assertThat(harness.take(1))
          .containsExactly(
              new Done(
                  socket.index(),
                  true,
                  0,
                  CompletionStatus.SOCKET_FAILED,
                  0,
                  Errno.ESHUTDOWN.code(),
                  null,
                  null));
    }
  }
}
