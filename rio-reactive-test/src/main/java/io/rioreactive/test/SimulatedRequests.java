package io.rioreactive.test;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.GroupMembership;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.MembershipChange;
import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import io.rioreactive.kernel.SocketConfig;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The pump's side of a simulated socket, and its state.
 *
 * <p>Owns both lanes, the socket's receive buffer and what was sent. The {@link RequestQueue}
 * methods are for the pump, one thread at a time; the rest is called by {@link SimulatedSocket} for
 * the test. All is guarded by the kernel's lock. It never completes anything by itself but sends
 * that nobody holds and datagrams that waited for a post.
 */
final class SimulatedRequests implements RequestQueue {

  private static final int AF_INET6_LINUX = 10;
  private static final int AF_INET6_WINDOWS = 23;
  private static final int DEFAULT_RECEIVE_BUFFER = 256;

  private record Waiting(MemorySegment bytes, InetSocketAddress from, @Nullable Arrival arrival) {}

  private record Refusal(KernelException.Kind kind, int code) {}

  private final SimulatedQueue queue;
  private final Sanitizer sanitizer;
  private final int index;
  private final SocketConfig config;
  private InetSocketAddress localAddress;
  private final SocketAddressFormat format;
  private final SimulatedMemberships memberships = new SimulatedMemberships();
  private final Lane receives;
  private final Lane sends;
  private final Map<Integer, Integer> sendLengths = new HashMap<>();
  private final Map<Integer, KernelException.Kind> kinds = new HashMap<>();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final Deque<Refusal> receiveRefusals = new ArrayDeque<>();
  private final Deque<Refusal> sendRefusals = new ArrayDeque<>();
  private final Deque<Refusal> connectRefusals = new ArrayDeque<>();

  /** News of earlier datagrams that wait for a receive to fail. */
  private final Deque<Refusal> news = new ArrayDeque<>();

  private final List<SentDatagram> sent = new ArrayList<>();

  /** All peers it was connected to; it has the last. */
  private final List<InetSocketAddress> connects = new ArrayList<>();

  private int receiveBuffer = DEFAULT_RECEIVE_BUFFER;
  private long drops;
  private boolean sendsHeld;
  private boolean cancellationsHeld;
  private @Nullable Refusal socketFailure;
  private boolean closed;
  private boolean released;
  private boolean abandoned;

  SimulatedRequests(
      SimulatedQueue queue, int index, SocketConfig config, InetSocketAddress localAddress) {
    this.queue = queue;
    this.sanitizer = queue.kernel.sanitizer;
    this.index = index;
    this.config = config;
    this.localAddress = localAddress;
    this.format =
        new SocketAddressFormat(
            queue.kernel.withdraws ? AF_INET6_LINUX : AF_INET6_WINDOWS,
            localAddress.getAddress() instanceof Inet6Address);
    this.receives =
        new Lane(
            this + " receive",
            config.receiveSlots(),
            config.datagramSize(),
            config.packetInfo(),
            sanitizer);
    this.sends =
        new Lane(
            this + " send",
            config.sendSlots(),
            config.datagramSize(),
            config.packetInfo(),
            sanitizer);
  }

  // ---- the pump's side

  @Override
  public int index() {
    return index;
  }

  @Override
  public InetSocketAddress localAddress() {
    synchronized (queue.kernel.lock) {
      return localAddress;
    }
  }

  @Override
  public void connect(InetSocketAddress peer) throws KernelException {
    try (var _ = enter("connect")) {
      synchronized (queue.kernel.lock) {
        requireOpen("connect");
        sanitizer.require(
            !peer.isUnresolved() && peer.getPort() != 0,
            this + " connect",
            "called with an address that cannot be a peer: " + peer);
        Refusal refusal = connectRefusals.poll();
        if (refusal != null) {
          throw error("connect " + SocketAddressFormat.text(peer), refusal.code());
        }
        connects.add(peer);
        waiting.removeIf(datagram -> !isFromPeer(datagram.from()));
        localAddress = pickLocalAddress(peer.getAddress());
      }
    }
  }

