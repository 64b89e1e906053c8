package io.rioreactive.kernel.linux;

import static io.rioreactive.kernel.KernelHarness.loopback;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.BitSet;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever the system says of a datagram, no completion leads out of the memory that is its own.
 * {@code -Dfuzz.completions.seed=N} begins elsewhere.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class CompletionFuzzTest {

  private static final long SEED = Long.getLong("fuzz.completions.seed", 1);
  private static final int ROUNDS = 3_000;
  private static final int SLOTS = 40;
  private static final int SIZE = 100;

  private final Random random = new Random(SEED);
  private final BitSet posted = new BitSet();

  @ParameterizedTest
  @CsvSource({"false, false", "true, false", "false, true", "true, true"})
  void whatMmsgIsToldOfADatagram(boolean packetInfo, boolean coalescing) throws IOException {
    Arena arena = Arena.ofConfined();
    CompletionQueue queue =
        new MmsgCompletionQueue(
            WaitMode.COMPLETION_PORT, arena, new LyingLibC(arena, new Random(SEED)));
    RequestQueue socket = queue.openSocket(config(packetInfo, coalescing));
    try (DatagramSocket peer = new DatagramSocket(loopback(0))) {
      long sent = 0;
      long completed = 0;
      for (int round = 0; round < ROUNDS; round++) {
        int count = 1 + random.nextInt(SLOTS / 2);
        send(peer, socket, count);
        sent += count;
        post(socket);
        queue.await();
        completed += dequeue(queue, socket);
      }
      while (!coalescing && completed < sent) { // bounded by @Timeout
        post(socket);
        queue.await();
        completed += dequeue(queue, socket);
      }
      assertThat(coalescing || completed == sent)
          .as("each came once: %d of %d, seed %d", completed, sent, SEED)
          .isTrue();
    } finally {
      end(queue, socket);
    }
  }

  /** What stands at the beginning of a buffer is written by the system, and here by the test. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatUringIsToldOfADatagram(boolean packetInfo) throws IOException {
    LyingLibC.Lies lies = new LyingLibC.Lies(new Random(SEED));
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(config(packetInfo, false));
      for (int round = 0; round < ROUNDS; round++) {
        send(harness.peer, socket, 1 + random.nextInt(SLOTS / 2));
        post(socket);
        harness.queue.await();
        scribble(socket.receiveSlots(), lies);
        dequeue(harness.queue, socket);
      }
    }
  }

  private static void scribble(SlotRegion slots, LyingLibC.Lies lies) {
    long out = UringLayouts.IO_URING_RECVMSG_OUT.size();
    for (int place = 0; place < slots.slots(); place++) {
      long name = slots.addressAt(place);
      MemorySegment head = slots.memory().asSlice(name - out, out);
      head.set(ValueLayout.JAVA_INT, 0, lies.number());
      head.set(ValueLayout.JAVA_INT, 4, lies.length((int) PacketInfoReader.CONTROL_SIZE));
      head.set(ValueLayout.JAVA_INT, 8, lies.length(SIZE));
      head.set(ValueLayout.JAVA_INT, 12, lies.number());
      lies.address(slots.memory().asSlice(name, UringReceives.NAME_SIZE));
      if (slots.hasInfo()) {
        long control = name + UringReceives.NAME_SIZE;
        lies.control(slots.memory().asSlice(control, slots.payloadAt(place) - control));
      }
    }
  }

  /** The system names a buffer by its number. */
  @ParameterizedTest
  @ValueSource(ints = {SLOTS, 0xFFFF})
  void aBufferThatUringHasNotGivenIsNoDatagram(int buffer) throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(config(false, false));
      post(socket);
      harness.dequeue();

      assertThatThrownBy(() -> complete(socket, buffer))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the system used place %d, which it was not given", buffer);
    }
  }

  @Test
  void moreBuffersThanUringHasGivenAreNoDatagrams() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(config(false, false));

      assertThatThrownBy(() -> complete(socket, 0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the system used place 0, which it was not given");
    }
  }

  /** Its requests end after it has been given up, and may bring something until then. */
  @Test
  void aDatagramForAnAbandonedSocketIsNobodys() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(config(false, false));
      post(socket);
      harness.dequeue();
      harness.libc.failEnter(Errno.EBADF);
      socket.close();
      harness.abandon(socket);

      complete(socket, 0);

      assertThat(harness.dequeue()).isEmpty();
    }
  }

  /** Where a receive ends so, it is made again. */
  @ParameterizedTest
  @EnumSource(names = {"EAGAIN", "EINTR", "ECANCELED", "ENOBUFS", "ENOMEM"})
  void whatPassesIsNotTheEndOfASocket(Errno errno) throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(config(false, false));
      complete(socket, -errno.code(), 0);
      post(socket);
      harness.sendTo(socket, new byte[] {'a'});

      assertThat(harness.take(1)).extracting(Done::text).containsExactly("a");
    }
  }

  /** As if the ring had this entry: a datagram in a buffer, with more to come. */
  private static void complete(RequestQueue socket, int buffer) {
    int flags =
        buffer << UringConstants.IORING_CQE_BUFFER_SHIFT
            | UringConstants.IORING_CQE_F_BUFFER
            | UringConstants.IORING_CQE_F_MORE;
    complete(socket, 0, flags);
  }

  private static void complete(RequestQueue socket, int result, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment params = arena.allocate(UringLayouts.IO_URING_PARAMS.size(), 8);
      params.set(ValueLayout.JAVA_INT, inParams("head"), 0);
      params.set(ValueLayout.JAVA_INT, inParams("tail"), 4);
      params.set(ValueLayout.JAVA_INT, inParams("ring_mask"), 8);
      params.set(ValueLayout.JAVA_INT, inParams("cqes"), 16);
      MemorySegment ring = arena.allocate(16 + UringLayouts.IO_URING_CQE.size(), 8);
      ring.set(ValueLayout.JAVA_INT, 4, 1); // the tail: one entry
      long entry = 16;
      ring.set(ValueLayout.JAVA_INT, entry + UringLayouts.IO_URING_CQE.offset("res"), result);
      ring.set(ValueLayout.JAVA_INT, entry + UringLayouts.IO_URING_CQE.offset("flags"), flags);
      CompletionRing forged = new CompletionRing(ring, params);
      assertThat(forged.next()).isTrue();
      ((UringRequestQueue) socket).onCompletion(UringRequests.RECEIVE, forged);
    }
  }

  private static long inParams(String field) {
    return UringLayouts.IO_URING_PARAMS.offset("cq_off", field);
  }

  // ---- both

  private static SocketConfig config(boolean packetInfo, boolean coalescing) {
    return new SocketConfig(loopback(0), SLOTS, 1, SIZE, packetInfo, false, coalescing, Map.of());
  }

  /** Some fit, some do not. */
  private void send(DatagramSocket peer, RequestQueue socket, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      int length = random.nextInt(2 * SIZE);
      peer.send(new DatagramPacket(new byte[length], length, socket.localAddress()));
    }
  }

  private void post(RequestQueue socket) {
    for (int slot = posted.nextClearBit(0); slot < SLOTS; slot = posted.nextClearBit(slot)) {
      assertThat(socket.postReceive(slot)).isEqualTo(RequestQueue.ACCEPTED);
      posted.set(slot);
    }
  }

  private int dequeue(CompletionQueue queue, RequestQueue socket) throws IOException {
    CompletionBatch batch = new CompletionBatch();
    queue.dequeue(batch);
    for (int i = 0; i < batch.size(); i++) {
      check(batch, i, socket);
    }
    return batch.size();
  }

  private void check(CompletionBatch batch, int i, RequestQueue socket) {
    String what = "completion " + i + " with seed " + SEED;
    assertThat(posted.get(batch.slot(i))).as("slot of %s is posted", what).isTrue();
    posted.clear(batch.slot(i));
    SlotRegion slots = socket.receiveSlots();
    int place = batch.place(i);
    assertThat(place).as("place of %s", what).isBetween(0, slots.slots() - 1);
    if (batch.status(i) == CompletionStatus.OK) {
      assertThat(batch.length(i)).as("length of %s", what).isBetween(0, SIZE);
    } else {
      assertThat(batch.status(i)).as("status of %s", what).isEqualTo(CompletionStatus.TRUNCATED);
    }
    assertThat(batch.offset(i) + Math.min(SIZE, batch.length(i)))
        .as("end of %s in its place", what)
        .isLessThanOrEqualTo(slots.payloadSize());
    assertThat(socket.addressFormat().read(slots.memory(), slots.addressAt(place)).getPort())
        .as("port of %s", what)
        .isBetween(0, 65_535);
  }

  private static void end(CompletionQueue queue, RequestQueue socket) throws IOException {
    socket.close();
    CompletionBatch rest = new CompletionBatch();
    queue.dequeue(rest);
    socket.release();
    queue.close();
  }
}
