package io.rioreactive.test.fuzz;

import io.rioreactive.kernel.GroupMembership;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.MembershipChange;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.OptionalLong;

/** The pump's side of a socket, which tells the model of posts and of the end. */
final class ObservedRequests implements RequestQueue {

  private final RequestQueue queue;
  private final ModelConnection connection;
  private final Model model;

  ObservedRequests(RequestQueue queue, ModelConnection connection, Model model) {
    this.queue = queue;
    this.connection = connection;
    this.model = model;
  }

  ModelConnection connection() {
    return connection;
  }

  @Override
  public int postReceive(int slot) {
    model.settleQuietly();
    int code = queue.postReceive(slot);
    connection.onPostReceive(code, code == ACCEPTED ? null : queue.error("post", code).kind());
    return code;
  }

  @Override
  public int postSend(int slot, int length) {
    model.settleQuietly();
    int code = queue.postSend(slot, length);
    SlotRegion region = queue.sendSlots();
    byte[] bytes =
        region.memory().asSlice(region.payloadAt(slot), length).toArray(ValueLayout.JAVA_BYTE);
    connection.onPostSend(
        slot, bytes, code, code == ACCEPTED ? null : queue.error("post", code).kind());
    return code;
  }

  @Override
  public int withdrawReceives(int[] slots, int count) {
    model.settleQuietly();
    int taken = queue.withdrawReceives(slots, count);
    connection.onWithdrawn(taken);
    return taken;
  }

  @Override
  public void close() {
    model.settleQuietly();
    queue.close();
    connection.onSocketClosed();
  }

  @Override
  public void release() {
    model.settleQuietly();
    queue.release();
    connection.onGone(true);
  }

  @Override
  public void abandon() {
    model.settleQuietly();
    queue.abandon();
    connection.onGone(false);
  }

  @Override
  public int index() {
    return queue.index();
  }

  @Override
  public InetSocketAddress localAddress() {
    return queue.localAddress();
  }

  @Override
  public void connect(InetSocketAddress peer) throws IOException {
    queue.connect(peer);
  }

  @Override
  public void changeMembership(MembershipChange change, GroupMembership membership)
      throws IOException {
    queue.changeMembership(change, membership);
  }

  @Override
  public SlotRegion receiveSlots() {
    return queue.receiveSlots();
  }

  @Override
  public SlotRegion sendSlots() {
    return queue.sendSlots();
  }

  @Override
  public SocketAddressFormat addressFormat() {
    return queue.addressFormat();
  }

  @Override
  public void commit() {
    queue.commit();
  }

  @Override
  public KernelException error(String operation, int code) {
    return queue.error(operation, code);
  }

  @Override
  public OptionalLong kernelDrops() {
    return queue.kernelDrops();
  }

  @Override
  public String describe() {
    return queue.describe();
  }
}