  /** Of a wildcard bind the only interface there is. */
  private InetSocketAddress pickLocalAddress(InetAddress peer) {
    if (!localAddress.getAddress().isAnyLocalAddress()) {
      return localAddress;
    }
    InetAddress picked = InetAddress.ofLiteral(peer instanceof Inet6Address ? "::1" : "127.0.0.1");
    return new InetSocketAddress(picked, localAddress.getPort());
  }

  /** Whether it can have come: from the peer or one it had before; without any, from anybody. */
  private boolean isFromPeer(InetSocketAddress sender) {
    return connects.isEmpty() || connects.contains(sender);
  }

  @Override
  public void changeMembership(MembershipChange change, GroupMembership membership) {
    try (var _ = enter("changeMembership")) {
      synchronized (queue.kernel.lock) {
        requireOpen("changeMembership");
        sanitizer.require(
            memberships.change(change, membership),
            this + " changeMembership",
            change.of(membership) + " changes nothing");
      }
    }
  }

  @Override
  public SlotRegion receiveSlots() {
    return regionOf(receives, "receiveSlots");
  }

  @Override
  public SlotRegion sendSlots() {
    return regionOf(sends, "sendSlots");
  }

  private SlotRegion regionOf(Lane lane, String call) {
    synchronized (queue.kernel.lock) {
      requireNotGone(call);
      return lane.region();
    }
  }

  @Override
  public SocketAddressFormat addressFormat() {
    return format;
  }

  @Override
  public int postReceive(int slot) {
    try (var _ = enter("postReceive")) {
      synchronized (queue.kernel.lock) {
        requireOpen("postReceive");
        Refusal refusal = receiveRefusals.poll();
        if (refusal != null) {
          return refusal.code();
        }
        receives.postEmpty(slot);
        return ACCEPTED;
      }
    }
  }

  @Override
  public int postSend(int slot, int length) {
    try (var _ = enter("postSend")) {
      synchronized (queue.kernel.lock) {
        requireOpen("postSend");
        Refusal refusal = sendRefusals.poll();
        if (refusal != null) {
          return refusal.code();
        }
        sanitizer.require(
            length >= 0 && length <= config.datagramSize(),
            this + " send slot " + slot,
            "%d bytes posted, and a slot has %d".formatted(length, config.datagramSize()));
        sends.postFilled(slot);
        if (connects.isEmpty()) {
          requireTarget(slot);
        }
        requireOrigin(slot);
        sendLengths.put(slot, length);
        return ACCEPTED;
      }
    }
  }

  private void requireTarget(int slot) {
    SlotRegion region = sends.region();
    MemorySegment address =
        region.memory().asSlice(region.addressAt(slot), SocketAddressFormat.SIZE);
    int family = address.get(ValueLayout.JAVA_SHORT_UNALIGNED, 0) & 0xFFFF;
    int wanted = format.isIpv6Socket() ? format.afInet6() : SocketAddressFormat.AF_INET;
    sanitizer.require(
        family == wanted,
        this + " send slot " + slot,
        "posted with a target of family " + family + " on a socket of family " + wanted);
  }

  private void requireOrigin(int slot) {
    SlotRegion region = sends.region();
    if (region.hasInfo()) {
      int origin = PacketInfo.origin(region.memory(), region.infoAt(slot));
      sanitizer.require(
          origin >= PacketInfo.UNKNOWN && origin <= PacketInfo.INTERFACE,
          this + " send slot " + slot,
          "posted with packet info of origin " + origin);
    }
  }

