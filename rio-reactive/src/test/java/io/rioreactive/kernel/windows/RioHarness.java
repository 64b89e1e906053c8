package io.rioreactive.kernel.windows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A completion queue with the sockets a test opens on it, and a plain socket of the JDK's as the
 * peer. Closing it closes and drains them all; over the double it then holds them to its report:
 * nothing that Windows forbids was done, and nothing is left.
 */
final class RioHarness implements AutoCloseable {

  /** One completion, in a form that can be compared and printed; its datagram where it has one. */
  record Done(
      int socket,
      boolean isReceive,
      int slot,
      CompletionStatus status,
      int length,
      int code,
      @Nullable String text,
      @Nullable InetSocketAddress sender) {}

  /** Longer than anything takes. */
  private static final Duration LONG = Duration.ofSeconds(10);

  private static @Nullable String reasonForNone;
  private static boolean isTriedOut;

  final CompletionQueue queue;
  final DatagramSocket peer;
  private final ScheduledExecutorService watchdog =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private final long violations;
  private final long live;
  private final List<RequestQueue> open = new ArrayList<>();

  RioHarness() throws IOException {
    this(WaitMode.COMPLETION_PORT);
  }

  RioHarness(WaitMode waitMode) throws IOException {
    need();
    violations = RioDouble.isThere() ? RioDouble.count("violations") : 0;
    live = RioDouble.isThere() ? RioDouble.count("live") : 0;
    queue = new WindowsRioKernel().open(waitMode);
    peer = new DatagramSocket(loopback(0));
    peer.setSoTimeout(5_000);
  }

  /** Skips the test where there is no RIO; over the double there is. */
  private static synchronized void need() {
    if (!isTriedOut) {
      isTriedOut = true;
      try {
        new WindowsRioKernel().probe();
      } catch (IOException none) {
        reasonForNone = none.getMessage();
      }
    }
    if (reasonForNone != null) {
      assertThat(RioDouble.isThere()).as("the double was refused: %s", reasonForNone).isFalse();
      abort("this machine has no RIO: " + reasonForNone);
    }
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  static SocketConfig config(int receiveSlots, int sendSlots, int datagramSize) {
    return config(loopback(0), receiveSlots, sendSlots, datagramSize);
  }

  static SocketConfig config(
      InetSocketAddress address, int receiveSlots, int sendSlots, int datagramSize) {
    return new SocketConfig(address, receiveSlots, sendSlots, datagramSize, Map.of());
  }

  RequestQueue open(int receiveSlots, int sendSlots, int datagramSize) throws IOException {
    return open(config(receiveSlots, sendSlots, datagramSize));
  }

  RequestQueue open(SocketConfig config) throws IOException {
    RequestQueue socket = queue.openSocket(config);
    open.add(socket);
    return socket;
  }

  /** Sends from the peer. */
  void sendTo(RequestQueue socket, byte[]... payloads) throws IOException {
    for (byte[] payload : payloads) {
      peer.send(new DatagramPacket(payload, payload.length, socket.localAddress()));
    }
  }

  /** What the peer gets next. */
  byte[] receiveAtPeer() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    peer.receive(packet);
    byte[] bytes = new byte[packet.getLength()];
    System.arraycopy(packet.getData(), 0, bytes, 0, bytes.length);
    return bytes;
  }

  InetSocketAddress peerAddress() {
    return (InetSocketAddress) peer.getLocalSocketAddress();
  }

  static void postReceives(RequestQueue socket, int count) {
    for (int slot = 0; slot < count; slot++) {
      assertThat(socket.postReceive(slot)).isEqualTo(RequestQueue.ACCEPTED);
    }
  }

  /** Writes a datagram into a send slot and posts it. */
  static int postSend(RequestQueue socket, int slot, InetSocketAddress target, byte[] payload) {
    SlotRegion slots = socket.sendSlots();
    socket.addressFormat().write(slots.memory(), slots.addressAt(slot), target);
    MemorySegment.copy(
        MemorySegment.ofArray(payload), 0, slots.memory(), slots.payloadAt(slot), payload.length);
    return socket.postSend(slot, payload.length);
  }

