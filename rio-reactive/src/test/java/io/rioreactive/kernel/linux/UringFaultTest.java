package io.rioreactive.kernel.linux;

import static io.rioreactive.kernel.KernelHarness.postReceives;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A system that refuses or fails what this one does not on demand. */
@EnabledOnOs(OS.LINUX)
@Timeout(30)
class UringFaultTest {

  private static final byte[] A = "a".getBytes(UTF_8);

  @ParameterizedTest
  @CsvSource({
    "EPERM, seccomp",
    "EPERM, io_uring_disabled",
    "EACCES, SELinux",
    "ENOSYS, sandbox",
    "EINVAL, 6.1",
    "ENOMEM, ulimit -l",
    "EMFILE, ulimit -n"
  })
  void aRefusalSaysWhyAndWhatToDo(Errno errno, String remedy) {
    try (Arena arena = Arena.ofConfined()) {
      PlannedLibC libc = new PlannedLibC(arena).failSetup(errno);
      assertThatThrownBy(() -> new UringCompletionQueue(WaitMode.EVENT, arena, libc))
          .isInstanceOf(KernelException.class)
          .hasMessageStartingWith(
              "io_uring_setup failed: " + errno.name() + " (" + errno.code() + "): ")
          .hasMessageContaining(remedy);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EINTR", "EAGAIN", "EBUSY", "ENOMEM"})
  void whatPassesIsTriedAgain(Errno errno) throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(2, 1, 64);
      postReceives(socket, 2);
      harness.libc.failEnter(errno);
      harness.dequeue();
      harness.sendTo(socket, A);
      harness.libc.failEnter(errno);
      assertThat(harness.take(1)).extracting(Done::text).containsExactly("a");
    }
  }

  /** More requests than the ring has entries, and nothing of it taken at first. */
  @ParameterizedTest
  @EnumSource(names = {"EINTR", "EAGAIN", "EBUSY", "ENOMEM"})
  void whatHasNoRoomInTheRingWaits(Errno errno) throws IOException {
    try (UringHarness harness = new UringHarness()) {
      List<RequestQueue> sockets = harness.openMany(200);
      harness.libc.failEnter(errno).failEnter(errno);
      harness.queue.await();
      for (RequestQueue socket : sockets) {
        harness.sendTo(socket, A);
      }
      assertThat(harness.take(200)).extracting(Done::socket).doesNotHaveDuplicates();
    }
  }

  /** Else a datagram would come for a socket whose request the system does not have. */
  @Test
  void nobodySleepsWhileTheSystemHasNotBeenGivenAll() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      harness.sendTo(harness.openMany(200).getLast(), A);
      harness.libc.failEnter(Errno.EBUSY);

      harness.await("with requests that the ring had no room for");

