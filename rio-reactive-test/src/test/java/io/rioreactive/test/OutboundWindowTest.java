package io.rioreactive.test;

import static io.rioreactive.test.SimulatedServer.PEER;
import static io.rioreactive.test.SimulatedServer.datagram;
import static io.rioreactive.test.SimulatedServer.datagrams;
import static io.rioreactive.test.SimulatedServer.endless;
import static io.rioreactive.test.SimulatedServer.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rioreactive.Datagram;
import io.rioreactive.DatagramEncoder;
import io.rioreactive.RioConnection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.publisher.TestPublisher;
import reactor.test.subscriber.TestSubscriber;

/** How many elements a send asks for, and how sends share the slots. */
class OutboundWindowTest {

  @ParameterizedTest
  @CsvSource({"1, 1", "4, 4", "255, 255", "256, 256", "257, 256", "1000, 256"})
  void theWindowIsTheNumberOfSendSlotsUpTo256(int sendSlots, long window) {
    try (SimulatedServer server = SimulatedServer.bind(it -> it.sendSlots(sendSlots))) {
      List<Long> requests = new ArrayList<>();

      server.send(Flux.<Datagram>never().doOnRequest(requests::add));

      assertThat(requests).containsExactly(window);
    }
  }

  @Test
  void theWindowOfAMonoIsOne() {
    try (SimulatedServer server = SimulatedServer.bind()) {
      List<Long> requests = new ArrayList<>();

      TestSubscriber<Void> done =
          server.send(Mono.just(datagram("one")).doOnRequest(requests::add));

      assertThat(requests).containsExactly(1L);
      assertThat(server.sent()).containsExactly("one");
      assertThat(done.isTerminatedComplete()).isTrue();
    }
  }

  @Test
  void theWindowIsReplenishedWhenThreeQuartersOfItAreTaken() {
    try (SimulatedServer server = SimulatedServer.bind(it -> it.sendSlots(8))) {
      List<Long> requests = new ArrayList<>();
      TestPublisher<Datagram> source = TestPublisher.create();
      server.send(source.flux().doOnRequest(requests::add));

      IntStream.range(0, 5).forEach(i -> source.next(datagram("early")));
      server.run();
      assertThat(requests).containsExactly(8L);

      source.next(datagram("sixth"));
      server.run();
      assertThat(requests).containsExactly(8L, 6L);
    }
  }

  @Test
  void whatWaitsForASlotIsNotReplenished() {
    try (SimulatedServer server = SimulatedServer.bind(it -> it.sendSlots(8))) {
      List<Long> requests = new ArrayList<>();
      server.socket().holdSends();
      server.send(datagrams("blocking", 8));

      server.send(datagrams("waiting", 8).concatWith(Flux.never()).doOnRequest(requests::add));
      assertThat(requests).containsExactly(8L);

      server.socket().releaseSends();
      server.run();
      assertThat(requests).containsExactly(8L, 6L);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 300})
  void aSendOfAnyLengthGetsThroughAWindowOfAnySize(int sendSlots) {
    try (SimulatedServer server = SimulatedServer.bind(it -> it.sendSlots(sendSlots))) {
      TestSubscriber<Void> done = server.send(datagrams("d", 1_000));

      assertThat(server.sent()).isEqualTo(texts("d", 1_000));
      assertThat(done.isTerminatedComplete()).isTrue();
      assertThat(server.stats().accepted()).isEqualTo(1_000);
    }
  }

  @Test
  void aFullSocketBufferSlowsThePublisherDownAndLosesNothing() {
    try (SimulatedServer server = SimulatedServer.bind()) {
      List<Integer> emitted = new ArrayList<>();
      server.socket().holdSends();

      TestSubscriber<Void> done =
          server.send(Flux.range(0, 100).doOnNext(emitted::add).map(i -> datagram("d" + i)));
      assertThat(emitted).as("what is in slots, and a window ahead").hasSizeLessThanOrEqualTo(8);
      assertThat(server.stats().inFlight()).isEqualTo(4);
      assertThat(done.isTerminated()).isFalse();

      server.socket().releaseSends();
      server.run();
      assertThat(server.sent()).isEqualTo(texts("d", 100));
      assertThat(server.drops()).isEmpty();
      assertThat(done.isTerminatedComplete()).isTrue();
    }
  }

  @Test
  void aRequestUpstreamReservesNoSlot() {
    try (SimulatedServer server = SimulatedServer.bind()) {
      server.send(Flux.never());
      server.send(Flux.never());
      server.socket().holdSends();

      server.send(datagrams("d", 4));

      assertThat(server.socket().sendsHeld()).hasSize(4);
    }
  }

  @Test
  void anIdleSendBesideABusyOneStarvesNobodyAndIsNotStarved() {
    try (SimulatedServer server = SimulatedServer.bind()) {
      TestPublisher<Datagram> idle = TestPublisher.create();
      server.send(idle.flux());
      TestSubscriber<Void> busy = server.send(datagrams("busy", 100));
      assertThat(busy.isTerminatedComplete()).isTrue();
      server.subscribe(endless("endless"));
      server.turn(10);

      idle.next(datagram("awake"));
      server.pump().turn();

      assertThat(server.sent()).contains("awake");
      assertThat(server.sent().getLast()).isNotEqualTo("awake");
    }
  }

  @Test
  void twoEndlessSendsGetEqualShares() {
    try (SimulatedServer server = SimulatedServer.bind(it -> it.sendSlots(5))) {
      server.subscribe(endless("a"));
      server.subscribe(endless("b"));

      server.turn(200);

      long a = Collections.frequency(server.sent(), "a");
      long b = Collections.frequency(server.sent(), "b");
      assertThat(a + b).isGreaterThan(400);
      assertThat(a).isCloseTo(b, within(5L));
    }
  }

