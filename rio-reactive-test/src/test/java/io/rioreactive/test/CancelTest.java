package io.rioreactive.test;

import static io.rioreactive.DropReason.CANCELLED;
import static io.rioreactive.DropReason.DECODER;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

@DisplayName("Cancel")
class CancelTest {

  /** What holds for every kernel. */
  @Nested
  @ParameterizedClass
  @EnumSource
  @DisplayName("with posts")
  class Anywhere {

    @Parameter Posts posts;
    private Rig rig;

    @BeforeEach
    void open() {
      rig = posts.rig();
    }

    @AfterEach
    void close() {
      rig.close();
    }

    @Test
    @DisplayName("before any datagram: no signal ever follows")
    void beforeAnyDatagram() {
      Probe<String> probe = subscribe(rig, 3);

      probe.cancel();
      rig.receive("1", "2", "3", "4");
      rig.connection().dispose();
      rig.run();

      assertThat(probe.values()).isEmpty();
      assertThat(probe.isLive()).isTrue();
    }

    @Test
    @DisplayName("inside onSubscribe: nothing is posted, the place is free")
    void insideOnSubscribe() {
      Probe<String> probe = Probe.requesting(3);
      probe.onSubscribe(subscription -> subscription.cancel());
      rig.texts().subscribe(probe);
      rig.receive("1");
      rig.assertPosted(0);

      Probe<String> next = subscribe(rig, 2);

      assertThat(next.values()).containsExactly("1");
      assertThat(probe.values()).isEmpty();
    }

    @Test
    @DisplayName("inside onNext: what else was dequeued is dropped")
    void insideOnNext() {
      Probe<String> probe = new Probe<>();
      probe.onNext(value -> probe.cancel());
      rig.texts().subscribe(probe);
      probe.request(4);
      rig.run();

      rig.arrive("1", "2", "3");
      rig.turn();

      assertThat(probe.values()).containsExactly("1");
      assertThat(rig.dropped(CANCELLED)).isEqualTo(2);
      assertThat(rig.drops()).extracting(drop -> drop.length()).containsExactly(1, 1);
    }

    @Test
    @DisplayName("from the decoder: the decoded value is discarded and its datagram dropped")
    void fromTheDecoder() {
      List<String> discarded = new ArrayList<>();
      Probe<String> probe = new Probe<>();
      rig.connection()
          .receive(
              view -> {
                probe.cancel();
                return view.asString();
              })
          .doOnDiscard(String.class, discarded::add)
          .subscribe(probe);
      probe.request(4);
      rig.run();

      rig.receive("1", "2");

      assertThat(probe.values()).isEmpty();
      assertThat(discarded).containsExactly("1");
      assertThat(rig.dropped(CANCELLED)).isEqualTo(2);
    }

    @Test
    @DisplayName("from a decoder that then skips: counted as skipped")
    void fromASkippingDecoder() {
      Probe<String> probe = new Probe<>();
      Flux<String> skipping =
          rig.connection()
              .receive(
                  view -> {
                    probe.cancel();
                    return null;
                  });
      skipping.subscribe(probe);
      probe.request(4);
      rig.run();

      rig.receive("1", "2");

      assertThat(rig.stats().skipped()).isEqualTo(1);
      assertThat(rig.dropped(CANCELLED)).isEqualTo(1);
    }

    @Test
    @DisplayName("from a decoder that then throws: counted as the decoder's")
    void fromAThrowingDecoder() {
      Probe<String> probe = new Probe<>();
      Flux<String> throwing =
          rig.connection()
              .receive(
                  view -> {
                    probe.cancel();
                    throw new IllegalStateException("not mine");
                  });
      throwing.subscribe(probe);
      probe.request(4);
      rig.run();

      rig.receive("1", "2");

      assertThat(rig.dropped(DECODER)).isEqualTo(1);
      assertThat(rig.dropped(CANCELLED)).isEqualTo(1);
    }

