package io.rioreactive;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.Support;
import io.rioreactive.kernel.WaitMode;
import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A kernel with one socket on which nothing ever happens but drops. Tests of behaviour take the
 * simulated kernel, which this module cannot see.
 */
final class StubKernel implements Kernel, CompletionQueue, RequestQueue {

  private static final int SLOTS = 1;
  private static final int SIZE = 64;

  private final SlotRegion region =
      new SlotRegion(
          Arena.ofAuto().allocate(SocketAddressFormat.SIZE + SIZE),
          SLOTS,
          SocketAddressFormat.SIZE + SIZE,
          0,
          SocketAddressFormat.SIZE,
          SIZE);
  private InetSocketAddress localAddress = InetSocketAddress.createUnresolved("nowhere", 1);
  private long drops;

  /** Of the socket and of the queue: both are this object. */
  private int closes;

  void drop(int datagrams) {
    drops += datagrams;
  }

  @Override
  public String name() {
    return "stub";
  }

  @Override
  public void probe() {}

  @Override
  public Map<Feature, Support> features() {
    return Map.of();
  }

  @Override
  public CompletionQueue open(WaitMode waitMode) {
    return this;
  }

  @Override
  public RequestQueue openSocket(SocketConfig config) {
    localAddress = config.bindAddress();
    return this;
  }

  @Override
  public boolean dequeue(CompletionBatch batch) {
    return false;
  }

  @Override
  public void await() {}

  @Override
  public void wake() {}

  @Override
  public int index() {
    return 0;
  }

  @Override
  public InetSocketAddress localAddress() {
    return localAddress;
  }

  @Override
  public void connect(InetSocketAddress peer) {}

  @Override
  public SlotRegion receiveSlots() {
    return region;
  }

  @Override
  public SlotRegion sendSlots() {
    return region;
  }

  @Override
  public SocketAddressFormat addressFormat() {
    return new SocketAddressFormat(10, false);
  }

  @Override
  public int postReceive(int slot) {
    return ACCEPTED;
  }

  @Override
  public int postSend(int slot, int length) {
    return ACCEPTED;
  }

  @Override
  public void commit() {}

  @Override
  public int withdrawReceives(int[] slots, int count) {
    return 0;
  }

  @Override
  public KernelException error(String operation, int code) {
    throw new IllegalStateException("nothing fails here");
  }

  @Override
  public OptionalLong kernelDrops() {
    return OptionalLong.of(drops);
  }

  @Override
  public String describe() {
    return "nothing";
  }

  @Override
  public void close() {
    closes++;
  }

  int closes() {
    return closes;
  }

  @Override
  public void release() {}

  @Override
  public void abandon() {}
}
