package io.rioreactive.test;

import static io.rioreactive.kernel.KernelException.Kind.NOT_PERMITTED;
import static io.rioreactive.kernel.KernelException.Kind.OTHER;
import static io.rioreactive.kernel.KernelException.Kind.TRANSIENT;
import static io.rioreactive.kernel.KernelException.Kind.UNREACHABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.KernelException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.test.scheduler.VirtualTimeScheduler;

@ParameterizedClass
@EnumSource
@DisplayName("When the system refuses, with posts")
class PostRefusedTest {

  @Parameter Posts posts;
  private VirtualTimeScheduler time;
  private Rig rig;
  private final List<Throwable> onDispose = new ArrayList<>();

  @BeforeEach
  void open() {
    time = VirtualTimeScheduler.getOrSet();
    rig = posts.rig();
    rig.connection().onDispose().subscribe(null, onDispose::add);
  }

  @AfterEach
  void close() {
    rig.close();
    VirtualTimeScheduler.reset();
  }

  // ---- a post

  @Test
  @DisplayName(
      "a post for want of something, it is tried again 10 ms later, and the stream goes on")
  void transientIsTriedAgain() {
    rig.socket().refuseNextReceive(TRANSIENT, 105);
    Probe<String> probe = subscribe(5);
    rig.assertPosted(0);
    assertThat(rig.stats().demand()).isEqualTo(5);

    time.advanceTimeBy(Duration.ofMillis(9));
    rig.run();
    rig.assertPosted(0);

    time.advanceTimeBy(Duration.ofMillis(1));
    rig.run();
    rig.assertPosted(5);
    rig.receive("1");
    assertThat(probe.values()).containsExactly("1");
  }

  @Test
  @DisplayName("the time to try again wakes the parked pump")
  void retryWakes() {
    rig.socket().refuseNextReceive(TRANSIENT, 105);
    subscribe(5);
    int before = rig.pump().wakes();

    time.advanceTimeBy(Duration.ofMillis(10));

    assertThat(rig.pump().wakes()).isEqualTo(before + 1);
  }

  @Test
  @DisplayName("some posts of several: what was accepted receives meanwhile")
  void someAreRefused() {
    Probe<String> probe = subscribe(2);
    rig.socket().refuseNextReceive(TRANSIENT, 105);
    probe.request(3);
    rig.run();
    rig.assertPosted(2);

    rig.receive("1");

    assertThat(probe.values()).containsExactly("1");
    rig.assertPosted(4);
  }

  @Test
  @DisplayName("again and again: it is tried again and again, one retry at a time")
  void againAndAgain() {
    for (int i = 0; i < 20; i++) {
      rig.socket().refuseNextReceive(TRANSIENT, 105);
    }
    Probe<String> probe = subscribe(5);

    for (int i = 0; i < 20; i++) {
      rig.assertPosted(0);
      assertThat(time.getScheduledTaskCount()).as("retries under way").isEqualTo(i + 1);
      time.advanceTimeBy(Duration.ofMillis(10));
      rig.run();
    }

    rig.assertPosted(5);
    assertThat(probe.isLive()).isTrue();
  }

  @Test
  @DisplayName("again and again: one WARN when it begins, and one when it begins once more")
  void isLoggedOnce() {
    try (CapturedLog log = new CapturedLog()) {
      subscribe(Long.MAX_VALUE);
      for (int outage = 1; outage <= 2; outage++) {
        for (int i = 0; i < 20; i++) {
          rig.socket().refuseNextReceive(TRANSIENT, 105);
        }
        rig.receive("takes a post");
        for (int i = 0; i < 20; i++) {
          time.advanceTimeBy(Duration.ofMillis(10));
          rig.run();
        }
        assertThat(rig.stats().posted()).isEqualTo(rig.stats().receiveSlots());
        assertThat(log.warnings()).hasSize(outage).allMatch(line -> line.contains("every 10 ms"));
      }
    }
  }

  @Test
  @DisplayName("several times before the time is up: there is one retry under way, not several")
  void oneRetryAtATime() {
    rig.socket().refuseNextReceive(TRANSIENT, 105);
    rig.socket().refuseNextReceive(TRANSIENT, 105);
    Probe<String> probe = subscribe(5);
    probe.request(1);
    rig.run();

    assertThat(time.getScheduledTaskCount()).isEqualTo(1);
    rig.assertPosted(0);
  }

