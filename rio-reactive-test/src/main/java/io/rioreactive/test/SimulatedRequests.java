package io.rioreactive.test;

import io.rioreactive.kernel.GroupMembership;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.MembershipChange;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.net.InetSocketAddress;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The pump's side of a simulated socket: sees to it that the pump keeps to the rules, and to the
 * kernel's lock.
 *
 * <p>One thread at a time.
 */
final class SimulatedRequests implements RequestQueue {

  private final SimulatedQueue queue;
  private final SocketState socket;
  private final Object lock;

  SimulatedRequests(SimulatedQueue queue, SocketState socket) {
    this.queue = queue;
    this.socket = socket;
    this.lock = queue.kernel.lock;
  }

  /** What it is the pump's side of. */
  SocketState socket() {
    return socket;
  }

  @Override
  public int index() {
    return socket.index();
  }

  @Override
  public InetSocketAddress localAddress() {
    synchronized (lock) {
      return socket.localAddress();
    }
  }

  @Override
  public void connect(InetSocketAddress peer) throws KernelException {
    try (var _ = enter("connect")) {
      synchronized (lock) {
        requireOpen("connect");
        if (peer.isUnresolved() || peer.getPort() == 0) {
          socket.violated(" connect", "called with an address that cannot be a peer: " + peer);
        }
        int code = Refusals.next(socket.refusals().connects());
        if (code != ACCEPTED) {
          throw error("connect " + SocketAddressFormat.text(peer), code);
        }
        socket.connect(peer);
      }
    }
  }

  @Override
  public void changeMembership(MembershipChange change, GroupMembership membership) {
    try (var _ = enter("changeMembership")) {
      synchronized (lock) {
        requireOpen("changeMembership");
        if (!socket.memberships().change(change, membership)) {
          socket.violated(" changeMembership", change.of(membership) + " changes nothing");
        }
      }
    }
  }

  @Override
  public SlotRegion receiveSlots() {
    return regionOf(socket.receives().lane(), "receiveSlots");
  }

  @Override
  public SlotRegion sendSlots() {
    return regionOf(socket.sends().lane(), "sendSlots");
  }

  private SlotRegion regionOf(Lane lane, String call) {
    synchronized (lock) {
      requireNotGone(call);
      return lane.region();
    }
  }

  @Override
  public SocketAddressFormat addressFormat() {
    return socket.format();
  }

  @Override
  public int postReceive(int slot) {
    try (var _ = enter("postReceive")) {
      synchronized (lock) {
        requireOpen("postReceive");
        int code = Refusals.next(socket.refusals().receives());
        if (code == ACCEPTED) {
          socket.receives().lane().postEmpty(slot);
        }
        return code;
      }
    }
  }

  @Override
  public int postSend(int slot, int length) {
    try (var _ = enter("postSend")) {
      synchronized (lock) {
        requireOpen("postSend");
        int code = Refusals.next(socket.refusals().sends());
        if (code == ACCEPTED) {
          socket.sends().post(slot, length);
        }
        return code;
      }
    }
  }

  @Override
  public void commit() {
    try (var _ = enter("commit")) {
      synchronized (lock) {
        requireNotGone("commit");
        if (!socket.isClosed()) {
          socket.logPosts();
          socket.receives().start();
          socket.sends().start();
        }
      }
    }
  }

  @Override
  public int withdrawReceives(int[] slots, int count) {
    try (var _ = enter("withdrawReceives")) {
      synchronized (lock) {
        requireOpen("withdrawReceives");
        if (count < 0 || count > slots.length) {
          socket.violated(
              " withdrawReceives", "count is " + count + ", and there is room for " + slots.length);
        }
        if (!socket.withdraws()) {
          return 0;
        }
        Lane lane = socket.receives().lane();
        int taken = Math.min(count, lane.pendingCount());
        for (int i = 0; i < taken; i++) {
          slots[i] = lane.withdrawLast();
        }
        return taken;
      }
    }
  }

  @Override
  public KernelException error(String operation, int code) {
    synchronized (lock) {
      return socket.refusals().error(operation, code);
    }
  }

  @Override
  public OptionalLong kernelDrops() {
    synchronized (lock) {
      return socket.withdraws()
          ? OptionalLong.of(socket.receives().buffer().drops())
          : OptionalLong.empty();
    }
  }

  @Override
  public OptionalInt pathMtu() {
    synchronized (lock) {
      return socket.peer().isConnected() ? socket.wire().pathMtu(socket) : OptionalInt.empty();
    }
  }

  @Override
  public String describe() {
    synchronized (lock) {
      return socket.receives().buffer().toString();
    }
  }

  @Override
  public void close() {
    try (var _ = enter("close")) {
      synchronized (lock) {
        requireOpen("close");
        socket.close();
      }
    }
  }

  @Override
  public void release() {
    try (var _ = enter("release")) {
      synchronized (lock) {
        requireClosed("release");
        int outstanding = socket.outstanding();
        if (outstanding != 0) {
          socket.violated(" release", "called with " + outstanding + " requests outstanding");
        }
        socket.release();
      }
    }
  }

  @Override
  public void abandon() {
    try (var _ = enter("abandon")) {
      synchronized (lock) {
        requireClosed("abandon");
        socket.abandon();
      }
    }
  }

  private Occupancy enter(String call) {
    return queue.occupancy.enter(socket, call);
  }

  private void requireOpen(String call) {
    requireNotGone(call);
    if (socket.isClosed()) {
      socket.violated(" " + call, "called after close");
    }
  }

  private void requireClosed(String call) {
    requireNotGone(call);
    if (!socket.isClosed()) {
      socket.violated(" " + call, "called before close");
    }
  }

  private void requireNotGone(String call) {
    if (socket.isReleased()) {
      socket.violated(" " + call, "called after release");
    }
    if (socket.isAbandoned()) {
      socket.violated(" " + call, "called after abandon");
    }
  }

  @Override
  public String toString() {
    return socket.toString();
  }
}
