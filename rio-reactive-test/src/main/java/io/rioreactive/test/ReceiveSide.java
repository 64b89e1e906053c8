package io.rioreactive.test;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.SlotRegion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

/**
 * The receives of a simulated socket, and what arrives for them. It never completes one by itself
 * but with datagrams and news that have waited for a post.
 *
 * <p>Guarded by the kernel's lock.
 */
final class ReceiveSide {

  private static final int DEFAULT_BUFFER = 256;

  private final SocketState socket;
  private final Lane lane;
  private final ReceiveBuffer buffer = new ReceiveBuffer(DEFAULT_BUFFER);

  /** News of earlier datagrams that wait for a receive to fail: their codes. */
  private final Deque<Integer> news = new ArrayDeque<>(0);

  ReceiveSide(SocketState socket, Lane lane) {
    this.socket = socket;
    this.lane = lane;
  }

  Lane lane() {
    return lane;
  }

  ReceiveBuffer buffer() {
    return buffer;
  }

  /** What was posted starts, and takes what has waited. */
  void start() {
    lane.start();
    if (socket.hasFailed()) {
      failStarted();
      return;
    }
    tellNews();
    while (!buffer.isEmpty() && lane.hasStarted()) {
      complete(lane.firstStarted(), Objects.requireNonNull(buffer.poll()));
    }
  }

  private void tellNews() {
    while (!news.isEmpty() && lane.hasStarted()) {
      finish(lane.firstStarted(), CompletionStatus.FAILED, news.remove());
    }
  }

  /** A datagram arrives at a socket that can have it. What is taken is the socket's. */
  Fate arrive(Parcel datagram) {
    if (lane.hasStarted()) {
      complete(lane.firstStarted(), datagram);
      return Fate.TAKEN;
    }
    return buffer.offer(datagram) ? Fate.TAKEN : Fate.FULL;
  }

  /** A receive that has started completes with a datagram. */
  void complete(int slot, Parcel datagram) {
    lane.requireUntouched(slot);
    SlotRegion region = lane.region();
    int length = datagram.writeTo(region, slot, socket.format());
    Arrival arrival = datagram.arrival();
    if (arrival != null) {
      arrival.writeTo(region, slot, socket.format());
    } else if (region.hasInfo()) {
      PacketInfo.clear(region.memory(), region.infoAt(slot));
    }
    lane.finish(slot);
    int whole = datagram.length();
    if (length == whole) {
      socket.add(true, slot, CompletionStatus.OK, length, 0);
    } else {
      socket.add(true, slot, CompletionStatus.TRUNCATED, socket.withdraws() ? whole : length, 0);
    }
    datagram.discard();
  }

  /** A datagram sent earlier did not arrive: told as such, or by failing a receive. */
  void unreachable(int code) {
    if (socket.withdraws()) {
      socket.addUnreachable(code);
    } else {
      news.add(code);
      tellNews();
    }
  }

  void fail(int slot, int code) {
    socket.requireStarted(lane, slot);
    finish(slot, CompletionStatus.FAILED, code);
  }

  void failStarted() {
    buffer.clear();
    while (lane.hasStarted()) {
      finish(lane.firstStarted(), CompletionStatus.SOCKET_FAILED, socket.failure());
    }
  }

  void cancelAll() {
    lane.pending().forEach(slot -> finish(slot, CompletionStatus.CANCELLED, 0));
  }

  private void finish(int slot, CompletionStatus status, int code) {
    lane.requireUntouched(slot);
    lane.finish(slot);
    socket.add(true, slot, status, 0, code);
  }
}