  @Test
  @DisplayName("and the connection closes before it is tried again: nothing comes of that")
  void closedBeforeRetry() {
    rig.socket().refuseNextReceive(TRANSIENT, 105);
    Probe<String> probe = subscribe(5);
    rig.connection().dispose();
    rig.run();

    time.advanceTimeBy(Duration.ofSeconds(1));
    rig.run();

    assertThat(probe.isComplete()).isTrue();
    assertThat(onDispose).isEmpty();
    assertThat(rig.socket().isReleased()).isTrue();
  }

  @Test
  @DisplayName("the refusal is logged with the time to wait, and with what the system said")
  void logged() {
    try (CapturedLog log = new CapturedLog()) {
      rig.socket().refuseNextReceive(TRANSIENT, 105);
      subscribe(5);

      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("10 ms", "post a receive", "SIMULATED_TRANSIENT (105)");
    }
  }

  @Test
  @DisplayName("a post for good, the connection ends with that error")
  void fatalEnds() {
    rig.socket().refuseNextReceive(OTHER, 77);
    Probe<String> probe = subscribe(5);

    assertOneClearError(probe, "post a receive failed: SIMULATED_OTHER (77)");
  }

  @Test
  @DisplayName("a post for good after others were accepted, it ends with that error all the same")
  void fatalEndsLater() {
    Probe<String> probe = subscribe(3);
    rig.socket().refuseNextReceive(NOT_PERMITTED, 13);
    probe.request(5);
    rig.run();

    assertOneClearError(probe, "post a receive failed: SIMULATED_NOT_PERMITTED (13)");
  }

  @Test
  @DisplayName("a post for a datagram that was sent earlier, it is posted again at once")
  void anEarlierDatagramsErrorGoesOn() {
    rig.socket().refuseNextReceive(UNREACHABLE, 111);
    Probe<String> probe = subscribe(5);

    rig.assertPosted(5);
    assertThat(rig.stats().unreachable()).isEqualTo(1);
    assertThat(probe.isLive()).isTrue();
    assertThat(onDispose).isEmpty();
  }

  @Test
  @DisplayName("post after post for datagrams that were sent earlier, it pauses")
  void manyEarlierDatagramsErrorsPause() {
    for (int i = 0; i < 300; i++) {
      rig.socket().refuseNextReceive(UNREACHABLE, 111);
    }
    Probe<String> probe = subscribe(5);
    rig.assertPosted(0);
    assertThat(rig.stats().unreachable()).isEqualTo(256);

    time.advanceTimeBy(Duration.ofMillis(10));
    rig.run();
    rig.assertPosted(5);
    assertThat(rig.stats().unreachable()).isEqualTo(300);
    assertThat(probe.isLive()).isTrue();
  }

  // ---- what was posted

  @Test
  @DisplayName("one receive, the socket and the stream go on")
  void receiveErrorGoesOn() {
    Probe<String> probe = subscribe(5);

    for (int slot : rig.socket().posted()) {
      rig.socket().fail(slot, NOT_PERMITTED, 13);
    }
    rig.run();
    rig.assertPosted(5);
    rig.receive("1");

    assertThat(probe.values()).containsExactly("1");
    assertThat(rig.stats().receiveErrors()).isEqualTo(5);
    assertThat(onDispose).isEmpty();
  }

  @Test
  @DisplayName("receives one after the other, 256 are posted again at once and then it pauses")
  void failuresInARowPause() {
    try (CapturedLog log = new CapturedLog()) {
      Probe<String> probe = subscribe(1_000);

      failOneByOne(256);
      rig.run();
      assertThat(rig.stats().posted()).as("one less").isEqualTo(rig.stats().receiveSlots() - 1);
      time.advanceTimeBy(Duration.ofMillis(9));
      rig.run();
      assertThat(rig.stats().posted()).isEqualTo(rig.stats().receiveSlots() - 1);
      time.advanceTimeBy(Duration.ofMillis(1));
      rig.run();
      assertThat(rig.stats().posted()).isEqualTo(rig.stats().receiveSlots());

      failOneByOne(256);
      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("256 receives failed one after the other", "10 ms", "SIMULATED_UNREACHABLE");
      assertThat(probe.isLive()).isTrue();
      assertThat(onDispose).isEmpty();
    }
  }