  /** Awaits and dequeues until there are so many completions. */
  List<Done> take(int count) throws IOException {
    List<Done> all = new ArrayList<>();
    long start = System.nanoTime();
    while (all.size() < count) {
      List<Done> some = dequeue();
      if (some.isEmpty()) {
        requireTimeLeft(start, all);
        await();
      }
      all.addAll(some);
    }
    return all;
  }

  private static void requireTimeLeft(long start, List<Done> seen) {
    assertThat(System.nanoTime() - start)
        .as("nanoseconds without what is waited for; there came %s", seen)
        .isLessThan(LONG.toNanos());
  }

  /** Awaits once. A wait that nothing ends, nothing could interrupt: it is ended, and fails. */
  void await() throws IOException {
    AtomicBoolean isSleptThrough = new AtomicBoolean();
    Future<?> watch =
        watchdog.schedule(
            () -> {
              isSleptThrough.set(true);
              queue.wake();
            },
            LONG.toSeconds(),
            TimeUnit.SECONDS);
    queue.await();
    watch.cancel(false);
    assertThat(isSleptThrough).as("nothing has ended the wait for %s", LONG).isFalse();
  }

  /** Dequeues once. */
  List<Done> dequeue() throws IOException {
    return dequeue(CompletionBatch.CAPACITY);
  }

  /** Dequeues once into a batch of this size. */
  List<Done> dequeue(int room) throws IOException {
    CompletionBatch batch = new CompletionBatch(room);
    queue.dequeue(batch);
    List<Done> all = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      all.add(done(batch, i));
    }
    return all;
  }

  private Done done(CompletionBatch batch, int i) {
    CompletionStatus status = batch.status(i);
    boolean hasDatagram =
        batch.isReceive(i)
            && (status == CompletionStatus.OK || status == CompletionStatus.TRUNCATED);
    return new Done(
        batch.socket(i),
        batch.isReceive(i),
        batch.slot(i),
        status,
        batch.length(i),
        batch.code(i),
        hasDatagram ? text(batch, i) : null,
        hasDatagram ? sender(batch, i) : null);
  }

  private String text(CompletionBatch batch, int i) {
    SlotRegion slots = socket(batch, i).receiveSlots();
    byte[] bytes = new byte[Math.min(batch.length(i), slots.payloadSize())];
    MemorySegment.copy(
        slots.memory(),
        slots.payloadAt(batch.place(i)),
        MemorySegment.ofArray(bytes),
        0,
        bytes.length);
    return new String(bytes, UTF_8);
  }

  private InetSocketAddress sender(CompletionBatch batch, int i) {
    RequestQueue socket = socket(batch, i);
    SlotRegion slots = socket.receiveSlots();
    return socket.addressFormat().read(slots.memory(), slots.addressAt(batch.place(i)));
  }

  private RequestQueue socket(CompletionBatch batch, int i) {
    return open.stream().filter(one -> one.index() == batch.socket(i)).findFirst().orElseThrow();
  }

  /** Closes a socket, takes back what was outstanding, and frees its slots. */
  List<Done> close(RequestQueue socket, int outstanding) throws IOException {
    socket.close();
    List<Done> rest = take(outstanding);
    release(socket);
    return rest;
  }

  void release(RequestQueue socket) {
    socket.release();
    open.remove(socket);
  }

  void abandon(RequestQueue socket) {
    socket.abandon();
    open.remove(socket);
  }

  @Override
  public void close() {
    try {
      for (RequestQueue socket : List.copyOf(open)) {
        socket.close();
        take(((RioRequestQueue) socket).outstanding());
        release(socket);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      watchdog.shutdownNow();
      queue.close();
      peer.close();
      requireCleanReport();
    }
  }

  private void requireCleanReport() {
    if (RioDouble.isThere()) {
      assertThat(RioDouble.count("violations")).as(RioDouble.report()).isEqualTo(violations);
      assertThat(RioDouble.count("live")).as(RioDouble.report()).isEqualTo(live);
    }
  }
}
