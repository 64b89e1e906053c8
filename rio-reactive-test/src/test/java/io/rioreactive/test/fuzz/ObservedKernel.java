package io.rioreactive.test.fuzz;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.test.ForwardingKernel;
import io.rioreactive.test.SimulatedKernel;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A simulated kernel that tells the model what goes through it, and on demand gives a completion
 * out twice.
 */
final class ObservedKernel extends ForwardingKernel {

  private final Model model;
  private boolean duplicateNext;

  ObservedKernel(SimulatedKernel kernel, Model model) {
    super(kernel);
    this.model = model;
  }

  /** The next batch has its last completion twice: a defect that no kernel should have. */
  void duplicateNext() {
    duplicateNext = true;
  }

  @Override
  protected CompletionQueue before(CompletionQueue queue) {
    return new Observed(queue);
  }

  private final class Observed extends Queue {

    private final Map<Integer, ObservedRequests> sockets = new HashMap<>();

    Observed(CompletionQueue queue) {
      super(queue);
    }

    @Override
    public RequestQueue openSocket(SocketConfig config) throws IOException {
      ModelConnection connection = model.onOpening();
      ObservedRequests requests = new ObservedRequests(queue.openSocket(config), connection, model);
      connection.onOpened(kernel.lastSocket());
      sockets.put(requests.index(), requests);
      return requests;
    }

    @Override
    public boolean dequeue(CompletionBatch batch) throws IOException {
      boolean any;
      try {
        any = queue.dequeue(batch);
      } catch (IOException broken) {
        model.onQueueBroken(broken);
        throw broken;
      }
      List<Done> done = new ArrayList<>();
      for (int i = 0; i < batch.size(); i++) {
        done.add(read(batch, i, false));
      }
      if (duplicateNext && any && batch.remaining() > 0) {
        addTwice(batch, batch.size() - 1, done);
      }
      model.onBatch(done);
      return any;
    }

    private void addTwice(CompletionBatch batch, int i, List<Done> done) {
      if (batch.isUnreachable(i)) {
        return;
      }
      duplicateNext = false;
      int socket = batch.socket(i);
      int slot = batch.slot(i);
      CompletionStatus status = batch.status(i);
      if (batch.isReceive(i)) {
        batch.addReceive(socket, slot, status, batch.length(i), batch.code(i));
      } else {
        batch.addSend(socket, slot, status, batch.length(i), batch.code(i));
      }
      done.add(read(batch, batch.size() - 1, true));
    }

    private Done read(CompletionBatch batch, int i, boolean isDuplicate) {
      ObservedRequests socket = sockets.get(batch.socket(i));
      byte[] bytes = {};
      boolean isDatagram =
          batch.isReceive(i)
              && (batch.status(i) == CompletionStatus.OK
                  || batch.status(i) == CompletionStatus.TRUNCATED);
      if (isDatagram) {
        SlotRegion region = socket.receiveSlots();
        int length = Math.min(batch.length(i), region.payloadSize());
        bytes =
            region
                .memory()
                .asSlice(region.payloadAt(batch.place(i)), length)
                .toArray(ValueLayout.JAVA_BYTE);
      }
      return new Done(
          socket.connection(),
          batch.isReceive(i),
          batch.slot(i),
          batch.status(i),
          batch.length(i),
          batch.code(i),
          bytes,
          isDuplicate);
    }
  }
}
