package io.rioreactive.test;

import io.rioreactive.RioConnection;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketAddressFormat;
import io.rioreactive.kernel.SocketConfig;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A simulated socket: what {@link SimulatedRequests} shows to the pump, {@link SimulatedSocket} to
 * the test, and a {@link Wire} to other sockets.
 *
 * <p>Owns both directions, its addresses, what it is to refuse, and how far its life has gone.
 * Guarded by the kernel's lock.
 */
final class SocketState {

  private static final int AF_INET6_LINUX = 10;
  private static final int AF_INET6_WINDOWS = 23;
  private static final int NO_FAILURE = RequestQueue.ACCEPTED;

  private final SimulatedQueue queue;
  private final Wire wire;
  private final Sanitizer sanitizer;
  private final int index;
  private final SocketConfig config;
  private final InetSocketAddress boundAddress;
  private InetSocketAddress localAddress;
  private final SocketAddressFormat format;
  private final SimulatedMemberships memberships = new SimulatedMemberships();
  private final Refusals refusals = new Refusals();
  private final SocketPeer peer = new SocketPeer();
  private final ReceiveSide receives;
  private final SendSide sends;
  private boolean cancellationsHeld;

  /** The code that everything fails with; {@link #NO_FAILURE} for none. */
  private int failure = NO_FAILURE;

  private boolean closed;
  private boolean released;
  private boolean abandoned;

  /** The application's side of it; null before it is bound. */
  volatile @Nullable RioConnection connection;

  /** On a network, where it sends from, as far as known; null else. */
  @Nullable NetworkAddress source;

  /** On a network, whom it is connected to; null else. */
  @Nullable NetworkAddress target;

  /** On a network, what its datagrams say. */
  int hops;

  int groupHops;
  int trafficClass;

  SocketState(SimulatedQueue queue, int index, SocketConfig config, InetSocketAddress address) {
    this.queue = queue;
    this.wire = queue.kernel.wire();
    this.sanitizer = queue.kernel.sanitizer;
    this.index = index;
    this.config = config;
    this.boundAddress = address;
    this.localAddress = address;
    this.format =
        new SocketAddressFormat(
            withdraws() ? AF_INET6_LINUX : AF_INET6_WINDOWS,
            address.getAddress() instanceof Inet6Address);
    this.receives =
        new ReceiveSide(
            this,
            lane(
                "receive",
                "the pump posts in its turn what a subscriber asks for",
                config.receiveSlots()));
    this.sends =
        new SendSide(
            this, lane("send", "only sends that are held can be: holdSends()", config.sendSlots()));
    wire.onOpened(this);
  }

  private Lane lane(String direction, String lacking, int slots) {
    return new Lane(
        this + " " + direction,
        lacking,
        slots,
        config.datagramSize(),
        config.packetInfo(),
        wire.checksThoroughly(),
        sanitizer);
  }

  // ---- what it is

  int index() {
    return index;
  }

  SocketConfig config() {
    return config;
  }

  SocketAddressFormat format() {
    return format;
  }

  boolean isIpv6() {
    return format.isIpv6Socket();
  }

  /** Whether its kernel gives posts back. */
  boolean withdraws() {
    return queue.kernel.withdraws();
  }

  SimulatedKernel kernel() {
    return queue.kernel;
  }

  Wire wire() {
    return wire;
  }

  /** The address it was bound to, with the port that was picked; a wildcard stays one. */
  InetSocketAddress boundAddress() {
    return boundAddress;
  }

  /** The same, but of a wildcard the address that was picked when it was connected. */
  InetSocketAddress localAddress() {
    return localAddress;
  }

  ReceiveSide receives() {
    return receives;
  }

  SendSide sends() {
    return sends;
  }

  SimulatedMemberships memberships() {
    return memberships;
  }

  Refusals refusals() {
    return refusals;
  }

  SocketPeer peer() {
    return peer;
  }

  // ---- what happens to it

  void connect(InetSocketAddress to) {
    peer.connect(to);
    receives.buffer().removeIf(datagram -> !peer.canHaveSent(datagram));
    if (localAddress.getAddress().isAnyLocalAddress()) { // of which the only interface is taken
      localAddress =
          new InetSocketAddress(
              InetAddress.ofLiteral(to.getAddress() instanceof Inet6Address ? "::1" : "127.0.0.1"),
              localAddress.getPort());
    }
    wire.onConnected(this);
  }

  /** A datagram arrives. What is taken is the socket's; else it stays the caller's. */
  Fate arrive(Parcel datagram) {
    if (closed || hasFailed() || !datagram.fits(format)) {
      return Fate.REFUSED;
    }
    return peer.isStrangers(datagram) ? Fate.STRANGERS : receives.arrive(datagram);
  }

  /** Tells it, if it is connected, that a datagram it sent earlier did not arrive. */
  void unreachable(int code) {
    if (!closed && peer.isConnected()) {
      receives.unreachable(code);
    }
  }