  @Test
  void freeSlotsGoRoundAmongTheSends() {
    try (SimulatedServer server = SimulatedServer.bind(it -> it.sendSlots(6))) {
      server.subscribe(datagrams("a", 4));
      server.subscribe(datagrams("b", 2));
      server.subscribe(datagrams("c", 3));

      server.run();

      assertThat(server.sent())
          .containsExactly("a0", "b0", "c0", "a1", "b1", "c1", "a2", "c2", "a3");
    }
  }

  @Test
  void orderIsKeptWithinOneSendHoweverItsCompletionsAreOrdered() {
    SimulatedKernel kernel = SimulatedKernel.keepingPosts();
    kernel.shuffleCompletions(42);
    try (SimulatedServer server = SimulatedServer.bindOn(kernel, it -> it.sendSlots(16))) {
      TestSubscriber<Void> done = server.send(datagrams("d", 500));

      assertThat(server.sent()).isEqualTo(texts("d", 500));
      assertThat(done.isTerminatedComplete()).isTrue();
    }
  }

  @Test
  void thousandsOfSendsFromSeveralThreadsAllGetThrough() throws InterruptedException {
    try (SimulatedServer server = SimulatedServer.bind()) {
      List<TestSubscriber<Void>> all = new CopyOnWriteArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String name = "thread" + i + "-";
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int j = 0; j < 500; j++) {
                        TestSubscriber<Void> done = TestSubscriber.create();
                        all.add(done);
                        server.connection().send(datagrams(name + j + "-", 2)).subscribe(done);
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      server.run();

      assertThat(all).hasSize(2_000).allMatch(TestSubscriber::isTerminatedComplete);
      assertThat(server.sent()).hasSize(4_000).doesNotHaveDuplicates();
      assertThat(server.stats().sent()).isEqualTo(4_000);
    }
  }

  @Test
  void anElementIsEncodedOnThePumpAndOnlyWhenASlotIsFree() throws InterruptedException {
    try (SimulatedServer server = SimulatedServer.bind()) {
      List<Thread> encoders = new ArrayList<>();
      server.socket().holdSends();
      TestSubscriber<Void> done = TestSubscriber.create();
      Thread publisher =
          Thread.ofPlatform()
              .start(
                  () ->
                      server
                          .connection()
                          .send(
                              Flux.range(0, 6),
                              (i, writer) -> {
                                encoders.add(Thread.currentThread());
                                writer.remoteAddress(PEER).putInt(i);
                              })
                          .subscribe(done));
      publisher.join();
      assertThat(encoders).isEmpty();

      server.run();
      assertThat(encoders).hasSize(4).containsOnly(Thread.currentThread());

      server.socket().completeSend(server.socket().sendsHeld().getFirst());
      server.run();
      assertThat(encoders).hasSize(5);
    }
  }

  @Test
  void theTurnIsTheBatch() {
    try (SimulatedServer server = SimulatedServer.bind()) {
      TestPublisher<Datagram> first = TestPublisher.create();
      TestPublisher<Datagram> second = TestPublisher.create();
      server.send(first.flux());
      server.send(second.flux());

      first.next(datagram("a"), datagram("b"));
      second.next(datagram("c"));
      assertThat(server.sent()).isEmpty();
      server.pump().turn();

      assertThat(server.sent()).containsExactly("a", "c", "b");
    }
  }

  @Test
  void elementsOfSeveralSendsWakeAParkedPumpOnce() {
    try (SimulatedServer server = SimulatedServer.bind()) {
      TestPublisher<Datagram> source = TestPublisher.create();
      TestPublisher<Datagram> other = TestPublisher.create();
      server.send(source.flux());
      server.send(other.flux());
      int before = server.pump().wakes();

      source.next(datagram("a"), datagram("b"), datagram("c"));
      other.next(datagram("d"), datagram("e"));

      assertThat(server.pump().wakes()).isEqualTo(before + 1);
    }
  }

  @Test
  void aTurnIsBoundedHoweverManySlotsAreFree() {
    try (SimulatedServer server = SimulatedServer.bind(it -> it.sendSlots(5_000))) {
      server.subscribe(endless("d"));

      server.turn(1);
      assertThat(server.sent()).hasSizeBetween(256, 1_024);

      server.turn(3);
      assertThat(server.sent()).as("it goes on").hasSizeBetween(1_024, 4_096);
    }
  }

  @Test
  void connectionsOnOnePumpGetEqualShares() {
    try (SimulatedServer server = SimulatedServer.bind()) {
      RioConnection other = server.bindAnother(it -> it);
      SimulatedSocket othersSocket = server.kernel().lastSocket();
      server.subscribe(endless("a"));
      server.subscribe(other.send(endless("b")));

      server.turn(100);

      assertThat(server.sent()).hasSizeGreaterThan(300);
      assertThat(othersSocket.sent()).hasSameSizeAs(server.sent());
    }
  }

  @Test
  void aTurnEndsAlsoWhenALongSendFailsWithEveryElement() {
    try (SimulatedServer server = SimulatedServer.bind()) {
      DatagramEncoder<Integer> throwing =
          (i, writer) -> {
            throw new IllegalArgumentException("never sendable");
          };
      server.subscribe(server.connection().send(Flux.range(0, 100_000), throwing));

      server.turn(3);
      assertThat(server.stats().accepted()).isBetween(3L, 4_000L);

      long before = server.stats().accepted();
      server.pump().turn();
      assertThat(server.stats().accepted()).as("it goes on").isGreaterThan(before);
    }
  }
}
