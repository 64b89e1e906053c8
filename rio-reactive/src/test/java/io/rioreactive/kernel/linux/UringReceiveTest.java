package io.rioreactive.kernel.linux;

import static io.rioreactive.kernel.KernelHarness.config;
import static io.rioreactive.kernel.KernelHarness.loopback;
import static io.rioreactive.kernel.KernelHarness.postReceives;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Receives into a ring of buffers: as many as are posted, and where they stand. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class UringReceiveTest {

  private static final byte[] A = "a".getBytes(UTF_8);
  private static final byte[] B = "b".getBytes(UTF_8);

  private static byte[][] numbered(int first, int count) {
    return IntStream.range(first, first + count)
        .mapToObj(i -> Integer.toString(i).getBytes(UTF_8))
        .toArray(byte[][]::new);
  }

  private static List<String> texts(int first, int count) {
    return IntStream.range(first, first + count).mapToObj(Integer::toString).toList();
  }

  /** One of no bytes ends a request of the system's; the next goes on. */
  @ParameterizedTest
  @EnumSource(WaitMode.class)
  void receivesPayloadLengthAndSender(WaitMode waitMode) throws IOException {
    try (UringHarness harness = new UringHarness(waitMode)) {
      RequestQueue socket = harness.open(4, 1, 64);
      postReceives(socket, 4);
      harness.sendTo(socket, "hello".getBytes(UTF_8), new byte[0], A);

      List<Done> done = harness.take(3);

      assertThat(done).extracting(Done::status).containsOnly(CompletionStatus.OK);
      assertThat(done).extracting(Done::text).containsExactly("hello", "", "a");
      assertThat(done).extracting(Done::sender).containsOnly(harness.peerAddress());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8})
  void receivesAsManyAsArePostedAndTheRestWaitsInTheSocket(int posts) throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(8, 1, 64);
      harness.sendTo(socket, numbered(0, 40));
      for (int first = 0; first + posts <= 40; first += posts) {
        postReceives(socket, posts);
        List<Done> done = harness.take(posts);
        assertThat(done).extracting(Done::text).containsExactlyElementsOf(texts(first, posts));
        assertThat(done).extracting(Done::slot).doesNotHaveDuplicates();
        assertThat(harness.dequeue()).isEmpty();
        assertThat(harness.dequeue()).isEmpty();
      }
      assertThat(socket.kernelDrops()).hasValue(0);
    }
  }

  @Test
  void aPostIsEnoughWhileARequestIsUnderWay() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(4, 1, 64);
      postReceives(socket, 2);
      assertThat(harness.dequeue()).isEmpty();
      int calls = harness.libc.enterCalls;

      socket.postReceive(2);
      socket.commit();
      assertThat(harness.dequeue()).isEmpty();
      assertThat(harness.libc.enterCalls).as("shared memory tells").isEqualTo(calls);

      harness.sendTo(socket, A, B, A);
      assertThat(harness.take(3)).extracting(Done::text).containsExactly("a", "b", "a");
    }
  }

  @Test
  void whereThereIsNothingNobodyAsksTheSystem() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(4, 1, 64);
      postReceives(socket, 4);
      assertThat(harness.dequeue()).isEmpty();
      int calls = harness.libc.enterCalls;

      for (int i = 0; i < 100; i++) {
        assertThat(harness.dequeue()).isEmpty();
      }

      assertThat(harness.libc.enterCalls).isEqualTo(calls);
    }
  }

  @Test
  void pingPongIsAnEntryAndASend() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(4, 1, 64);
      postReceives(socket, 4);
      assertThat(harness.dequeue()).isEmpty();
      int calls = harness.libc.enterCalls;
      for (int i = 0; i < 100; i++) {
        harness.sendTo(socket, A);
        Done received = harness.take(1).getFirst();
        socket.postReceive(received.slot());
        harness.send(socket, 0, "b");
        socket.commit();
        assertThat(harness.dequeue()).containsExactly(Done.sent(socket, 0, "b"));
        harness.receiveAtPeer();
      }
      assertThat(harness.libc.sendCalls).isEqualTo(100);
      assertThat(harness.libc.enterCalls - calls).as("and a few for nothing").isBetween(90, 120);
    }
  }

  @Test
  void tellsTheTrueLengthOfATruncatedDatagram() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(2, 1, 4);
      postReceives(socket, 2);
      harness.sendTo(socket, "123456789".getBytes(UTF_8), "1234".getBytes(UTF_8));

      List<Done> done = harness.take(2);

      assertThat(done)
          .extracting(Done::status)
          .containsExactly(CompletionStatus.TRUNCATED, CompletionStatus.OK);
      assertThat(done).extracting(Done::length).containsExactly(9, 4);
      assertThat(done.getFirst().text()).isEqualTo("1234");
    }
  }

  // ---- withdraw

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withdrawsTheMostRecentAndTheDatagramWaits(boolean isUnderWay) throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(4, 1, 64);
      postReceives(socket, 4);
      if (isUnderWay) {
        assertThat(harness.dequeue()).isEmpty();
      }
      int[] slots = new int[8];

      assertThat(socket.withdrawReceives(slots, 3)).isEqualTo(3);
      assertThat(slots).startsWith(3, 2, 1);
      assertThat(socket.withdrawReceives(slots, 8)).isEqualTo(1);

      harness.sendTo(socket, A, B);
      for (int i = 0; i < 3; i++) {
        harness.queue.wake();
        harness.queue.await();
        assertThat(harness.dequeue()).isEmpty();
      }
      socket.postReceive(2);
      assertThat(harness.take(1)).extracting(Done::slot).containsExactly(2);
      assertThat(harness.dequeue()).isEmpty();
      socket.postReceive(1);
      assertThat(harness.take(1)).extracting(Done::text).containsExactly("b");
    }
  }

  @Test
  void withdrawsInPart() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(8, 1, 64);
      postReceives(socket, 8);
      assertThat(harness.dequeue()).isEmpty();
      assertThat(socket.withdrawReceives(new int[8], 5)).isEqualTo(5);
      harness.sendTo(socket, numbered(0, 8));

      assertThat(harness.take(3)).extracting(Done::slot).containsExactly(2, 1, 0);
      assertThat(harness.dequeue()).isEmpty();
      postReceives(socket, 5);
      assertThat(harness.take(5)).extracting(Done::text).containsExactlyElementsOf(texts(3, 5));
    }
  }

  /** Of more posts than places, the system has none of the last ones. */
  @Test
  void whatTheSystemDoesNotHaveIsWithdrawnWithoutIt() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(CompletionBatch.CAPACITY + 100, 1, 64);
      postReceives(socket, CompletionBatch.CAPACITY + 100);
      assertThat(harness.dequeue()).isEmpty();
      int calls = harness.libc.enterCalls;

      assertThat(socket.withdrawReceives(new int[100], 100)).isEqualTo(100);

      assertThat(harness.libc.enterCalls).isEqualTo(calls);
    }
  }

  /** Else the system would fill places that are given away. */
  @Test
  void nothingIsWithdrawnWhileTheSystemKeepsTheRing() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(2, 1, 64);
      postReceives(socket, 2);
      assertThat(harness.dequeue()).isEmpty();
      for (int i = 0; i < 64; i++) { // as often as it is tried
        harness.libc.failEnter(Errno.EINTR);
      }

      assertThat(socket.withdrawReceives(new int[2], 2)).isZero();

      harness.sendTo(socket, A, B);
      assertThat(harness.take(2)).extracting(Done::text).containsExactly("a", "b");
    }
  }

  @Test
  void whatHasArrivedIsNotWithdrawn() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(4, 1, 64);
      postReceives(socket, 4);
      harness.sendTo(socket, A, B);
      assertThat(harness.take(1, 1)).extracting(Done::slot).containsExactly(3);
      int[] slots = new int[8];

      assertThat(socket.withdrawReceives(slots, 8)).isEqualTo(2);

      assertThat(slots).startsWith(2, 1);
      assertThat(harness.take(1)).extracting(Done::text).containsExactly("b");
      assertThat(socket.withdrawReceives(slots, 8)).isZero();
    }
  }

  /** The race that a withdrawal wins or loses, over and over: nothing is lost, nothing twice. */
  @Test
  void nothingIsLostBetweenPostsAndWithdrawals() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(8, 1, 64);
      List<String> got = new ArrayList<>();
      int[] slots = new int[8];
      for (int i = 0; i < 300; i++) {
        postReceives(socket, 1 + i % 8);
        if (i % 3 == 0) {
          harness.dequeue(1).forEach(done -> got.add(done.text()));
        }
        harness.sendTo(socket, numbered(i, 1));
        socket.withdrawReceives(slots, 8);
        harness.dequeue().forEach(done -> got.add(done.text())); // of what could not be withdrawn
        assertThat(socket.withdrawReceives(slots, 8)).isZero();
      }
      postReceives(socket, 8);
      while (got.size() < 300) {
        for (Done done : harness.take(1)) {
          got.add(done.text());
          socket.postReceive(done.slot());
        }
      }
      assertThat(got).containsExactlyElementsOf(texts(0, 300));
    }
  }

  // ---- places

  @Test
  void moreReceivesCanBePostedThanThereArePlaces() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket =
          harness.open(
              config(loopback(0), 1_000, 1, 64, Map.of(StandardSocketOptions.SO_RCVBUF, 1 << 20)));
      postReceives(socket, 1_000);
      assertThat(socket.receiveSlots().slots()).isEqualTo(CompletionBatch.CAPACITY);
      List<Done> done = new ArrayList<>();
      for (int first = 0; first < 1_000; first += 50) {
        harness.sendTo(socket, numbered(first, 50));
        done.addAll(first % 100 == 0 ? List.of() : harness.take(100));
      }
      assertThat(done).extracting(Done::text).containsExactlyElementsOf(texts(0, 1_000));
      assertThat(done).extracting(Done::slot).doesNotHaveDuplicates();
    }
  }

  /** Each place that is in the ring is used in turn: a thousand quiet sockets keep few warm. */
  @Test
  void aSocketThatGetsLittleUsesFewPlaces() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(256, 1, 64);
      postReceives(socket, 256);
      CompletionBatch batch = new CompletionBatch();
      BitSet used = new BitSet();
      for (int i = 0; i < 300; i++) {
        harness.sendTo(socket, A);
        while (!harness.queue.dequeue(batch)) {
          harness.await("datagram " + i);
        }
        used.set(batch.place(0));
        socket.postReceive(batch.slot(0));
        socket.commit();
        batch.clear();
      }
      assertThat(used.cardinality()).isLessThanOrEqualTo(9); // eight, and the one in the batch
    }
  }

  @Test
  void whoGetsManyAtOnceHasAsManyPlacesAsPosts() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(256, 1, 64);
      for (int round = 0; round < 6; round++) { // 8, 16, 32 … 256
        harness.sendTo(socket, numbered(0, 200));
        postReceives(socket, 200);
        harness.take(200);
      }
      postReceives(socket, 200);
      assertThat(harness.dequeue()).isEmpty();
      harness.sendTo(socket, numbered(0, 200));
      int calls = harness.libc.enterCalls;

      assertThat(harness.take(200)).extracting(Done::text).containsExactlyElementsOf(texts(0, 200));
      assertThat(harness.libc.enterCalls - calls).as("32 of them an entry").isLessThanOrEqualTo(9);
    }
  }

  /** Also where all places are handed out, and receives are posted meanwhile: nobody waits. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void whatABatchHoldsStandsUntilTheNextDequeue(int slots) throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(slots, 1, 64);
      CompletionBatch batch = new CompletionBatch();
      harness.sendTo(socket, numbered(0, slots));
      for (int round = 0; round < 10; round++) {
        postReceives(socket, slots);
        batch.clear();
        while (batch.size() < slots) {
          batch.clear();
          if (!harness.queue.dequeue(batch)) {
            harness.await("round " + round);
          }
        }
        harness.sendTo(socket, numbered((round + 1) * slots, slots));
        postReceives(socket, slots);
        socket.commit();
        harness.await("all places are in the batch");
        for (int i = 0; i < slots; i++) {
          assertThat(text(socket, batch, i)).isEqualTo(Integer.toString(round * slots + i));
        }
        assertThat(socket.withdrawReceives(new int[slots], slots)).isEqualTo(slots);
      }
    }
  }

  private static String text(RequestQueue socket, CompletionBatch batch, int i) {
    SlotRegion slots = socket.receiveSlots();
    long payload = slots.payloadAt(batch.place(i));
    byte[] bytes = slots.memory().asSlice(payload, batch.length(i)).toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, UTF_8);
  }

  /** The system counts them in 16 bits. */
  @Test
  void moreAreReceivedThanTheRingCounts() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(128, 1, 64);
      for (int first = 0; first < 70_000; first += 100) {
        harness.sendTo(socket, numbered(first, 100));
        postReceives(socket, 100);
        assertThat(harness.take(100))
            .extracting(Done::text)
            .containsExactlyElementsOf(texts(first, 100));
      }
    }
  }

  // ---- many sockets

  @ParameterizedTest
  @EnumSource(WaitMode.class)
  void aThousandSocketsReceiveTheirOwn(WaitMode waitMode) throws IOException {
    try (UringHarness harness = new UringHarness(waitMode)) {
      List<RequestQueue> sockets = harness.openMany(1_000);
      for (int round = 0; round < 2; round++) {
        for (RequestQueue socket : sockets) {
          harness.sendTo(socket, ("for " + socket.index()).getBytes(UTF_8));
        }
        List<Done> done = harness.take(sockets.size());
        assertThat(done).allMatch(d -> d.text().equals("for " + d.socket()));
        assertThat(done).extracting(Done::socket).doesNotHaveDuplicates();
        done.forEach(d -> sockets.get(d.socket()).postReceive(d.slot()));
      }
    }
  }

  @Test
  void aFloodedSocketLeavesTheOthersTheirTurn() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue flooded = harness.open(1_000, 1, 64);
      postReceives(flooded, 1_000);
      List<RequestQueue> sockets = harness.openMany(500);
      harness.sendTo(flooded, numbered(0, 300));
      harness.queue.await();
      assertThat(harness.dequeue(16)).extracting(Done::socket).containsOnly(flooded.index());
      for (RequestQueue socket : sockets) {
        harness.sendTo(socket, A);
      }
      BitSet served = new BitSet();
      int turns = 0;
      while (served.cardinality() < sockets.size()) {
        harness.sendTo(flooded, numbered(0, 16));
        for (Done done : harness.dequeue(64)) {
          if (done.socket() == flooded.index()) {
            flooded.postReceive(done.slot());
          } else {
            served.set(done.socket());
          }
        }
        assertThat(++turns).isLessThan(500);
      }
    }
  }

  /**
   * More completions at once than their ring takes: the system keeps the rest, and ends what would
   * go on, the wait for {@code wake} included.
   */
  @ParameterizedTest
  @EnumSource(WaitMode.class)
  void whatTheRingHasNoRoomForIsNotLost(WaitMode waitMode) throws IOException {
    try (UringHarness harness = new UringHarness(waitMode)) {
      assertThat(harness.dequeue()).isEmpty();
      List<RequestQueue> sockets = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        RequestQueue socket = harness.open(64, 1, 64);
        takesManyAtOnce(harness, socket);
        sockets.add(socket);
      }
      for (RequestQueue socket : sockets) {
        harness.sendTo(socket, numbered(0, 64));
        postReceives(socket, 64);
      }
      harness.queue.wake();

      List<Done> done = harness.take(6_400);

      for (RequestQueue socket : sockets) {
        assertThat(done)
            .filteredOn(d -> d.socket() == socket.index())
            .extracting(Done::text)
            .containsExactlyElementsOf(texts(0, 64));
      }
      if (waitMode == WaitMode.POLLED) {
        return;
      }
      harness.queue.await(); // the one that was woken
      assertThat(isWokenByWake(harness, sockets.getFirst())).isTrue();
      assertThat(isWokenByWake(harness, sockets.getFirst())).isTrue();
    }
  }

  /** At first it has few places: each time that it finds none any more it gets twice as many. */
  private static void takesManyAtOnce(UringHarness harness, RequestQueue socket)
      throws IOException {
    for (int round = 0; round < 3; round++) {
      harness.sendTo(socket, numbered(0, 64));
      postReceives(socket, 64);
      harness.take(64);
    }
  }

  /** If not, a datagram ends the wait in the end. */
  private static boolean isWokenByWake(UringHarness harness, RequestQueue socket)
      throws IOException {
    socket.postReceive(0);
    assertThat(harness.dequeue()).isEmpty();
    CompletableFuture<Void> rescue =
        CompletableFuture.runAsync(
            () -> send(harness, socket), CompletableFuture.delayedExecutor(5, TimeUnit.SECONDS));
    harness.queue.wake();
    harness.queue.await();
    boolean isInTime = rescue.cancel(false);
    assertThat(socket.withdrawReceives(new int[1], 1)).isEqualTo(1);
    return isInTime;
  }

  private static void send(UringHarness harness, RequestQueue socket) {
    try {
      harness.sendTo(socket, A);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
