package io.rioreactive.test;

import io.rioreactive.kernel.GroupMembership;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.MembershipChange;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Passes everything on: for a test that stands between the pump and a socket. */
public abstract class ForwardingRequests implements RequestQueue {

  /** Whom it stands before. */
  protected final RequestQueue requests;

  protected ForwardingRequests(RequestQueue requests) {
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
  public void changeMembership(MembershipChange change, GroupMembership membership)
      throws IOException {
    requests.changeMembership(change, membership);
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
    return requests.postReceive(slot);
  }

  @Override
  public int postSend(int slot, int length) {
    return requests.postSend(slot, length);
  }

  @Override
  public void commit() {
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
  public OptionalInt pathMtu() {
    return requests.pathMtu();
  }

  @Override
  public String describe() {
    return requests.describe();
  }

  @Override
  public void close() {
    requests.close();
  }

  @Override
  public void release() {
    requests.release();
  }

  @Override
  public void abandon() {
    requests.abandon();
  }
}
