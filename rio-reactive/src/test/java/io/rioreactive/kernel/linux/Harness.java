package io.rioreactive.kernel.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A completion queue with the sockets a test opens on it, and a plain socket of the JDK's as the
 * peer. Closing it closes and drains them all.
 */
final class Harness implements AutoCloseable {

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

  final PlannedLibC libc;
  final CompletionQueue queue;
  final DatagramSocket peer;
  private final List<RequestQueue> open = new ArrayList<>();

  Harness() throws IOException {
    this(WaitMode.COMPLETION_PORT);
  }

  Harness(WaitMode waitMode) throws IOException {
    Arena arena = Arena.ofConfined();
    libc = new PlannedLibC(arena);
    queue = new MmsgCompletionQueue(waitMode, arena, libc);
    peer = new DatagramSocket(loopback(0));
    peer.setSoTimeout(5_000);
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  RequestQueue open(int receiveSlots, int sendSlots, int datagramSize) throws IOException {
    return open(config(loopback(0), receiveSlots, sendSlots, datagramSize, Map.of()));
  }

  RequestQueue open(SocketConfig config) throws IOException {
    RequestQueue socket = queue.openSocket(config);
    open.add(socket);
    return socket;
  }

  static SocketConfig config(
      InetSocketAddress address,
      int receiveSlots,
      int sendSlots,
      int datagramSize,
      Map<SocketOption<?>, Object> options) {
    return new SocketConfig(address, receiveSlots, sendSlots, datagramSize, options);
  }

  /** Sends from the peer. */
  void sendTo(RequestQueue socket, byte[]... payloads) throws IOException {
    for (byte[] payload : payloads) {
      peer.send(new DatagramPacket(payload, payload.length, socket.localAddress()));
    }
  }

  /** What the peer gets next. */
  String receiveAtPeer() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    peer.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), UTF_8);
  }

  InetSocketAddress peerAddress() {
    return (InetSocketAddress) peer.getLocalSocketAddress();
  }

  static void postReceives(RequestQueue socket, int count) {
    for (int slot = 0; slot < count; slot++) {
      socket.postReceive(slot);
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
    while (all.size() < count) {
      List<Done> some = dequeue();
      if (some.isEmpty()) {
        queue.await();
      }
      all.addAll(some);
    }
    return all;
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

  /** Closes a socket and returns what was outstanding. */
  List<Done> close(RequestQueue socket) throws IOException {
    socket.close();
    List<Done> rest = new ArrayList<>();
    List<Done> some = dequeue();
    while (!some.isEmpty()) {
      rest.addAll(some);
      some = dequeue();
    }
    socket.release();
    open.remove(socket);
    return rest;
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
