package io.rioreactive.test;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketConfig;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/** A simulated kernel one of whose calls throws, as a defect in a real one would. */
final class FaultyKernel extends ForwardingKernel {

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

  private final Map<Call, RuntimeException> faults = new EnumMap<>(Call.class);

  FaultyKernel(SimulatedKernel kernel) {
    super(kernel);
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
  protected CompletionQueue before(CompletionQueue queue) {
    return new FaultyQueue(queue);
  }

  private final class FaultyQueue extends Queue {

    FaultyQueue(CompletionQueue queue) {
      super(queue);
    }

    @Override
    public RequestQueue openSocket(SocketConfig config) throws IOException {
      return new FaultyRequests(super.openSocket(config));
    }

    @Override
    public boolean dequeue(CompletionBatch batch) throws IOException {
      enter(Call.DEQUEUE);
      return super.dequeue(batch);
    }

    @Override
    public void await() throws IOException {
      enter(Call.AWAIT);
      super.await();
    }

    @Override
    public void close() {
      super.close();
      enter(Call.CLOSE_QUEUE);
    }
  }

  private final class FaultyRequests extends ForwardingRequests {

    FaultyRequests(RequestQueue requests) {
      super(requests);
    }

    @Override
    public int postReceive(int slot) {
      enter(Call.POST_RECEIVE);
      return super.postReceive(slot);
    }

    @Override
    public int postSend(int slot, int length) {
      enter(Call.POST_SEND);
      return super.postSend(slot, length);
    }

    @Override
    public void commit() {
      enter(Call.COMMIT);
      super.commit();
    }

    @Override
    public void close() {
      super.close();
      enter(Call.CLOSE);
    }

    @Override
    public void release() {
      super.release();
      enter(Call.RELEASE);
    }

    @Override
    public void abandon() {
      super.abandon();
      enter(Call.ABANDON);
    }
  }
}
