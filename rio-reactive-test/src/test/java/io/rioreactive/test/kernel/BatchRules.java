package io.rioreactive.test.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link io.rioreactive.kernel.CompletionQueue#dequeue} promises. */
interface BatchRules extends OnKernel {

  int MANY = 50;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, CompletionBatch.CAPACITY})
  default void aBatchWithLittleRoomLosesNothing(int room) throws IOException {
    int count = 150; // whose datagrams any receive buffer holds
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(count, count, 64);
      TestSocket closed = pump.open(count, 1, 64);
      closed.postFirst(count).commit();
      socket.postFirst(count);
      for (int slot = 0; slot < count; slot++) {
        socket.send(slot, socket, "x" + slot);
      }
      socket.commit();
      closed.close();

      pump.turnUntil(
          () -> socket.outstanding() + closed.outstanding() == 0, "all completions", room);

      assertThat(socket.takeReceives(count)).extracting(Done::text).doesNotHaveDuplicates();
    }
  }

  @Test
  default void aBatchWithoutRoomTakesNothing() throws IOException {
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(3, 3, 64);
      CompletionBatch batch = new CompletionBatch(2);
      socket.postFirst(3);
      for (int slot = 0; slot < 3; slot++) {
        socket.send(slot, socket, "x");
      }
      socket.commit();
      fill(pump, batch);
      for (int i = 0; i < 40; i++) {
        assertThat(pump.dequeue(batch)).isEmpty();
      }
      pump.turnUntil(() -> socket.outstanding() == 0, "the other four");
    }
  }

  /** As far as it goes, by as many dequeues as it takes. */
  private static void fill(TestPump pump, CompletionBatch batch) throws IOException {
    while (batch.remaining() > 0) {
      if (pump.dequeue(batch).isEmpty()) {
        pump.await("a full batch");
      }
    }
  }

  @Test
  default void completionsAreAddedBehindThoseInTheBatch() throws IOException {
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(3, 1, 64);
      CompletionBatch batch = new CompletionBatch(3);
      batch.addSend(4711, 42, CompletionStatus.FAILED, 0, 99);
      socket.postFirst(2).commit();
      socket.close();

      fill(pump, batch);

      assertThat(batch.socket(0)).isEqualTo(4711);
      assertThat(batch.slot(0)).isEqualTo(42);
      assertThat(batch.code(0)).isEqualTo(99);
      assertThat(List.of(batch.slot(1), batch.slot(2))).containsExactlyInAnyOrder(0, 1);
      assertThat(List.of(batch.code(1), batch.code(2))).containsOnly(0);
    }
  }

  @Test
  default void manySocketsAreToldApart() throws IOException {
    try (TestPump pump = open();
        TestPump other = open()) {
      TestSocket peer = other.open(1, MANY, 64);
      List<TestSocket> sockets = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        TestSocket socket = pump.open(3, 1, 64);
        assertThat(socket.index()).isEqualTo(i);
        socket.postFirst(2).commit();
        peer.send(i, socket, "for " + i);
        sockets.add(socket);
      }
      peer.commit();

      for (TestSocket socket : sockets) {
        assertThat(socket.takeReceive().text()).isEqualTo("for " + socket.index());
      }
      peer.takeSends(MANY);
    }
  }

  /** Whoever has anything has it before a flooded socket has had thousands. */
  @ParameterizedTest
  @ValueSource(ints = {1, 16, CompletionBatch.CAPACITY})
  default void aFloodedSocketLeavesTheOthersTheirTurn(int room) throws IOException {
    int flood = 8;
    int others = 20;
    int mostRounds = 1_000;
    try (TestPump pump = open();
        TestPump other = open()) {
      TestSocket source = other.open(1, others, 64);
      TestSocket flooded = pump.open(flood, 1, 64);
      flooded.postFirst(flood).commit();
      List<TestSocket> quiet = new ArrayList<>();
      for (int i = 0; i < others; i++) {
        quiet.add(pump.open(1, 1, 64).post(0));
        quiet.getLast().commit();
      }
      for (int round = 0; quiet.stream().anyMatch(socket -> socket.received() == 0); round++) {
        assertThat(round).as("rounds of a flood").isLessThan(mostRounds);
        if (round == 5) {
          sendToEach(quiet, source);
        }
        for (int slot = 0; slot < flood; slot++) {
          source.send(slot, flooded, "flood");
        }
        source.commit();
        source.takeSends(flood);
        pump.dequeue(room);
        for (int slot = 0; slot < flood; slot++) {
          if (!flooded.hasPostedReceive(slot)) {
            flooded.post(slot);
          }
        }
        flooded.commit();
      }
    }
  }

  private static void sendToEach(List<TestSocket> sockets, TestSocket source) throws IOException {
    for (int slot = 0; slot < sockets.size(); slot++) {
      source.send(slot, sockets.get(slot), "quiet");
    }
    source.commit();
    source.takeSends(sockets.size());
  }

  /** There are always more sends done than a batch has room for. */
  @ParameterizedTest
  @ValueSource(ints = {2, 7, CompletionBatch.CAPACITY})
  default void whoNeverStopsSendingReceivesToo(int room) throws IOException {
    int sends = 2 * room;
    int mostRounds = 20_000;
    try (TestPump pump = open();
        TestPump other = open()) {
      TestSocket peer = other.open(1, 1, 64);
      TestSocket socket = pump.open(1, sends, 64);
      socket.post(0).commit();
      peer.send(0, socket, "in between").commit();
      peer.takeSend();
      for (int round = 0; socket.received() == 0; round++) {
        assertThat(round).as("rounds of sends").isLessThan(mostRounds);
        for (int slot = 0; slot < sends; slot++) {
          if (!socket.hasPostedSend(slot)) {
            socket.send(slot, peer, "more");
          }
        }
        socket.commit();
        pump.dequeue(room);
      }
    }
  }
}