  @Override
  public void commit() {
    try (var _ = enter("commit")) {
      synchronized (queue.kernel.lock) {
        requireNotGone("commit");
        if (closed) {
          return;
        }
        List<Integer> startedReceives = receives.start();
        List<Integer> startedSends = sends.start();
        Refusal failure = socketFailure;
        if (failure != null) {
          startedReceives.forEach(
              slot -> finish(true, slot, CompletionStatus.SOCKET_FAILED, 0, failure.code()));
          startedSends.forEach(
              slot -> finish(false, slot, CompletionStatus.SOCKET_FAILED, 0, failure.code()));
          return;
        }
        tellNews();
        receiveWaiting();
        if (!sendsHeld) {
          startedSends.forEach(this::completeSend);
        }
      }
    }
  }

  private void tellNews() {
    while (!news.isEmpty() && receives.hasStarted()) {
      int code = news.remove().code();
      finish(true, receives.firstStarted(), CompletionStatus.FAILED, 0, code);
    }
  }

  private void receiveWaiting() {
    while (!waiting.isEmpty() && receives.hasStarted()) {
      Waiting datagram = waiting.remove();
      complete(receives.firstStarted(), datagram.bytes(), datagram.from(), datagram.arrival());
    }
  }

  @Override
  public int withdrawReceives(int[] slots, int count) {
    try (var _ = enter("withdrawReceives")) {
      synchronized (queue.kernel.lock) {
        requireOpen("withdrawReceives");
        sanitizer.require(
            count >= 0 && count <= slots.length,
            this + " withdrawReceives",
            "count is " + count + ", and there is room for " + slots.length);
        if (!queue.kernel.withdraws) {
          return 0;
        }
        int taken = Math.min(count, receives.pending().size());
        for (int i = 0; i < taken; i++) {
          slots[i] = receives.withdrawLast();
        }
        return taken;
      }
    }
  }

  @Override
  public KernelException error(String operation, int code) {
    synchronized (queue.kernel.lock) {
      KernelException.Kind kind = kinds.getOrDefault(code, KernelException.Kind.OTHER);
      return new KernelException(
          kind, operation, "SIMULATED_" + kind, code, "the test asked for this failure");
    }
  }

  @Override
  public OptionalLong kernelDrops() {
    synchronized (queue.kernel.lock) {
      return queue.kernel.withdraws ? OptionalLong.of(drops) : OptionalLong.empty();
    }
  }

  @Override
  public String describe() {
    synchronized (queue.kernel.lock) {
      return "a receive buffer of " + receiveBuffer + " datagrams";
    }
  }

  @Override
  public void close() {
    try (var _ = enter("close")) {
      synchronized (queue.kernel.lock) {
        requireOpen("close");
        closed = true;
        waiting.clear();
        queue.onClosed(this);
        queue.kernel.unbind(localAddress);
        if (!cancellationsHeld) {
          cancelAll();
        }
      }
    }
  }

  private void cancelAll() {
    receives.pending().forEach(slot -> finish(true, slot, CompletionStatus.CANCELLED, 0, 0));
    sends.pending().forEach(slot -> finish(false, slot, CompletionStatus.CANCELLED, 0, 0));
  }

  @Override
  public void release() {
    try (var _ = enter("release")) {
      synchronized (queue.kernel.lock) {
        requireClosed("release");
        int outstanding = receives.outstanding() + sends.outstanding();
        sanitizer.require(
            outstanding == 0,
            this + " release",
            "called with " + outstanding + " requests outstanding");
        released = true;
        receives.free();
        sends.free();
        queue.onReleased(this);
      }
    }
  }

  @Override
  public void abandon() {
    try (var _ = enter("abandon")) {
      synchronized (queue.kernel.lock) {
        requireClosed("abandon");
        abandoned = true;
        receives.free();
        sends.free();
        queue.onAbandoned(this);
      }
    }
  }

  private Occupancy enter(String call) {
    return queue.occupancy.enter(this + " " + call);
  }

