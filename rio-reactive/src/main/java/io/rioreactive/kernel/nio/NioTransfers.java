package io.rioreactive.kernel.nio;

import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/**
 * One datagram at a time between a channel and the slots. The address of the last datagram in each
 * direction is kept as the JDK's object and as numbers: mostly the next one has the same.
 *
 * <p>The queue's thread alone.
 */
final class NioTransfers {

  /** {@link #receive}: nothing is there. */
  static final int NOTHING = -1;

  private static final InetSocketAddress NOBODY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final DatagramChannel channel;
  private final SocketAddressFormat format;
  private final NioPeer peer;
  private final Slab receiveSlab;
  private final Slab sendSlab;

  /** The peer of the last receive, and its numbers: the channel gives the same object again. */
  private SocketAddress lastSender = NOBODY;

  private long lastSenderHigh;
  private long lastSenderLow;
  private long lastSenderPortAndScope;

  /** The target of the last send: the channel knows the same object again. */
  private InetSocketAddress lastTarget = NOBODY;

  private long lastTargetHigh;
  private long lastTargetLow;
  private long lastTargetPortAndScope;

  NioTransfers(UdpChannel socket, NioPeer peer, Slab receiveSlab, Slab sendSlab) {
    channel = socket.channel();
    format = socket.format();
    this.peer = peer;
    this.receiveSlab = receiveSlab;
    this.sendSlab = sendSlab;
  }

  // ---- receive

  /**
   * Takes a datagram from the channel to a place among the receive slots.
   *
   * @return bytes of it, one more than a slot has if it was longer; {@link #NOTHING}
   */
  int receive(int place) throws IOException {
    ByteBuffer buffer = receiveSlab.toFill(place);
    int begin = buffer.position();
    SocketAddress sender = channel.receive(buffer);
    if (sender == null) {
      return NOTHING;
    }
    writeSender(place, (InetSocketAddress) sender);
    return buffer.position() - begin;
  }

  @SuppressWarnings("ReferenceEquality") // equals does not look at an IPv6 address's scope
  private void writeSender(int place, InetSocketAddress sender) {
    if (sender != lastSender) {
      InetAddress ip = sender.getAddress();
      lastSender = sender;
      lastSenderHigh = SocketAddressFormat.high(ip);
      lastSenderLow = SocketAddressFormat.low(ip);
      lastSenderPortAndScope =
          SocketAddressFormat.portAndScope(sender.getPort(), SocketAddressFormat.scopeOf(ip));
    }
    SlotRegion slots = receiveSlab.region();
    format.write(
        slots.memory(),
        slots.addressAt(place),
        lastSenderHigh,
        lastSenderLow,
        lastSenderPortAndScope);
  }

  // ---- send

  /**
   * Gives a send slot's datagram to the channel.
   *
   * @return whether it took it; else its buffer is full
   */
  boolean send(int slot, int length) throws IOException {
    int sent = send(slot, sendSlab.toSend(slot, length));
    // 0 is also what an empty datagram that was sent gives; a full buffer is told by the next
    return sent > 0 || length == 0;
  }

  private int send(int slot, ByteBuffer datagram) throws IOException {
    if (!peer.isThere()) {
      return channel.send(datagram, target(slot));
    }
    if (peer.isLost()) {
      throw new NoRouteToHostException("no route to the peer when it was last connected to");
    }
    return channel.write(datagram);
  }

  private InetSocketAddress target(int slot) {
    SlotRegion slots = sendSlab.region();
    MemorySegment memory = slots.memory();
    long offset = slots.addressAt(slot);
    long high = format.readHigh(memory, offset);
    long low = format.readLow(memory, offset);
    long portAndScope = format.readPortAndScope(memory, offset);
    if (high != lastTargetHigh || low != lastTargetLow || portAndScope != lastTargetPortAndScope) {
      lastTarget = SocketAddressFormat.toAddress(high, low, portAndScope);
      lastTargetHigh = high;
      lastTargetLow = low;
      lastTargetPortAndScope = portAndScope;
    }
    return lastTarget;
  }
}
