package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.DropReason;
import io.rioreactive.kernel.KernelException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Demand is posted receives")
class DemandTest {

  private static final long UNBOUNDED = Long.MAX_VALUE;

  private final Rig rig = Rig.create();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @DisplayName("no subscriber: nothing is posted, and datagrams wait in the socket")
  void noSubscriber() {
    rig.receive("a", "b");

    rig.assertPosted(0);
    assertThat(rig.socket().waiting()).isEqualTo(2);
    assertThat(rig.stats().received()).isZero();
  }

  @Test
  @DisplayName("a subscriber without demand: nothing is posted")
  void noDemand() {
    Probe<String> probe = subscribe(new Probe<>());

    rig.receive("a");

    rig.assertPosted(0);
    assertThat(probe.values()).isEmpty();
  }

  @ParameterizedTest(name = "request({0}) posts {1} of 8")
  @CsvSource({"1,1", "7,7", "8,8", "9,8", "1000000,8", UNBOUNDED + ",8"})
  @DisplayName("posted = min(unmet demand, receive slots)")
  void postedIsTheLessOfDemandAndSlots(long demand, int posted) {
    subscribe(Probe.requesting(demand));

    rig.assertPosted(posted);
    assertThat(rig.stats().demand()).isEqualTo(demand);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("request(5) and then no more: 5 posted, 5 received, 0 posted")
  void pausedSubscriber(Posts posts) {
    try (Rig rig = posts.rig()) {
      Probe<String> probe = new Probe<>();
      rig.texts().subscribe(probe);
      probe.request(5);
      rig.run();
      rig.assertPosted(5);

      rig.receive("1", "2", "3", "4", "5", "6", "7");

      assertThat(probe.values()).containsExactly("1", "2", "3", "4", "5");
      rig.assertPosted(0);
      assertThat(rig.stats().demand()).isZero();
      assertThat(rig.stats().received()).isEqualTo(5);
      assertThat(rig.socket().waiting()).isEqualTo(2);
    }
  }

  @Test
  @DisplayName("what waited in the socket is received when there is demand for it")
  void waitingIsReceivedLater() {
    Probe<String> probe = subscribe(new Probe<>());
    rig.receive("1", "2", "3");

    probe.request(2);
    rig.run();

    assertThat(probe.values()).containsExactly("1", "2");
    assertThat(rig.socket().waiting()).isEqualTo(1);
    rig.assertPosted(0);
  }

  @Test
  @DisplayName("demand adds up")
  void demandAddsUp() {
    Probe<String> probe = subscribe(Probe.requesting(2));

    probe.request(3);
    rig.run();
    rig.assertPosted(5);

    rig.receive("1");
    probe.request(1);
    rig.run();
    rig.assertPosted(5);
  }

  @Test
  @DisplayName("unbounded demand stays: all slots are posted after each turn")
  void unboundedStays() {
    Probe<String> probe = subscribe(Probe.unbounded());

    for (int i = 1; i <= 40; i++) {
      rig.receive(i % 11);
      rig.assertPosted(Rig.C);
    }
    assertThat(probe.values()).hasSize((int) rig.stats().received());
    assertThat(rig.stats().isDemandUnbounded()).isTrue();
  }

  @Test
  @DisplayName("demand is capped at Long.MAX_VALUE, which stays")
  void capped() {
    Probe<String> probe = subscribe(Probe.requesting(UNBOUNDED - 1));
    assertThat(rig.stats().isDemandUnbounded()).isFalse();

    probe.request(UNBOUNDED);
    probe.request(1);
    rig.receive(20);

    assertThat(rig.stats().isDemandUnbounded()).isTrue();
    rig.assertPosted(Rig.C);
  }

  @Test
  @DisplayName("demand just below unbounded is counted down")
  void almostUnboundedCounts() {
    subscribe(Probe.requesting(UNBOUNDED - 1));

    rig.receive(3);

    assertThat(rig.stats().demand()).isEqualTo(UNBOUNDED - 4);
  }

  @Test
  @DisplayName("request inside onSubscribe posts")
  void requestInsideOnSubscribe() {
    subscribe(Probe.requesting(3));

    rig.assertPosted(3);
  }

  @Test
  @DisplayName("request inside onNext posts in the same turn")
  void requestInsideOnNext() {
    Probe<String> probe = Probe.requesting(1);
    probe.onNext(value -> probe.request(1));
    subscribe(probe);

    for (int i = 0; i < 20; i++) {
      rig.arrive("x");
      rig.turn();
      rig.assertPosted(1);
    }
    assertThat(probe.values()).hasSize(20);
  }

  @Test
  @DisplayName("a freed slot is posted again in the same turn if there is demand")
  void slotsAreReposted() {
    Probe<String> probe = subscribe(Probe.requesting(20));

    rig.arrive("1", "2", "3", "4", "5", "6", "7", "8");
    rig.turn();

    assertThat(probe.values()).hasSize(8);
    rig.assertPosted(8);

    rig.receive(8);
    rig.assertPosted(4);
  }

  @Test
  @DisplayName("no queue between kernel and subscriber: what a turn receives it delivers")
  void noQueue() {
    Probe<String> probe = subscribe(Probe.requesting(8));
    rig.arrive("1", "2", "3");
    assertThat(probe.values()).isEmpty();

    rig.turn();

    assertThat(probe.values()).containsExactly("1", "2", "3");
    assertThat(rig.stats().received()).isEqualTo(rig.stats().delivered());
  }

  @ParameterizedTest(name = "{0} slots")
  @ValueSource(ints = {1, 2, 3})
  @DisplayName("fewer slots than demand: all demand is met, a few slots at a time")
  void fewerSlotsThanDemand(int slots) {
    try (Rig rig = Rig.withSlots(slots)) {
      Probe<String> probe = Probe.requesting(10);
      rig.texts().subscribe(probe);
      rig.run();
      rig.assertPosted(slots);

      rig.receive(12);

      assertThat(probe.values()).hasSize(10);
      rig.assertPosted(0);
      assertThat(rig.socket().waiting()).isEqualTo(2);
    }
  }

  @Test
  @DisplayName("only onNext uses demand: what a decoder skips is posted again")
  void skippedUsesNoDemand() {
    Probe<String> probe = new Probe<>();
    rig.connection()
        .<String>receive(view -> view.length() == 0 ? null : view.asString())
        .subscribe(probe);
    probe.request(2);
    rig.run();

    rig.receive("", "", "");
    rig.assertPosted(2);

    rig.receive("", "1", "", "2", "3");
    assertThat(probe.values()).containsExactly("1", "2");
    rig.assertPosted(0);
    assertThat(rig.stats().skipped()).isEqualTo(5);
  }

  @Test
  @DisplayName("only onNext uses demand: what a decoder fails on is posted again")
  void undecodableUsesNoDemand() {
    Probe<Integer> probe = Probe.requesting(2);
    rig.connection().receive(view -> Integer.valueOf(view.asString())).subscribe(probe);
    rig.run();

    rig.receive("x", "1", "y");
    rig.assertPosted(1);

    assertThat(probe.values()).containsExactly(1);
    assertThat(rig.dropped(DropReason.DECODER)).isEqualTo(2);
  }

  @Test
  @DisplayName("only onNext uses demand: what is truncated is posted again")
  void truncatedUsesNoDemand() {
    Probe<String> probe = subscribe(Probe.requesting(2));

    rig.receive("longer than sixteen bytes", "1");

    rig.assertPosted(1);
    assertThat(probe.values()).containsExactly("1");
    assertThat(rig.dropped(DropReason.TRUNCATED)).isEqualTo(1);
  }

  @Test
  @DisplayName("only onNext uses demand: a receive that fails is posted again")
  void failedReceiveUsesNoDemand() {
    Probe<String> probe = subscribe(Probe.requesting(2));
    int slot = rig.socket().posted().getFirst();

    rig.socket().fail(slot, KernelException.Kind.UNREACHABLE, 111);
    rig.run();

    rig.assertPosted(2);
    assertThat(probe.isLive()).isTrue();
  }

  private Probe<String> subscribe(Probe<String> probe) {
    rig.texts().subscribe(probe);
    rig.run();
    return probe;
  }
}