  private void requireOpen(String call) {
    requireNotGone(call);
    sanitizer.require(!closed, this + " " + call, "called after close");
  }

  private void requireClosed(String call) {
    requireNotGone(call);
    sanitizer.require(closed, this + " " + call, "called before close");
  }

  private void requireNotGone(String call) {
    sanitizer.require(!released, this + " " + call, "called after release");
    sanitizer.require(!abandoned, this + " " + call, "called after abandon");
  }

  void requireCommitted(String call) {
    sanitizer.require(
        closed || (receives.posted().isEmpty() && sends.posted().isEmpty()),
        this + " " + call,
        "reached with posts that were not committed");
  }

  void onDequeued(Completion done) {
    (done.receive() ? receives : sends).giveBack(done.slot());
  }

  // ---- the test's side

  boolean deliver(byte[] bytes, InetSocketAddress from, @Nullable Arrival arrival) {
    requireAsked(arrival);
    if (closed || socketFailure != null) {
      return false;
    }
    if (!connects.isEmpty() && !connects.getLast().equals(from)) {
      return true; // a stranger's, which the system takes from the network and gives to nobody
    }
    if (receives.hasStarted()) {
      complete(receives.firstStarted(), bytes, from, arrival);
      return true;
    }
    if (waiting.size() < receiveBuffer) {
      waiting.add(new Waiting(MemorySegment.ofArray(bytes.clone()), from, arrival));
      return true;
    }
    drops++;
    return false;
  }

  boolean deliverToGroup(InetAddress group, byte[] bytes, InetSocketAddress from) {
    return memberships.hear(group, from.getAddress()) && deliver(bytes, from, null);
  }

  private void requireAsked(@Nullable Arrival arrival) {
    if (arrival != null && !config.packetInfo()) {
      throw new IllegalStateException(this + " was opened without packet info");
    }
  }

  void complete(int slot, byte[] bytes, InetSocketAddress from, @Nullable Arrival arrival) {
    requireAsked(arrival);
    complete(slot, MemorySegment.ofArray(bytes), from, arrival);
  }

  private void complete(
      int slot, MemorySegment bytes, InetSocketAddress from, @Nullable Arrival arrival) {
    requireStarted(receives, slot);
    receives.requireUntouched(slot);
    if (!isFromPeer(from)) {
      throw new IllegalArgumentException(
          "a datagram from " + from + " cannot reach a socket connected to " + connects.getLast());
    }
    SlotRegion region = receives.region();
    if (!format.write(region.memory(), region.addressAt(slot), from)) {
      throw new IllegalArgumentException(
          "a datagram from " + from + " cannot reach a socket bound to " + localAddress);
    }
    if (arrival != null) {
      arrival.writeTo(region, slot, format);
    } else if (region.hasInfo()) {
      PacketInfo.clear(region.memory(), region.infoAt(slot));
    }
    int length = (int) Math.min(bytes.byteSize(), region.payloadSize());
    MemorySegment.copy(bytes, 0, region.memory(), region.payloadAt(slot), length);
    receives.finish(slot);
    if (length == bytes.byteSize()) {
      queue.add(this, true, slot, CompletionStatus.OK, length, 0);
    } else {
      int told = queue.kernel.withdraws ? (int) bytes.byteSize() : length;
      queue.add(this, true, slot, CompletionStatus.TRUNCATED, told, 0);
    }
  }

  void failReceive(int slot, KernelException.Kind kind, int code) {
    requireStarted(receives, slot);
    receives.requireUntouched(slot);
    finish(true, slot, CompletionStatus.FAILED, 0, remember(kind, code).code());
  }

  void completeSend(int slot) {
    requireStarted(sends, slot);
    sends.requireUntouched(slot);
    int length = sendLengths.getOrDefault(slot, 0);
    SlotRegion region = sends.region();
    InetSocketAddress target =
        connects.isEmpty()
            ? format.read(region.memory(), region.addressAt(slot))
            : connects.getLast();
    sent.add(sent(sends.payload(slot, length), target, region, slot));
    finish(false, slot, CompletionStatus.OK, length, 0);
  }