  @Test
  @DisplayName("many receives with a datagram among them now and then, it never pauses")
  void failuresNotInARow() {
    try (CapturedLog log = new CapturedLog()) {
      subscribe(1_000);
      for (int i = 0; i < 4; i++) {
        failOneByOne(255);
        rig.receive("a datagram");
      }

      assertThat(rig.stats().posted()).isEqualTo(rig.stats().receiveSlots());
      assertThat(rig.stats().unreachable()).isEqualTo(4 * 255);
      assertThat(log.warnings()).isEmpty();
    }
  }

  @Test
  @DisplayName("receives one after the other, the next datagram ends the pause")
  void aDatagramEndsThePause() {
    try (CapturedLog log = new CapturedLog()) {
      Probe<String> probe = subscribe(1_000);
      for (int i = 0; i < 2; i++) {
        failOneByOne(256);

        rig.receive("1");

        assertThat(probe.values()).hasSize(i + 1);
        assertThat(rig.stats().posted()).isEqualTo(rig.stats().receiveSlots());
        assertThat(log.warnings()).as("nobody may fill the log").hasSize(1);
      }
    }
  }

  private void failOneByOne(int count) {
    for (int i = 0; i < count; i++) {
      rig.socket().fail(rig.socket().posted().iterator().next(), UNREACHABLE, 111);
      rig.run();
    }
  }

  @Test
  @DisplayName("the whole socket, the connection ends with one clear error")
  void socketFailedEnds() {
    Probe<String> probe = subscribe(5);

    rig.socket().failSocket(OTHER, 9);
    rig.run();

    assertOneClearError(probe, "receive failed: SIMULATED_OTHER (9)");
  }

  @Test
  @DisplayName("the whole socket after a datagram, that one is delivered first")
  void datagramBeforeTheFailure() {
    Probe<String> probe = subscribe(5);
    rig.arrive("1");
    rig.socket().failSocket(OTHER, 9);

    rig.run();

    assertThat(probe.values()).containsExactly("1");
    assertOneClearError(probe, "receive failed: SIMULATED_OTHER (9)");
  }

  @Test
  @DisplayName("the whole socket while nothing is posted, it is known with the next post")
  void socketFailedUnseen() {
    rig.socket().failSocket(OTHER, 9);
    rig.run();
    assertThat(rig.connection().isDisposed()).isFalse();

    Probe<String> probe = subscribe(1);

    assertOneClearError(probe, "receive failed: SIMULATED_OTHER (9)");
  }

  @Test
  @DisplayName(
      "the whole socket after a cancel, onDispose tells and the gone subscriber is not told")
  void socketFailedAfterCancel() {
    Probe<String> gone = subscribe(5);
    gone.cancel();
    rig.socket().failSocket(OTHER, 9);
    rig.run();

    assertThat(gone.isLive()).isTrue();
    assertThat(onDispose).hasSize(1);
  }

  @Test
  @DisplayName("the whole completion queue, every connection ends with that error")
  void queueBroken() {
    Probe<String> probe = subscribe(5);
    rig.receive("1", "2");
    IOException broken = new IOException("the queue is gone");
    rig.kernel().failNextDequeue(broken);

    rig.turn();

    assertThat(probe.values()).containsExactly("1", "2");
    assertThat(probe.error()).isSameAs(broken);
    assertThat(onDispose).containsExactly(broken);
    assertThat(rig.pump().isEnded()).isTrue();
    assertThat(rig.stats().delivered()).isEqualTo(2);
  }

  private void assertOneClearError(Probe<String> probe, String text) {
    assertThat(probe.error()).isInstanceOf(KernelException.class).hasMessageContaining(text);
    assertThat(onDispose).containsExactly(probe.error());
    assertThat(rig.connection().isDisposed()).isTrue();
    assertThat(rig.socket().isReleased()).isTrue();
    assertThat(rig.stats().posted()).isZero();
  }

  private Probe<String> subscribe(long demand) {
    Probe<String> probe = Probe.requesting(demand);
    rig.texts().subscribe(probe);
    rig.run();
    return probe;
  }
}
