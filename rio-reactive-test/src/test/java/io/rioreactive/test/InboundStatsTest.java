package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Drop;
import io.rioreactive.DropReason;
import io.rioreactive.RioStats;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("stats() of the inbound")
class InboundStatsTest {

  private final Rig rig = Rig.create();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @DisplayName("shows unbounded demand as such")
  void unbounded() {
    rig.texts().subscribe();
    rig.run();

    assertThat(rig.stats().isDemandUnbounded()).isTrue();
    assertThat(rig.stats().toString()).startsWith("demand unbounded, posted 8 of 8;");
  }

  @Test
  @DisplayName("shows bounded demand, posted and slots")
  void bounded() {
    rig.texts().subscribe(Probe.requesting(12));
    rig.receive("1", "2");

    RioStats stats = rig.stats();
    assertThat(stats.demand()).isEqualTo(10);
    assertThat(stats.posted()).isEqualTo(8);
    assertThat(stats.receiveSlots()).isEqualTo(8);
  }

  @Test
  @DisplayName("shows demand as soon as it is requested, posted after the turn")
  void demandBeforeTheTurn() {
    Probe<String> probe = new Probe<>();
    rig.texts().subscribe(probe);
    rig.run();

    probe.request(3);

    assertThat(rig.stats().demand()).isEqualTo(3);
    assertThat(rig.stats().posted()).isZero();
  }

  @Test
  @DisplayName("shows no demand without a subscriber, and once it is closed")
  void noDemand() {
    assertThat(rig.stats().demand()).isZero();
    rig.texts().subscribe();
    rig.run();

    rig.connection().dispose();
    rig.run();

    assertThat(rig.stats().demand()).isZero();
    assertThat(rig.stats().posted()).isZero();
  }

  @Test
  @DisplayName("counts bytes of what is delivered, not of what is dropped or skipped")
  void bytes() {
    rig.connection()
        .<String>receive(view -> view.length() == 2 ? null : view.asString())
        .subscribe(Probe.unbounded());

    rig.receive("a", "22", "ccc", "longer than sixteen bytes");

    assertThat(rig.stats().bytesReceived()).isEqualTo(4);
  }

  @Test
  @DisplayName("counts as batches the turns that brought datagrams, and no others")
  void batches() {
    rig.texts().subscribe();
    rig.run();
    assertThat(rig.stats().batches()).isZero();

    rig.receive("1", "2", "3");
    rig.receive("4");
    rig.run();

    assertThat(rig.stats().batches()).isEqualTo(2);
    assertThat(rig.stats().longestTurn()).isPositive();
  }

  @Test
  @DisplayName("has a number for every inbound reason from the beginning")
  void everyReason() {
    assertThat(rig.stats().dropped().keySet())
        .containsExactlyElementsOf(
            Arrays.stream(DropReason.values())
                .filter(reason -> reason.direction() == Drop.Direction.INBOUND)
                .toList());
  }

  @Test
  @DisplayName("stays when the connection is closed")
  void afterClose() {
    rig.texts().subscribe();
    rig.receive("1", "2");
    rig.connection().dispose();
    rig.run();

    assertThat(rig.stats().received()).isEqualTo(2);
    assertThat(rig.stats().delivered()).isEqualTo(2);
  }

  @Test
  @DisplayName("is for any thread, also inside onNext")
  void anyThread() {
    Probe<String> probe = Probe.unbounded();
    probe.onNext(
        value ->
            assertThat(CompletableFuture.supplyAsync(rig::stats).join().posted()).isEqualTo(8));
    rig.texts().subscribe(probe);
    rig.receive("1");

    assertThat(probe.values()).hasSize(1);
    assertThat(probe.isLive()).isTrue();
    assertThat(CompletableFuture.supplyAsync(rig::stats).join().delivered()).isEqualTo(1);
  }
}