  private SentDatagram sent(byte[] payload, InetSocketAddress target, SlotRegion region, int slot) {
    if (!region.hasInfo()) {
      return new SentDatagram(payload, target, null, 0);
    }
    long info = region.infoAt(slot);
    boolean isAddress = PacketInfo.origin(region.memory(), info) == PacketInfo.ADDRESS;
    return new SentDatagram(
        payload,
        target,
        isAddress ? format.read(region.memory(), info) : null,
        PacketInfo.interfaceIndex(region.memory(), info));
  }

  void failSend(int slot, KernelException.Kind kind, int code) {
    requireStarted(sends, slot);
    finish(false, slot, CompletionStatus.FAILED, 0, remember(kind, code).code());
  }

  void failSocket(KernelException.Kind kind, int code) {
    Refusal failure = remember(kind, code);
    socketFailure = failure;
    waiting.clear();
    receives
        .started()
        .forEach(slot -> finish(true, slot, CompletionStatus.SOCKET_FAILED, 0, failure.code()));
    sends
        .started()
        .forEach(slot -> finish(false, slot, CompletionStatus.SOCKET_FAILED, 0, failure.code()));
  }

  void unreachable(int code) {
    if (connects.isEmpty()) {
      throw new IllegalStateException(this + " is not connected: the kernel tells it nothing");
    }
    Refusal told = remember(KernelException.Kind.UNREACHABLE, code);
    if (closed) {
      return;
    }
    if (queue.kernel.withdraws) {
      queue.addUnreachable(this, code);
    } else {
      news.add(told);
      tellNews();
    }
  }

  List<InetSocketAddress> connects() {
    return List.copyOf(connects);
  }

  void refuseNextConnect(KernelException.Kind kind, int code) {
    connectRefusals.add(remember(kind, code));
  }

  void refuseNextReceive(KernelException.Kind kind, int code) {
    receiveRefusals.add(remember(kind, code));
  }

  void refuseNextSend(KernelException.Kind kind, int code) {
    sendRefusals.add(remember(kind, code));
  }

  void holdSends() {
    sendsHeld = true;
  }

  void releaseSends() {
    sendsHeld = false;
    sends.started().forEach(this::completeSend);
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

  void receiveBuffer(int datagrams) {
    receiveBuffer = datagrams;
  }

  private void finish(boolean receive, int slot, CompletionStatus status, int length, int code) {
    Lane lane = receive ? receives : sends;
    lane.requireUntouched(slot);
    lane.finish(slot);
    queue.add(this, receive, slot, status, length, code);
  }

  private void requireStarted(Lane lane, int slot) {
    if (lane.isPosted(slot) && !closed) {
      throw new IllegalStateException(
          this + " slot " + slot + " is posted and not committed: the kernel has not started it");
    }
    if (!lane.isStarted(slot) && !lane.isPosted(slot)) {
      throw new IllegalStateException(this + " slot " + slot + " is not posted");
    }
  }

  private Refusal remember(KernelException.Kind kind, int code) {
    if (code == ACCEPTED) {
      throw new IllegalArgumentException("code 0 means that nothing failed");
    }
    kinds.put(code, kind);
    return new Refusal(kind, code);
  }

  List<Integer> receivesPending() {
    return receives.pending();
  }

  List<Integer> receivesStarted() {
    return receives.started();
  }

  List<Integer> sendsPosted() {
    return sends.posted();
  }

  List<Integer> sendsStarted() {
    return sends.started();
  }

  List<SentDatagram> sent() {
    return List.copyOf(sent);
  }

  int waiting() {
    return waiting.size();
  }

  long drops() {
    return drops;
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

  @Override
  public String toString() {
    return "socket " + index;
  }
}