    @Test
    @DisplayName("between turns: what has completed meanwhile is dropped")
    void betweenTurns() {
      Probe<String> probe = subscribe(rig, 4);
      rig.arrive("1", "2");

      probe.cancel();
      rig.run();

      assertThat(probe.values()).isEmpty();
      assertThat(rig.dropped(CANCELLED)).isEqualTo(2);
    }

    @Test
    @DisplayName("twice, or more often: as once")
    void twice() {
      Probe<String> probe = subscribe(rig, 4);

      probe.cancel();
      probe.cancel();
      rig.run();
      Probe<String> next = subscribe(rig, 1);
      probe.cancel();
      rig.receive("1");

      assertThat(next.values()).containsExactly("1");
    }

    @Test
    @DisplayName("after the last datagram that was asked for: nothing is dropped")
    void afterTheLast() {
      Probe<String> probe = new Probe<>();
      probe.onNext(value -> probe.cancel());
      rig.texts().subscribe(probe);
      probe.request(1);

      rig.receive("1", "2");

      assertThat(probe.values()).containsExactly("1");
      assertThat(rig.stats().droppedTotal()).isZero();
      assertThat(rig.socket().waiting()).isEqualTo(1);
    }

    @Test
    @DisplayName("then request: ignored, as rule 3.6 says")
    void thenRequest() {
      Probe<String> probe = subscribe(rig, 0);
      probe.cancel();

      probe.request(5);
      probe.request(-1);
      rig.run();

      rig.assertPosted(0);
      assertThat(probe.isLive()).isTrue();
      assertThat(rig.stats().demand()).isZero();
    }

    @Test
    @DisplayName("at once followed by a new subscriber: the place is free before the pump turns")
    void resubscribeAtOnce() {
      Probe<String> probe = subscribe(rig, 4);

      probe.cancel();
      Probe<String> next = Probe.requesting(4);
      rig.texts().subscribe(next);
      rig.receive("1", "2");

      assertThat(next.values()).containsExactly("1", "2");
      rig.assertPosted(2);
      assertThat(rig.stats().droppedTotal()).isZero();
    }

    @Test
    @DisplayName("inside onNext followed by a new subscriber: it takes the rest of the batch")
    void resubscribeInsideOnNext() {
      Probe<String> next = Probe.requesting(2);
      Probe<String> probe = new Probe<>();
      probe.onNext(
          value -> {
            probe.cancel();
            rig.texts().subscribe(next);
          });
      rig.texts().subscribe(probe);
      probe.request(5);
      rig.run();

      rig.receive("1", "2", "3", "4");

      assertThat(probe.values()).containsExactly("1");
      assertThat(next.values()).containsExactly("2", "3");
      assertThat(rig.dropped(CANCELLED)).isEqualTo(1);
    }

    @Test
    @DisplayName("a subscriber that comes and goes a thousand times leaves nothing behind")
    void comeAndGo() {
      for (int i = 0; i < 1_000; i++) {
        subscribe(rig, 3).cancel();
        rig.run();
      }
      Probe<String> last = subscribe(rig, 3);
      rig.receive("1");

      assertThat(last.values()).containsExactly("1");
      rig.assertPosted(2);
    }
  }

  @Nested
  @DisplayName("where posts can be withdrawn")
  class WithdrawnPosts {

    private final Rig rig = Posts.WITHDRAWN.rig();

    @AfterEach
    void close() {
      rig.close();
    }

    @Test
    @DisplayName("withdraws them, and datagrams wait in the socket for the next subscriber")
    void withdraws() {
      Probe<String> probe = subscribe(rig, 5);
      rig.receive("1");

      probe.cancel();
      rig.run();
      rig.assertPosted(0);

      rig.receive("2", "3");
      assertThat(rig.socket().waiting()).isEqualTo(2);
      assertThat(subscribe(rig, 2).values()).containsExactly("2", "3");
      assertThat(rig.stats().droppedTotal()).isZero();
    }

