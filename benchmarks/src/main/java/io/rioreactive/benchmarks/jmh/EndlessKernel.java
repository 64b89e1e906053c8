package io.rioreactive.benchmarks.jmh;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.Support;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A kernel that has a datagram for whoever posts a receive: each dequeue completes 64 of them. So
 * what is measured above it is the library alone. One socket, which does not send.
 */
public final class EndlessKernel implements Kernel {

  /** Datagrams of a dequeue. */
  public static final int BATCH = 64;

  private static final int ADDRESS = 0;
  private static final int PAYLOAD = SocketAddressFormat.SIZE;
  private final InetSocketAddress peer =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);

  private final int length;

  /**
   * One without sockets.
   *
   * @param length bytes of each datagram
   */
  public EndlessKernel(int length) {
    this.length = length;
  }

  @Override
  public String name() {
    return "endless";
  }

  @Override
  public void probe() {}

  @Override
  public Map<Feature, Support> features() {
    Map<Feature, Support> features = new EnumMap<>(Feature.class);
    for (Feature feature : Feature.values()) {
      features.put(feature, Support.NO);
    }
    return features;
  }

  @Override
  public CompletionQueue open(WaitMode waitMode) {
    return new Queue();
  }

  private final class Queue implements CompletionQueue {

    private final Socket socket = new Socket();

    @Override
    public RequestQueue openSocket(SocketConfig config) {
      return socket;
    }

    @Override
    public boolean dequeue(CompletionBatch batch) {
      int count = Math.min(BATCH, socket.posted.size());
      for (int place = 0; place < count; place++) {
        batch.addReceive(0, socket.posted.removeLast(), place, CompletionStatus.OK, length, 0);
      }
      return count > 0;
    }

    @Override
    public void await() {}

    @Override
    public void wake() {}

    @Override
    public void close() {}
  }

  private final class Socket implements RequestQueue {

    private final SocketAddressFormat format = new SocketAddressFormat(10, false);
    private final SlotRegion receives = region(BATCH);
    private final SlotRegion sends = region(1);
    private final ArrayDeque<Integer> posted = new ArrayDeque<>();

    private SlotRegion region(int slots) {
      long stride = SlotRegion.stride(PAYLOAD + length);
      MemorySegment memory = Arena.ofAuto().allocate(slots * stride, 64);
      SlotRegion region = new SlotRegion(memory, slots, stride, ADDRESS, PAYLOAD, length);
      for (int slot = 0; slot < slots; slot++) {
        format.write(memory, region.addressAt(slot), peer);
      }
      return region;
    }

    @Override
    public int index() {
      return 0;
    }

    @Override
    public InetSocketAddress localAddress() {
      return peer;
    }

    @Override
    public void connect(InetSocketAddress peer) throws IOException {
      throw new IOException("has no peers");
    }

    @Override
    public SlotRegion receiveSlots() {
      return receives;
    }

    @Override
    public SlotRegion sendSlots() {
      return sends;
    }

    @Override
    public SocketAddressFormat addressFormat() {
      return format;
    }

    @Override
    public int postReceive(int slot) {
      posted.addLast(slot);
      return ACCEPTED;
    }

    @Override
    public int postSend(int slot, int length) {
      throw new UnsupportedOperationException("does not send");
    }

    @Override
    public void commit() {}

    @Override
    public int withdrawReceives(int[] slots, int count) {
      return 0;
    }

    @Override
    public KernelException error(String operation, int code) {
      throw new UnsupportedOperationException("nothing fails");
    }

    @Override
    public OptionalLong kernelDrops() {
      return OptionalLong.empty();
    }

    @Override
    public String describe() {
      return "endless";
    }

    @Override
    public void close() {}

    @Override
    public void release() {}

    @Override
    public void abandon() {}
  }
}
