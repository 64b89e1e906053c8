package io.rioreactive.kernel.nio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A completion queue with its sockets, and plain sockets as peers. The thread that made it alone:
 * it plays the pump.
 */
final class Net implements AutoCloseable {

  static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  static final InetAddress LOOPBACK_V6 = InetAddress.ofLiteral("::1");
  static final int DATAGRAM_SIZE = 32;
  static final int SLOTS = 8;

  private static final long PATIENCE = Duration.ofSeconds(20).toNanos();

  final CompletionQueue queue;
  private final List<RequestQueue> open = new ArrayList<>();
  private final List<DatagramSocket> peers = new ArrayList<>();

  Net() throws IOException {
    this(WaitMode.COMPLETION_PORT);
  }

  Net(WaitMode waitMode) throws IOException {
    queue = new NioKernel().open(waitMode);
  }

  RequestQueue open(InetAddress address) throws IOException {
    return open(new InetSocketAddress(address, 0), Map.of());
  }

  RequestQueue open(InetSocketAddress address, Map<SocketOption<?>, Object> options)
      throws IOException {
    RequestQueue socket =
        queue.openSocket(new SocketConfig(address, SLOTS, SLOTS, DATAGRAM_SIZE, options));
    open.add(socket);
    return socket;
  }

  DatagramSocket peer(InetAddress address) throws IOException {
    DatagramSocket peer = new DatagramSocket(new InetSocketAddress(address, 0));
    peer.setSoTimeout((int) Duration.ofNanos(PATIENCE).toMillis());
    peers.add(peer);
    return peer;
  }

  static void post(RequestQueue socket, int... slots) {
    for (int slot : slots) {
      assertThat(socket.postReceive(slot)).isEqualTo(RequestQueue.ACCEPTED);
    }
    socket.commit();
  }

  static void postSend(RequestQueue socket, int slot, String text, InetSocketAddress target) {
    SlotRegion slots = socket.sendSlots();
    byte[] bytes = text.getBytes(UTF_8);
    MemorySegment.copy(
        MemorySegment.ofArray(bytes), 0, slots.memory(), slots.payloadAt(slot), bytes.length);
    assertThat(socket.addressFormat().write(slots.memory(), slots.addressAt(slot), target))
        .isTrue();
    assertThat(socket.postSend(slot, bytes.length)).isEqualTo(RequestQueue.ACCEPTED);
  }

  static String payload(RequestQueue socket, int place, int length) {
    SlotRegion slots = socket.receiveSlots();
    MemorySegment payload = slots.memory().asSlice(slots.payloadAt(place), length);
    return new String(payload.toArray(ValueLayout.JAVA_BYTE), UTF_8);
  }

  static InetSocketAddress sender(RequestQueue socket, int place) {
    SlotRegion slots = socket.receiveSlots();
    return socket.addressFormat().read(slots.memory(), slots.addressAt(place));
  }

  static void send(DatagramSocket peer, String text, RequestQueue to) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    peer.send(new DatagramPacket(bytes, bytes.length, to.localAddress()));
  }

  static String receive(DatagramSocket peer) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[64], 64);
    peer.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), UTF_8);
  }

  static String describe(CompletionBatch batch, int i) {
    return (batch.isReceive(i) ? "receive " : "send ")
        + batch.slot(i)
        + " "
        + batch.status(i)
        + " "
        + batch.length(i);
  }

  /** Waits for this many completions, as the pump does, and says what they are. */
  List<String> completions(int count) throws IOException {
    CompletionBatch batch = new CompletionBatch(count);
    List<String> found = new ArrayList<>();
    while (found.size() < count) {
      batch.clear();
      if (!queue.dequeue(batch)) {
        queue.await();
      }
      for (int i = 0; i < batch.size(); i++) {
        found.add(describe(batch, i));
      }
    }
    return found;
  }

  /** What is there without waiting. */
  List<String> rest() throws IOException {
    CompletionBatch batch = new CompletionBatch(4 * SLOTS);
    queue.dequeue(batch);
    queue.dequeue(batch);
    List<String> found = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      found.add(describe(batch, i));
    }
    return found;
  }

  void release(RequestQueue socket) {
    open.remove(socket);
    socket.release();
  }

  @Override
  public void close() throws IOException {
    peers.forEach(DatagramSocket::close);
    open.forEach(RequestQueue::close);
    CompletionBatch batch = new CompletionBatch(256);
    while (queue.dequeue(batch)) {
      batch.clear();
    }
    open.forEach(RequestQueue::release);
    queue.close();
  }
}
