package io.rioreactive.test;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.Support;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.util.Map;

/** Passes everything on: for a test that stands between the pump and a simulated kernel. */
public abstract class ForwardingKernel implements Kernel {

  /** Whom it stands before. */
  protected final SimulatedKernel kernel;

  protected ForwardingKernel(SimulatedKernel kernel) {
    this.kernel = kernel;
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
    return before(kernel.open(waitMode));
  }

  /** What stands before a queue of the kernel. */
  protected abstract CompletionQueue before(CompletionQueue queue);

  /** A queue that passes everything on. */
  protected abstract static class Queue implements CompletionQueue {

    /** Whom it stands before. */
    protected final CompletionQueue queue;

    protected Queue(CompletionQueue queue) {
      this.queue = queue;
    }

    @Override
    public RequestQueue openSocket(SocketConfig config) throws IOException {
      return queue.openSocket(config);
    }

    @Override
    public boolean dequeue(CompletionBatch batch) throws IOException {
      return queue.dequeue(batch);
    }

    @Override
    public void await() throws IOException {
      queue.await();
    }

    @Override
    public void wake() {
      queue.wake();
    }

    @Override
    public void close() {
      queue.close();
    }
  }
}
