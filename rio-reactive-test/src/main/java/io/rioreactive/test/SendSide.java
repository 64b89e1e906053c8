package io.rioreactive.test;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The sends of a simulated socket. They complete once they have started, unless the test holds
 * them.
 *
 * <p>Guarded by the kernel's lock.
 */
final class SendSide {

  private final SocketState socket;
  private final Lane lane;
  private final int[] lengths;
  private final List<SentDatagram> sent = new ArrayList<>();
  private boolean isHeld;

  SendSide(SocketState socket, Lane lane) {
    this.socket = socket;
    this.lane = lane;
    this.lengths = new int[lane.region().slots()];
  }

  boolean isHeld() {
    return isHeld;
  }

  Lane lane() {
    return lane;
  }

  /** What was sent and is kept, in the order it left. */
  List<SentDatagram> sent() {
    return List.copyOf(sent);
  }

  void post(int slot, int length) {
    int most = lane.region().payloadSize();
    if (length < 0 || length > most) {
      socket.violated(
          " send slot " + slot, "%d bytes posted, and a slot has %d".formatted(length, most));
    }
    lane.postFilled(slot);
    if (!socket.peer().isConnected()) {
      requireTarget(slot);
    }
    requireOrigin(slot);
    lengths[slot] = length;
  }

  private void requireTarget(int slot) {
    SlotRegion region = lane.region();
    SocketAddressFormat format = socket.format();
    int family =
        region.memory().get(ValueLayout.JAVA_SHORT_UNALIGNED, region.addressAt(slot)) & 0xFFFF;
    int wanted = format.isIpv6Socket() ? format.afInet6() : SocketAddressFormat.AF_INET;
    if (family != wanted) {
      socket.violated(
          " send slot " + slot,
          "posted with a target of family " + family + " on a socket of family " + wanted);
    }
  }

  private void requireOrigin(int slot) {
    SlotRegion region = lane.region();
    if (region.hasInfo()) {
      int origin = PacketInfo.origin(region.memory(), region.infoAt(slot));
      if (origin < PacketInfo.UNKNOWN || origin > PacketInfo.INTERFACE) {
        socket.violated(" send slot " + slot, "posted with packet info of origin " + origin);
      }
    }
  }

  /** What was posted starts, and leaves unless it is held. */
  void start() {
    lane.start();
    if (socket.hasFailed()) {
      failStarted();
    } else if (!isHeld) {
      completeStarted();
    }
  }

  private void completeStarted() {
    while (lane.hasStarted()) {
      complete(lane.firstStarted());
    }
  }

  /** A send that has started leaves. */
  void complete(int slot) {
    socket.requireStarted(lane, slot);
    lane.requireUntouched(slot);
    int length = lengths[slot];
    int code = socket.wire().send(socket, slot, length);
    boolean left = code == RequestQueue.ACCEPTED;
    finish(slot, left ? CompletionStatus.OK : CompletionStatus.FAILED, left ? length : 0, code);
  }

  /** Keeps what is sent, for the test to look at. */
  void record(int slot, int length) {
    SlotRegion region = lane.region();
    SocketAddressFormat format = socket.format();
    byte[] payload = lane.payload(slot, length);
    InetSocketAddress target =
        socket.peer().isConnected()
            ? socket.peer().now()
            : format.read(region.memory(), region.addressAt(slot));
    if (!region.hasInfo()) {
      sent.add(new SentDatagram(payload, target, null, 0));
      return;
    }
    long info = region.infoAt(slot);
    boolean isAddress = PacketInfo.origin(region.memory(), info) == PacketInfo.ADDRESS;
    sent.add(
        new SentDatagram(
            payload,
            target,
            isAddress ? format.read(region.memory(), info) : null,
            PacketInfo.interfaceIndex(region.memory(), info)));
  }

  void hold() {
    isHeld = true;
  }

  void release() {
    isHeld = false;
    completeStarted();
  }

  void fail(int slot, int code) {
    socket.requireStarted(lane, slot);
    finish(slot, CompletionStatus.FAILED, 0, code);
  }

  void failStarted() {
    while (lane.hasStarted()) {
      finish(lane.firstStarted(), CompletionStatus.SOCKET_FAILED, 0, socket.failure());
    }
  }

  void cancelAll() {
    lane.pending().forEach(slot -> finish(slot, CompletionStatus.CANCELLED, 0, 0));
  }

  private void finish(int slot, CompletionStatus status, int length, int code) {
    lane.requireUntouched(slot);
    lane.finish(slot);
    socket.add(false, slot, status, length, code);
  }
}
