package io.rioreactive.test.fuzz;

import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.test.ForwardingRequests;
import java.lang.foreign.ValueLayout;

/** The pump's side of a socket, which tells the model of posts and of the end. */
final class ObservedRequests extends ForwardingRequests {

  private final ModelConnection connection;
  private final Model model;

  ObservedRequests(RequestQueue requests, ModelConnection connection, Model model) {
    super(requests);
    this.connection = connection;
    this.model = model;
  }

  ModelConnection connection() {
    return connection;
  }

  @Override
  public int postReceive(int slot) {
    model.settleQuietly();
    int code = requests.postReceive(slot);
    connection.onPostReceive(code, code == ACCEPTED ? null : requests.error("post", code).kind());
    return code;
  }

  @Override
  public int postSend(int slot, int length) {
    model.settleQuietly();
    int code = requests.postSend(slot, length);
    SlotRegion region = requests.sendSlots();
    byte[] bytes =
        region.memory().asSlice(region.payloadAt(slot), length).toArray(ValueLayout.JAVA_BYTE);
    connection.onPostSend(
        slot, bytes, code, code == ACCEPTED ? null : requests.error("post", code).kind());
    return code;
  }

  @Override
  public int withdrawReceives(int[] slots, int count) {
    model.settleQuietly();
    int taken = requests.withdrawReceives(slots, count);
    connection.onWithdrawn(taken);
    return taken;
  }

  @Override
  public void close() {
    model.settleQuietly();
    requests.close();
    connection.life.onSocketClosed();
  }

  @Override
  public void release() {
    model.settleQuietly();
    requests.release();
    connection.life.onGone(true);
  }

  @Override
  public void abandon() {
    model.settleQuietly();
    requests.abandon();
    connection.life.onGone(false);
  }
}
