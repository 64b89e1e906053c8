package io.rioreactive.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A completion queue with the sockets a test opens on it, and a plain socket of the JDK's as the
 * peer. Closing it closes and drains them all.
 */
public abstract class KernelHarness implements AutoCloseable {

  /** One completion, in a form that can be compared and printed; its datagram where it has one. */
  public record Done(
      int socket,
      boolean isReceive,
      int slot,
      CompletionStatus status,
      int length,
      int code,
      @Nullable String text,
      @Nullable InetSocketAddress sender) {

    /** A send that went out whole. */
    public static Done sent(RequestQueue socket, int slot, String text) {
      int length = text.getBytes(UTF_8).length;
      return new Done(socket.index(), false, slot, CompletionStatus.OK, length, 0, null, null);
    }
  }

  /** The queue under test. */
  public final CompletionQueue queue;

  /** A plain socket on 127.0.0.1. */
  public final DatagramSocket peer;

  /** Longer than anything takes: then a kernel that has lost something is woken to say so. */
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(15);

  private static final ScheduledExecutorService BELL =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  private final List<RequestQueue> open = new ArrayList<>();

  /** By socket and slot, of the last dequeue. */
  private final Map<List<Integer>, Integer> places = new HashMap<>();

  /** Over an open queue. */
  protected KernelHarness(CompletionQueue queue) throws IOException {
    this.queue = queue;
    peer = new DatagramSocket(loopback(0));
    peer.setSoTimeout(15_000);
  }

  /** Whether all completions of a closed socket have come. */
  protected abstract boolean isDrained(RequestQueue socket, List<Done> dequeuedLast);

  /** A port of 127.0.0.1. */
  public static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  /** Opens a socket at a free port of 127.0.0.1. */
  public RequestQueue open(int receiveSlots, int sendSlots, int datagramSize) throws IOException {
    return open(config(receiveSlots, sendSlots, datagramSize));
  }

  /** Opens a socket. */
  public RequestQueue open(SocketConfig config) throws IOException {
    RequestQueue socket = queue.openSocket(config);
    open.add(socket);
    return socket;
  }

