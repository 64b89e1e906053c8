package io.rioreactive.kernel.windows;

import static io.rioreactive.kernel.KernelHarness.postSend;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Posts, datagrams and dequeues in any order: each datagram is received once, each post completes
 * once, whether packets of what is done at once are skipped, sent, or sent though skipped.
 */
@EnabledOnOs(OS.WINDOWS)
@Timeout(120)
class IocpConservationTest {

  private static final int STEPS = 1_500;
  private static final int SLOTS = 24;
  private static final int SIZE = 16;

  /** So many datagrams wait in the socket at most: less than any receive buffer holds. */
  private static final int MOST_UNDER_WAY = 100;

  private static final class Run {

    final IocpHarness harness;
    final RequestQueue socket;
    final Random random;
    final Deque<Integer> freeReceives = slots();
    final Deque<Integer> freeSends = slots();
    final List<String> expected = new ArrayList<>();
    final List<String> received = new ArrayList<>();
    int posted;
    int sending;
    int sent;

    Run(IocpHarness harness, RequestQueue socket, long seed) {
      this.harness = harness;
      this.socket = socket;
      this.random = new Random(seed);
    }

    private static Deque<Integer> slots() {
      return new ArrayDeque<>(IntStream.range(0, SLOTS).boxed().toList());
    }

    void step() throws IOException {
      switch (random.nextInt(4)) {
        case 0 -> postReceives(random.nextInt(SLOTS));
        case 1 -> datagrams(random.nextInt(8));
        case 2 -> sends(random.nextInt(4));
        default -> account(harness.dequeue(1 + random.nextInt(12)));
      }
    }

    void postReceives(int most) {
      for (int i = 0; i < most && !freeReceives.isEmpty(); i++) {
        assertThat(socket.postReceive(freeReceives.poll())).isEqualTo(RequestQueue.ACCEPTED);
        posted++;
      }
    }

    private void datagrams(int most) throws IOException {
      for (int i = 0; i < most && expected.size() - received.size() < MOST_UNDER_WAY; i++) {
        String text = "no. " + expected.size();
        boolean isTooLong = random.nextInt(5) == 0;
        harness.sendTo(socket, (isTooLong ? text + " ".repeat(SIZE) : text).getBytes(UTF_8));
        expected.add(text);
      }
    }

    private void sends(int most) {
      for (int i = 0; i < most && !freeSends.isEmpty(); i++) {
        int slot = freeSends.poll();
        assertThat(postSend(socket, slot, harness.peerAddress(), new byte[i]))
            .isEqualTo(RequestQueue.ACCEPTED);
        sending++;
        sent++;
      }
    }

    void account(List<Done> all) {
      for (Done done : all) {
        assertThat(done.status())
            .isIn(CompletionStatus.OK, CompletionStatus.TRUNCATED, CompletionStatus.CANCELLED);
        if (done.isReceive()) {
          assertThat(freeReceives).doesNotContain(done.slot());
          freeReceives.add(done.slot());
          posted--;
        } else {
          assertThat(freeSends).doesNotContain(done.slot());
          freeSends.add(done.slot());
          sending--;
        }
        if (done.text() != null) {
          received.add(done.text().strip());
        }
      }
    }
  }

  @ParameterizedTest(name = "seed {0}, skipping refused: {1}, in vain: {2}")
  @CsvSource({"1, false, false", "2, true, false", "3, false, true", "4, false, false"})
  void nothingIsLostAndNothingComesTwice(long seed, boolean refusesModes, boolean inVain)
      throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      harness.kernel32.refusesModes = refusesModes;
      harness.winsock.sendsSkippedPackets = inVain;
      RequestQueue socket = harness.open(SLOTS, SLOTS, SIZE);
      Run run = new Run(harness, socket, seed);
      for (int i = 0; i < STEPS; i++) {
        run.step();
      }
      while (run.received.size() < run.expected.size()) {
        run.postReceives(SLOTS);
        run.account(harness.take(1));
      }
      run.account(harness.close(socket));

      assertThat(run.received).containsExactlyInAnyOrderElementsOf(run.expected);
      assertThat(run.posted).isZero();
      assertThat(run.sending).isZero();
      assertThat(harness.winsock.doneAtOnce).isGreaterThan(run.sent / 2);
    }
  }
}
