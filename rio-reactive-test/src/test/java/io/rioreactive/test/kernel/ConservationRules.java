package io.rioreactive.test.kernel;

import static io.rioreactive.test.kernel.TestPump.loopback;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each accepted post ends in exactly one completion, and a withdrawn one in none, whatever else is
 * done meanwhile. The books of {@link TestSocket} say so.
 */
interface ConservationRules extends OnKernel {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  default void nothingIsLostAndNothingComesTwice(long seed) throws IOException {
    try (TestPump one = open();
        TestPump two = open()) {
      Program program = new Program(new Random(seed), one, two);
      for (int step = 0; step < 1_500; step++) {
        program.step();
      }
      program.end();
    }
  }

  /** Sockets on two queues that send to each other, come and go. */
  final class Program {

    private static final int SLOTS = 12;
    private static final int SIZE = 48;

    private final Random random;
    private final List<TestPump> pumps;
    private final List<TestSocket> sockets = new ArrayList<>();
    private final List<TestPump> owners = new ArrayList<>();

    Program(Random random, TestPump... pumps) throws IOException {
      this.random = random;
      this.pumps = List.of(pumps);
      for (int i = 0; i < 5; i++) {
        TestPump owner = this.pumps.get(i % pumps.length);
        owners.add(owner);
        sockets.add(owner.open(SLOTS, SLOTS, SIZE));
      }
    }

    void step() throws IOException {
      TestSocket socket = sockets.get(random.nextInt(sockets.size()));
      int slot = random.nextInt(SLOTS);
      switch (random.nextInt(20)) {
        case 0, 1, 2, 3, 4, 5 -> postReceive(socket, slot);
        case 6, 7, 8, 9, 10 -> postSend(socket, slot);
        case 11, 12, 13 -> socket.commit();
        case 14 -> socket.withdraw(1 + random.nextInt(SLOTS));
        case 15 -> replaceSometimes(sockets.indexOf(socket));
        default -> pumps.get(random.nextInt(pumps.size())).dequeue(1 + random.nextInt(20));
      }
    }

    private static void postReceive(TestSocket socket, int slot) {
      if (!socket.hasPostedReceive(slot)) {
        socket.post(slot);
      }
    }

    private void postSend(TestSocket socket, int slot) {
      if (!socket.hasPostedSend(slot)) {
        TestSocket to = sockets.get(random.nextInt(sockets.size()));
        socket.send(slot, to, "p".repeat(random.nextInt(SIZE + 1)));
      }
    }

    private void replaceSometimes(int i) throws IOException {
      if (random.nextInt(4) == 0) {
        commitAll(); // before the wait for the rest
        int index = sockets.get(i).index();
        sockets.get(i).end();
        sockets.set(i, owners.get(i).open(loopback(0), SLOTS, SLOTS, SIZE));
        assertThat(sockets.get(i).index()).as("the lowest free index").isEqualTo(index);
      }
    }

    private void commitAll() {
      sockets.forEach(TestSocket::commit);
    }

    void end() throws IOException {
      commitAll();
      for (TestSocket socket : sockets) {
        socket.end();
      }
    }
  }
}