    @Test
    @DisplayName("inside onNext withdraws the rest in the same turn")
    void withdrawsInTheSameTurn() {
      Probe<String> probe = new Probe<>();
      probe.onNext(value -> probe.cancel());
      rig.texts().subscribe(probe);
      probe.request(5);
      rig.run();

      rig.arrive("1");
      rig.turn();

      rig.assertPosted(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 255, 256, 257, 600, 1_024})
    @DisplayName("withdraws any number of posts")
    void withdrawsAll(int slots) {
      try (Rig rig = Rig.withSlots(slots)) {
        Probe<String> probe = subscribe(rig, Long.MAX_VALUE);
        rig.assertPosted(slots);

        probe.cancel();
        rig.run();

        rig.assertPosted(0);
      }
    }

    @Test
    @DisplayName("leaves the next subscriber what it asks for, and not more")
    void nextSubscriberAsksForLess() {
      Probe<String> probe = subscribe(rig, 8);

      probe.cancel();
      subscribe(rig, 3);

      rig.assertPosted(3);
    }
  }

  @Nested
  @DisplayName("where the kernel keeps posts")
  class KeptPosts {

    private final Rig rig = Posts.KEPT.rig();

    @AfterEach
    void close() {
      rig.close();
    }

    private void cancelWithPosted(int receives) {
      Probe<String> probe = subscribe(rig, receives);
      probe.cancel();
      rig.run();
      rig.assertPosted(receives);
    }

    @Test
    @DisplayName("a datagram that still lands is dropped if nobody wants it, and not posted again")
    void droppedWithoutSubscriber() {
      cancelWithPosted(5);

      rig.receive("1", "2");

      rig.assertPosted(3);
      assertThat(rig.dropped(CANCELLED)).isEqualTo(2);
    }

    @Test
    @DisplayName("a datagram that still lands goes to the next subscriber if it has unmet demand")
    void goesToTheNextSubscriber() {
      cancelWithPosted(5);
      Probe<String> next = subscribe(rig, 5);

      rig.receive("1", "2", "3", "4", "5");

      assertThat(next.values()).containsExactly("1", "2", "3", "4", "5");
      assertThat(rig.stats().droppedTotal()).isZero();
      rig.assertPosted(0);
    }

    @Test
    @DisplayName("a datagram that lands for a subscriber without demand is dropped")
    void droppedWithoutDemand() {
      cancelWithPosted(3);
      Probe<String> next = subscribe(rig, 0);

      rig.receive("1");

      assertThat(next.values()).isEmpty();
      assertThat(rig.dropped(CANCELLED)).isEqualTo(1);
      rig.assertPosted(2);
    }

    @Test
    @DisplayName("nothing is posted while posted >= unmet demand")
    void nothingPostedWhileEnough() {
      cancelWithPosted(5);
      Probe<String> next = subscribe(rig, 2);
      rig.assertPosted(5);

      rig.receive("1");
      rig.assertPosted(4);
      rig.receive("2", "3");
      rig.assertPosted(2);

      assertThat(next.values()).containsExactly("1", "2");
      assertThat(rig.dropped(CANCELLED)).isEqualTo(1);
    }

    @Test
    @DisplayName("only what is missing is posted for the next subscriber")
    void onlyTheRestIsPosted() {
      cancelWithPosted(5);

      Probe<String> next = subscribe(rig, 7);
      rig.assertPosted(7);
      rig.receive(7);

      assertThat(next.values()).hasSize(7);
      rig.assertPosted(0);
    }

    @Test
    @DisplayName("kept posts of several subscribers do not add up beyond what one asked for")
    void keptPostsDoNotAddUp() {
      for (int i = 0; i < 10; i++) {
        cancelWithPosted(5);
      }
      rig.assertPosted(5);
    }
  }

  private static Probe<String> subscribe(Rig rig, long demand) {
    Probe<String> probe = new Probe<>();
    rig.texts().subscribe(probe);
    if (demand > 0) {
      probe.request(demand);
    }
    rig.run();
    return probe;
  }
}