  /** Breaks it: everything fails with this code from now on. */
  void fail(int code) {
    failure = code;
    receives.failStarted();
    sends.failStarted();
  }

  boolean hasFailed() {
    return failure != NO_FAILURE;
  }

  int failure() {
    return failure;
  }

  void close() {
    closed = true;
    receives.buffer().clear();
    queue.onClosed(this);
    wire.onClosed(this);
    if (!cancellationsHeld) {
      cancelAll();
    }
  }

  private void cancelAll() {
    receives.cancelAll();
    sends.cancelAll();
  }

  void holdCancellations() {
    cancellationsHeld = true;
  }

  void releaseCancellations() {
    cancellationsHeld = false;
    if (closed && !isGone()) {
      cancelAll();
    }
  }

  void release() {
    released = true;
    free();
    queue.onReleased(this);
  }

  void abandon() {
    abandoned = true;
    free();
    queue.onAbandoned(this);
  }

  private void free() {
    receives.lane().free();
    sends.lane().free();
  }

  int outstanding() {
    return receives.lane().outstanding() + sends.lane().outstanding();
  }

  boolean isClosed() {
    return closed;
  }

  boolean isReleased() {
    return released;
  }

  boolean isAbandoned() {
    return abandoned;
  }

  boolean isGone() {
    return released || abandoned;
  }

  // ---- completions

  void add(boolean receive, int slot, CompletionStatus status, int length, int code) {
    queue.add(this, receive, slot, status, length, code);
  }

  void addUnreachable(int code) {
    queue.addUnreachable(this, code);
  }

  void onDequeued(boolean receive, int slot) {
    (receive ? receives.lane() : sends.lane()).giveBack(slot);
  }

  // ---- rules

  void violated(String subject, String rule) {
    sanitizer.violated(this + subject, rule);
  }

  void requireCommitted(String call) {
    if (!closed && (receives.lane().hasPosted() || sends.lane().hasPosted())) {
      violated(" " + call, "reached with posts that were not committed");
    }
  }

  /** Fails unless the kernel has started a post and not completed it: it is the test's to do so. */
  void requireStarted(Lane lane, int slot) {
    if (closed && !lane.isStarted(slot) && !lane.isPosted(slot)) {
      throw new IllegalStateException(
          this + " is closed, and its kernel does not have slot " + slot);
    }
    if (!closed && !lane.isStarted(slot)) {
      lane.refuse(slot);
    }
  }

  // ---- texts

  /** What is posted and waits, for whoever wants to know why nothing goes on. */
  List<String> waits() {
    List<String> all = new ArrayList<>();
    String name = "udp " + SocketAddressFormat.text(localAddress);
    if (peer.isConnected()) {
      name += " to " + SocketAddressFormat.text(peer.now());
    }
    int receiving = receives.lane().pendingCount();
    if (receiving == 1) {
      all.add(name + " waits for a datagram: next(), or receive() with a demand of 1");
    } else if (receiving > 1) {
      all.add(name + " waits for datagrams: receive(), " + receiving + " posted");
    }
    if (sends.lane().pendingCount() > 0) {
      all.add(name + " waits for " + sends.lane().pendingCount() + " sends that are held");
    }
    return all;
  }

  /** Who has which slot, and what the test holds: lines for people. */
  List<String> table() {
    List<String> lines = new ArrayList<>(List.of(receives.lane().table(), sends.lane().table()));
    ReceiveBuffer buffer = receives.buffer();
    if (buffer.size() > 0 || buffer.drops() > 0) {
      lines.add("receive buffer: " + buffer.size() + " waiting, " + buffer.drops() + " dropped");
    }
    if (sends.isHeld()) {
      lines.add("sends are held: releaseSends() lets them go");
    }
    lines.addAll(endHolds());
    return lines;
  }

  /** What the test holds and has not released, and keeps a close from ending. */
  List<String> endHolds() {
    List<String> lines = new ArrayList<>(0);
    if (cancellationsHeld) {
      lines.add("what a close cancels is held: releaseCancellations() lets it go");
    }
    if (queue.kernel.completionsHeld()) {
      lines.add("completions are held: SimulatedKernel.releaseCompletions() lets them go");
    }
    return lines;
  }

  /** By hand only: on a network there are too many. */
  void logPosts() {
    if (wire.checksThoroughly() && (receives.lane().hasPosted() || sends.lane().hasPosted())) {
      String what =
          "%s: receives %s, sends %s"
              .formatted(this, receives.lane().postedText(), sends.lane().postedText());
      wire.log().add(0, EventLog.Kind.POST, what);
    }
  }

  void byHand(String what) {
    wire.log().byHand(this + ": " + what);
  }

  @Override
  public String toString() {
    return "socket " + index;
  }
}