  /** Opens so many sockets, each with a receive posted. */
  public List<RequestQueue> openMany(int count) throws IOException {
    List<RequestQueue> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RequestQueue socket = open(1, 1, 64);
      postReceives(socket, 1);
      sockets.add(socket);
    }
    return sockets;
  }

  /** What a socket at a free port of 127.0.0.1 is to be. */
  public static SocketConfig config(int receiveSlots, int sendSlots, int datagramSize) {
    return config(loopback(0), receiveSlots, sendSlots, datagramSize, Map.of());
  }

  /** What a socket is to be. */
  public static SocketConfig config(
      InetSocketAddress address,
      int receiveSlots,
      int sendSlots,
      int datagramSize,
      Map<SocketOption<?>, Object> options) {
    return new SocketConfig(address, receiveSlots, sendSlots, datagramSize, options);
  }

  /** Sends from the peer. */
  public void sendTo(RequestQueue socket, byte[]... payloads) throws IOException {
    for (byte[] payload : payloads) {
      peer.send(new DatagramPacket(payload, payload.length, socket.localAddress()));
    }
  }

  /** What the peer gets next. */
  public String receiveAtPeer() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    peer.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), UTF_8);
  }

  /** Where the peer is. */
  public InetSocketAddress peerAddress() {
    return (InetSocketAddress) peer.getLocalSocketAddress();
  }

  /** Posts the first slots. */
  public static void postReceives(RequestQueue socket, int count) {
    for (int slot = 0; slot < count; slot++) {
      assertThat(socket.postReceive(slot)).isEqualTo(RequestQueue.ACCEPTED);
    }
  }

  /** Writes a datagram into a send slot and posts it. */
  public static int postSend(
      RequestQueue socket, int slot, InetSocketAddress target, byte[] payload) {
    SlotRegion slots = socket.sendSlots();
    socket.addressFormat().write(slots.memory(), slots.addressAt(slot), target);
    MemorySegment.copy(
        MemorySegment.ofArray(payload), 0, slots.memory(), slots.payloadAt(slot), payload.length);
    return socket.postSend(slot, payload.length);
  }

  /** Posts a send of a text to the peer, which must be accepted. */
  public void send(RequestQueue socket, int slot, String text) {
    assertThat(postSend(socket, slot, peerAddress(), text.getBytes(UTF_8)))
        .isEqualTo(RequestQueue.ACCEPTED);
  }

  /** Sends "x" to the peer from each of the first three slots. */
  public void sendThree(RequestQueue socket) {
    for (int slot = 0; slot < 3; slot++) {
      send(socket, slot, "x");
    }
    socket.commit();
  }

  /** Awaits and dequeues until there are so many completions. */
  public List<Done> take(int count) throws IOException {
    return take(count, CompletionBatch.CAPACITY);
  }

  /** The same with batches of this size. */
  public List<Done> take(int count, int room) throws IOException {
    List<Done> all = new ArrayList<>();
    long start = System.nanoTime();
    while (all.size() < count) {
      List<Done> some = dequeue(room);
      assertThat(some).hasSizeLessThanOrEqualTo(room);
      all.addAll(some);
      if (some.isEmpty()) {
        requireTimeLeft(start, all);
        await("after " + all);
      }
    }
    return all;
  }

  private static void requireTimeLeft(long start, List<Done> seen) {
    assertThat(System.nanoTime() - start)
        .as("nanoseconds without what is waited for; there came %s", seen)
        .isLessThan(MOST_NANOS);
  }

  /** Awaits once, and not for ever. */
  public void await(String when) throws IOException {
    AtomicBoolean isOver = new AtomicBoolean();
    ScheduledFuture<?> bell =
        BELL.schedule(
            () -> {
              isOver.set(true);
              queue.wake();
            },
            MOST_NANOS,
            TimeUnit.NANOSECONDS);
    queue.await();
    bell.cancel(false);
    if (isOver.get()) {
      throw new AssertionError("an await did not end " + when);
    }
  }

  /** Dequeues once. */
  public List<Done> dequeue() throws IOException {
    return dequeue(CompletionBatch.CAPACITY);
  }

  /** Dequeues once into a batch of this size. */
  public List<Done> dequeue(int room) throws IOException {
    CompletionBatch batch = new CompletionBatch(room);
    queue.dequeue(batch);
    List<Done> all = new ArrayList<>();
    places.clear();
    for (int i = 0; i < batch.size(); i++) {
      if (hasDatagram(batch, i)) {
        places.put(List.of(batch.socket(i), batch.slot(i)), batch.place(i));
      }
      all.add(
          new Done(
              batch.socket(i),
              batch.isReceive(i),
              batch.slot(i),
              batch.status(i),
              batch.length(i),
              batch.code(i),
              hasDatagram(batch, i) ? text(batch, i) : null,
              hasDatagram(batch, i) ? sender(batch, i) : null));
    }
    return all;
  }

  /** Where a datagram of the last dequeue stands. */
  public int place(Done done) {
    return places.get(List.of(done.socket(), done.slot()));
  }

  private static boolean hasDatagram(CompletionBatch batch, int i) {
    CompletionStatus status = batch.status(i);
    return batch.isReceive(i)
        && (status == CompletionStatus.OK || status == CompletionStatus.TRUNCATED);
  }

  private String text(CompletionBatch batch, int i) {
    SlotRegion slots = socket(batch, i).receiveSlots();
    byte[] bytes = new byte[Math.min(batch.length(i), slots.payloadSize())];
    MemorySegment.copy(
        slots.memory(),
        slots.payloadAt(batch.place(i)) + batch.offset(i),
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

  /** Closes a socket and returns what was outstanding. */
  public List<Done> close(RequestQueue socket) throws IOException {
    socket.close();
    List<Done> rest = new ArrayList<>();
    long start = System.nanoTime();
    List<Done> last = dequeue();
    while (!isDrained(socket, last)) {
      rest.addAll(last);
      if (last.isEmpty()) {
        requireTimeLeft(start, rest);
        await("of a closed socket, after " + rest);
      }
      last = dequeue();
    }
    rest.addAll(last);
    release(socket);
    return rest;
  }

  /** Frees a closed socket that has nothing outstanding. */
  public void release(RequestQueue socket) {
    socket.release();
    open.remove(socket);
  }

  /** Gives a closed socket up. */
  public void abandon(RequestQueue socket) {
    socket.abandon();
    open.remove(socket);
  }

  @Override
  public void close() {
    try {
      for (RequestQueue socket : List.copyOf(open)) {
        close(socket);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      queue.close();
      peer.close();
    }
  }
}
