package io.rioreactive.test;

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
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/** A simulated kernel one of whose calls throws, as a defect in a real one would. */
final class FaultyKernel implements Kernel {

  enum Call {
    DEQUEUE,
    AWAIT,
    POST_RECEIVE,
    POST_SEND,
    COMMIT,
    CLOSE,
    RELEASE,
    ABANDON,
    CLOSE_QUEUE
  }

  private final SimulatedKernel kernel;
  private final Map<Call, RuntimeException> faults = new EnumMap<>(Call.class);

  FaultyKernel(SimulatedKernel kernel) {
    this.kernel = kernel;
  }

  /** Each call of this kind throws from now on; those that give something back do so first. */
  void breaks(Call call, RuntimeException fault) {
    faults.put(call, fault);
  }

  void heals() {
    faults.clear();
  }

  private void enter(Call call) {
    RuntimeException fault = faults.get(call);
    if (fault != null) {
      throw fault;
    }
  }

  @Override
  public String name() {
    return kernel.name();
  }

  @Override
  public void probe() {}

  @Override
  public Map<Feature, Support> features() {
    return kernel.features();
  }

  @Override
  public CompletionQueue open(WaitMode waitMode) throws IOException {
    return new Queue(kernel.open(waitMode));
  }

  private final class Queue implements CompletionQueue {

    private final CompletionQueue queue;

    Queue(CompletionQueue queue) {
      this.queue = queue;
    }

    @Override
    public RequestQueue openSocket(SocketConfig config) throws IOException {
      return new Requests(queue.openSocket(config));
    }

    @Override
    public boolean dequeue(CompletionBatch batch) throws IOException {
      enter(Call.DEQUEUE);
      return queue.dequeue(batch);
    }

    @Override
    public void await() throws IOException {
      enter(Call.AWAIT);
      queue.await();
    }

    @Override
    public void wake() {
      queue.wake();
    }

    @Override
    public void close() {
      queue.close();
      enter(Call.CLOSE_QUEUE);
    }
  }

  private final class Requests implements RequestQueue {

    private final RequestQueue requests;

    Requests(RequestQueue requests) {
      this.requests = requests;
    }

    @Override
    public int index() {
      return requests.index();
    }

    @Override
    public InetSocketAddress localAddress() {
      return requests.localAddress();
    }

    @Override
    public void connect(InetSocketAddress peer) throws IOException {
      requests.connect(peer);
    }

    @Override
    public SlotRegion receiveSlots() {
      return requests.receiveSlots();
    }

    @Override
    public SlotRegion sendSlots() {
      return requests.sendSlots();
    }

    @Override
    public SocketAddressFormat addressFormat() {
      return requests.addressFormat();
    }

    @Override
    public int postReceive(int slot) {
      enter(Call.POST_RECEIVE);
      return requests.postReceive(slot);
    }

    @Override
    public int postSend(int slot, int length) {
      enter(Call.POST_SEND);
      return requests.postSend(slot, length);
    }

    @Override
    public void commit() {
      enter(Call.COMMIT);
      requests.commit();
    }

    @Override
    public int withdrawReceives(int[] slots, int count) {
      return requests.withdrawReceives(slots, count);
    }

    @Override
    public KernelException error(String operation, int code) {
      return requests.error(operation, code);
    }

    @Override
    public OptionalLong kernelDrops() {
      return requests.kernelDrops();
    }

    @Override
    public String describe() {
      return requests.describe();
    }

    @Override
    public void close() {
      requests.close();
      enter(Call.CLOSE);
    }

    @Override
    public void release() {
      requests.release();
      enter(Call.RELEASE);
    }

    @Override
    public void abandon() {
      requests.abandon();
      enter(Call.ABANDON);
    }
  }
}
