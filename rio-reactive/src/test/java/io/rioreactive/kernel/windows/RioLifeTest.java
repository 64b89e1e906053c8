package io.rioreactive.kernel.windows;

import static io.rioreactive.kernel.KernelHarness.postReceives;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Opening, closing and what is left behind. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class RioLifeTest {

  @Test
  void afterCloseNothingIsAcceptedAndTheRestIsHarmless() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(2, 2, 64);
      postReceives(socket, 1);
      socket.close();
      socket.close();

      assertThat(socket.postReceive(1)).isEqualTo(10_038);
      assertThat(socket.postSend(0, 1)).isEqualTo(10_038);
      socket.commit();
      assertThatThrownBy(socket::release)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("1 requests are outstanding");
      assertThat(harness.take(1)).hasSize(1);
      harness.release(socket);
    }
  }

  @Test
  void aQueueThatIsTooShortGrowsAndItsClaimsAreUsedAgain() throws IOException {
    RioDouble.need();
    try (RioHarness harness = new RioHarness()) {
      long resizes = RioDouble.count("RIOResizeCompletionQueue");
      int half = RioQueueSize.FIRST / 2;
      RequestQueue first = harness.open(half - 1, 1, 64);
      RequestQueue second = harness.open(half - 1, 1, 64);
      assertThat(RioDouble.count("RIOResizeCompletionQueue")).isEqualTo(resizes);
      harness.close(second);
      harness.open(half - 1, 1, 64);
      assertThat(RioDouble.count("RIOResizeCompletionQueue")).isEqualTo(resizes);

      RequestQueue third = harness.open(half - 1, 1, 64);

      assertThat(RioDouble.count("RIOResizeCompletionQueue")).isEqualTo(resizes + 1);
      postReceives(first, half - 1);
      postReceives(third, half - 1);
      first.commit();
      third.commit();
      harness.sendTo(first, new byte[1]);
      harness.sendTo(third, new byte[1]);
      assertThat(harness.take(2)).extracting(Done::socket).containsOnly(0, 2);
    }
  }

  @Test
  void aQueueGrowsWhileItsNotificationIsArmed() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue first = harness.open(4, 1, 64);
      postReceives(first, 4);
      first.commit();
      harness.queue.wake();
      harness.await("though woken"); // armed since

      RequestQueue second = harness.open(2 * RioQueueSize.FIRST, 1, 64);

      postReceives(second, 1);
      second.commit();
      harness.sendTo(first, new byte[1]);
      harness.sendTo(second, new byte[1]);
      assertThat(harness.take(2)).extracting(Done::socket).containsOnly(0, 1);
    }
  }

  @Test
  void aReceiveSlabOfSeveralRegistrationsReceivesInEach() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      int slots = 6_000; // 394 MB: two registrations
      RequestQueue socket = harness.open(slots, 1, 65_507);
      int perRegistration = 1 << RioSlabLayout.ofReceives(slots, 65_507, false).shift();
      int[] posted = {0, perRegistration - 1, perRegistration, slots - 1};
      for (int slot : posted) {
        assertThat(socket.postReceive(slot)).isZero();
      }
      socket.commit();
      for (int i = 0; i < posted.length; i++) {
        harness.sendTo(socket, ("number " + i).getBytes(UTF_8));
      }

      List<Done> done = harness.take(posted.length);

      assertThat(done)
          .extracting(Done::slot)
          .containsExactlyInAnyOrder(posted[0], posted[1], posted[2], posted[3]);
      assertThat(done)
          .extracting(Done::text)
          .containsExactlyInAnyOrder("number 0", "number 1", "number 2", "number 3");
      assertThat(socket.describe()).contains("receive slots 393601024 ");
    }
  }

  @Test
  void aClaimBeyondWhatWindowsAllowsIsRefusedByName() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      harness.open(4, 1, 64);
      assertThatThrownBy(() -> harness.queue.openSocket(KernelHarness.config(1 << 27, 1, 1)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("134217728 receive and 1 send slots")
          .hasMessageContaining("RIO_MAX_CQ_SIZE");
      assertThat(harness.open(4, 1, 64).index()).isEqualTo(1);
    }
  }

  @Test
  void manyCyclesLeaveNothingBehind() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      for (int i = 0; i < 200; i++) {
        RequestQueue socket = harness.open(16, 8, 2_048);
        socket.sendSlots().memory().fill((byte) 1);
        postReceives(socket, 16);
        harness.close(socket);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(WaitMode.class)
  void aQueueWithoutSocketsClosesEvenIfItIsArmed(WaitMode waitMode) throws IOException {
    try (RioHarness harness = new RioHarness(waitMode)) {
      harness.queue.wake();
      harness.await("though woken");
    }
  }

  @Test
  void aQueueWithOpenSocketsDoesNotClose() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      harness.open(1, 1, 64);
      assertThatThrownBy(harness.queue::close).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aClosedQueueRefusesToBeUsedAndIgnoresWakeUps() throws IOException {
    RioHarness harness = new RioHarness();
    harness.close();

    harness.queue.wake();
    assertThatThrownBy(harness::dequeue).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(harness.queue::await).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> harness.open(1, 1, 64)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatAnAbandonedSocketGetsBackAfterAllIsFreed() throws IOException {
    RioDouble.need();
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(8, 1, 64);
      postReceives(socket, 8);
      socket.commit();
      RioDouble.control("hold-receives on");
      try {
        socket.close();
        harness.abandon(socket);
        assertThat(harness.open(1, 1, 64).index()).as("the index stays taken").isEqualTo(1);
      } finally {
        RioDouble.control("hold-receives off");
      }

      RequestQueue other = harness.open(1, 1, 64);
      postReceives(other, 1);
      other.commit();
      harness.sendTo(other, new byte[1]);
      assertThat(harness.take(1)).extracting(Done::socket).containsExactly(other.index());
    } // the end frees what came back, and the report says that nothing is left
  }
}