      assertThat(harness.take(1)).extracting(Done::text).containsExactly("a");
    }
  }

  @Test
  void aBrokenRingBreaksTheQueue() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(2, 1, 64);
      postReceives(socket, 2);
      harness.libc.failEnter(Errno.EBADF);
      assertThatThrownBy(harness::dequeue)
          .isInstanceOf(KernelException.class)
          .hasMessageStartingWith("io_uring_enter failed: EBADF (9): ");
    }
  }

  /** Then the posts do not end: the socket is given up, and what it has is not freed. */
  @Test
  void aSocketThatTheRingKeepsIsAbandonedAndItsIndexIsNotUsedAgainBefore() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(2, 1, 64);
      postReceives(socket, 2);
      harness.dequeue();
      harness.libc.failEnter(Errno.EBADF);
      socket.close();
      assertThatThrownBy(socket::release).isInstanceOf(IllegalStateException.class);
      harness.abandon(socket);

      assertThat(harness.open(1, 1, 64).index()).isEqualTo(1);
      assertThat(harness.dequeue()).isEmpty(); // and the requests end
      assertThat(harness.open(1, 1, 64).index()).isZero();
    }
  }

  @Test
  void whatAnAbandonedSocketHadToSendIsForgotten() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(2, 3, 64);
      postReceives(socket, 2);
      harness.dequeue();
      harness.libc.failSend(Errno.EAGAIN);
      harness.sendThree(socket);
      failEntriesOfACloseAndADequeue(harness);
      socket.close();
      harness.abandon(socket);

      assertThat(harness.dequeue()).isEmpty();
    }
  }

  private static void failEntriesOfACloseAndADequeue(UringHarness harness) {
    for (int i = 0; i < 64 + 8; i++) { // as often as they try
      harness.libc.failEnter(Errno.EINTR);
    }
  }

  @Test
  void aPostEndsWhenTheSystemHasLetGoOfThePlaces() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(2, 1, 64);
      postReceives(socket, 2);
      harness.dequeue();
      failEntriesOfACloseAndADequeue(harness);
      socket.close();
      assertThat(harness.dequeue()).isEmpty();
      assertThat(harness.take(2)).extracting(Done::status).containsOnly(CompletionStatus.CANCELLED);
    }
  }

  @Test
  void aDescriptorThatIsNoneFailsAllThatIsPostedAndAllThatWouldBe() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(400, 4, 64);
      RequestQueue other = harness.open(1, 1, 64);
      postReceives(socket, 400);
      harness.libc.spoilReceive();

      List<Done> done = harness.take(400);

      assertThat(done).extracting(Done::status).containsOnly(CompletionStatus.SOCKET_FAILED);
      assertThat(done).extracting(Done::code).containsOnly(Errno.EBADF.code());
      assertThat(done).extracting(Done::slot).doesNotHaveDuplicates();
      assertThat(socket.postReceive(0)).isEqualTo(Errno.EBADF.code());
      assertThat(socket.postSend(0, 1)).isEqualTo(Errno.EBADF.code());
      assertThat(harness.close(socket)).isEmpty();
      postReceives(other, 1);
      harness.sendTo(other, A);
      assertThat(harness.take(1)).extracting(Done::text).containsExactly("a");
    }
  }

  @Test
  void aDescriptorThatIsNoneFailsAlsoWhereNothingIsPosted() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      assertThat(harness.dequeue()).isEmpty();
      RequestQueue socket = harness.open(2, 1, 64);
      harness.libc.spoilPoll();

      assertThat(harness.dequeue()).isEmpty();

      assertThat(socket.postReceive(0)).isEqualTo(Errno.EBADF.code());
    }
  }

  @Test
  void aSocketThatWasShutDownFails() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(2, 1, 64);
      postReceives(socket, 1);
      harness.dequeue();
      PlannedLibC.shutdown(harness.libc.lastSocket);

      Done done = harness.take(1).getFirst();

      assertThat(done.status()).isEqualTo(CompletionStatus.SOCKET_FAILED);
      assertThat(done.code()).isEqualTo(Errno.ESHUTDOWN.code());
      assertThat(socket.postReceive(1)).isEqualTo(Errno.ESHUTDOWN.code());
      assertThat(harness.close(socket)).isEmpty();
    }
  }

  @Test
  void aBlockedSendGoesOnWhenTheSystemSaysSo() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(1, 3, 64);
      for (int round = 0; round < 3; round++) {
        harness.libc.failSend(Errno.EAGAIN);
        harness.sendThree(socket);
        assertThat(harness.take(3)).extracting(Done::status).containsOnly(CompletionStatus.OK);
      }
    }
  }

  @Test
  void aSendThatNeedsTimeGoesOnAfterIt() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(1, 3, 64);
      harness.libc.failSend(Errno.ENOBUFS).failSend(Errno.ENOBUFS);
      harness.sendThree(socket);
      assertThat(harness.take(3)).extracting(Done::status).containsOnly(CompletionStatus.OK);
    }
  }

  @Test
  void aSocketThatIsClosedWhileItsSendsNeedTimeIsNotWaitedFor() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(1, 3, 64);
      Pauses pauses = ((UringCompletionQueue) harness.queue).pauses();
      harness.libc.failSend(Errno.ENOBUFS).failSend(Errno.ENOBUFS);
      harness.sendThree(socket);
      assertThat(pauses.isEmpty()).isFalse();

      socket.close();

      assertThat(pauses.isEmpty()).isTrue();
    }
  }
}
