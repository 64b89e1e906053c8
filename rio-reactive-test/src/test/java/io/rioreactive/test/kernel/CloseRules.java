package io.rioreactive.test.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketConfig;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a socket ends: by close, then release or abandon. */
interface CloseRules extends OnKernel {

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 300})
  default void closeCancelsAllThatIsPosted(int receives) throws IOException {
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(receives + 2, 1, 64);
      socket.postFirst(receives).commit();
      socket.post(receives, receives + 1); // not committed

      List<Done> rest = socket.end();

      assertThat(rest).hasSize(receives + 2);
      assertThat(rest).extracting(Done::status).containsOnly(CompletionStatus.CANCELLED);
    }
  }

  @Test
  default void sendsEndAsWhatTheyHaveBecome() throws IOException {
    try (TestPump pump = open()) {
      TestSocket peer = pump.open(8, 1, 64);
      TestSocket socket = pump.open(1, 8, 64);
      peer.postFirst(8).commit();
      for (int slot = 0; slot < 8; slot++) {
        socket.send(slot, peer, "x");
        if (slot == 3) {
          socket.commit();
        }
      }

      List<Done> rest = socket.end();

      assertThat(rest).hasSize(8);
      assertThat(rest)
          .extracting(Done::status)
          .isSubsetOf(CompletionStatus.OK, CompletionStatus.CANCELLED);
    }
  }

  @Test
  default void whatCameBeforeTheCloseIsWholeOrCancelled() throws IOException {
    try (TestPump pump = open();
        TestPump other = open()) {
      TestSocket socket = pump.open(8, 1, 64);
      TestSocket peer = other.open(1, 4, 64);
      socket.postFirst(8).commit();
      for (int slot = 0; slot < 4; slot++) {
        peer.send(slot, socket, "text");
      }
      peer.commit();
      peer.takeSends(4);

      List<Done> rest = socket.end();

      assertThat(rest).hasSize(8);
      assertThat(rest)
          .filteredOn(done -> done.status() != CompletionStatus.CANCELLED)
          .hasSizeLessThanOrEqualTo(4)
          .allSatisfy(
              done ->
                  assertThat(done)
                      .returns(CompletionStatus.OK, Done::status)
                      .returns("text", Done::text)
                      .returns(peer.address(), Done::sender));
    }
  }

  @Test
  default void nothingPostedIsNothingToWaitFor() throws IOException {
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(1, 1, 64);
      socket.close();
      socket.release();
      assertThat(pump.dequeueAll()).isEmpty();
    }
  }

  @Test
  default void dropsAreCountedAndKept() throws IOException {
    int sends = 400;
    try (TestPump pump = open()) {
      TestSocket peer = pump.open(1, sends, 1_000);
      TestSocket socket =
          pump.open(
              new SocketConfig(
                  TestPump.loopback(0),
                  sends,
                  1,
                  1_000,
                  Map.of(StandardSocketOptions.SO_RCVBUF, 8_000)));
      RequestQueue requests = socket.requests();
      for (int slot = 0; slot < sends; slot++) {
        peer.send(slot, socket, "d".repeat(1_000));
      }
      peer.commit();
      peer.takeSends(sends);
      socket.postFirst(sends).commit();
      if (can(Feature.KERNEL_DROPS)) {
        pump.turnUntil(
            () -> socket.received() + requests.kernelDrops().orElseThrow() >= sends,
            "what was received and what was dropped");
        assertThat(requests.kernelDrops().orElseThrow())
            .isPositive()
            .isEqualTo(sends - socket.received());
      }
      OptionalLong drops = requests.kernelDrops();
      assertThat(drops.isPresent()).isEqualTo(can(Feature.KERNEL_DROPS));

      socket.close();
      assertThat(requests.kernelDrops()).isEqualTo(drops);
      socket.drain();
      assertThat(requests.kernelDrops()).isEqualTo(drops);
    }
  }

  @Test
  default void anIndexIsTheLowestThatIsFreeAndIsFreeOnlyOnceItIsReleased() throws IOException {
    try (TestPump pump = open()) {
      List<TestSocket> sockets = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        sockets.add(pump.open(2, 1, 64));
        assertThat(sockets.getLast().index()).isEqualTo(i);
        sockets.getLast().postFirst(2).commit();
      }
      sockets.get(4).end();
      sockets.get(2).close();
      assertThat(pump.open(2, 1, 64).index()).as("2 is not released").isEqualTo(4);
      sockets.get(2).drain();
      assertThat(pump.open(2, 1, 64).index()).as("2 is drained alone").isEqualTo(6);
      sockets.get(2).release();
      assertThat(pump.open(2, 1, 64).index()).isEqualTo(2);
      assertThat(pump.open(2, 1, 64).index()).isEqualTo(7);
    }
  }

  @Test
  default void oneAmongManyClosesWhileTheOthersGoOn() throws IOException {
    try (TestPump pump = open()) {
      TestSocket first = pump.open(2, 1, 64);
      TestSocket ending = pump.open(50, 1, 64);
      TestSocket last = pump.open(2, 1, 64);
      first.postFirst(2).commit();
      ending.postFirst(50).commit();
      last.postFirst(2).commit();
      first.send(0, last, "before").commit();
      ending.close();
      last.send(0, first, "meanwhile").commit();

      assertThat(last.takeReceive().text()).isEqualTo("before");
      assertThat(first.takeReceive().text()).isEqualTo("meanwhile");
      assertThat(ending.drain()).hasSize(50);
      ending.release();
      first.takeSend();
      first.send(0, last, "after").commit();
      assertThat(last.takeReceive().text()).isEqualTo("after");
    }
  }

  @Test
  default void anAbandonedSocketIsHeardOfNoMore() throws IOException {
    try (TestPump pump = open();
        TestPump other = open()) {
      TestSocket peer = other.open(1, 1, 64);
      for (int round = 0; round < 10; round++) {
        TestSocket socket = pump.open(8, 2, 64);
        socket.postFirst(8).send(0, peer, "x").commit();
        peer.send(0, socket, "under way").commit();
        peer.takeSend();

        socket.close();
        socket.abandon();

        TestSocket next = pump.open(2, 1, 64).post(1);
        next.send(0, next, "to myself").commit();
        assertThat(next.takeReceive()).returns(1, Done::slot).returns("to myself", Done::text);
        next.takeSend();
        next.end();
      }
    }
  }

  @Test
  default void aQueueWithoutSocketsCloses() throws IOException {
    open().close();
    try (TestPump pump = open()) {
      pump.queue.wake();
      pump.await("though woken");
    }
  }
}
