package io.rioreactive.test;

import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.kernel.KernelException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The far side of a socket on a {@link SimulatedKernel}: here the test completes receives and
 * sends, and lets them fail.
 *
 * <p>Slots are numbered from 0 in each direction. Any thread. What the test does is seen in the
 * pump's next turn: nothing here runs a {@link ManualPump}, but a {@link SimulatedNetwork} is
 * woken.
 */
@SuppressWarnings("exports") // the kernel's types are open to this module only
public final class SimulatedSocket {

  /** An error code that no system has. */
  private static final int MADE_UP = 9_999;

  private final Object lock;
  private final SocketState socket;

  SimulatedSocket(Object lock, SocketState socket) {
    this.lock = lock;
    this.socket = socket;
  }

  /**
   * The far side of a connection that was bound on a {@link ManualPump} over a {@link
   * SimulatedKernel}, or on a {@link SimulatedNetwork}; also when it is closed.
   *
   * @throws IllegalArgumentException if it was bound elsewhere
   */
  public static SimulatedSocket of(RioConnection connection) {
    SocketState socket = BoundSockets.find(connection);
    if (socket == null) {
      throw new IllegalArgumentException(
          connection
              + " has no simulated socket, it runs on "
              + connection.provider()
              + ": bind it with runOn(ManualPump.group()) or runOn(SimulatedNetwork.pumps())");
    }
    return new SimulatedSocket(socket.kernel().lock, socket);
  }

  /** The socket's index: the lowest that was free when it was opened. */
  public int index() {
    return socket.index();
  }

  /**
   * The address it is bound to, with the port that was picked; once connected, never a wildcard.
   */
  public InetSocketAddress localAddress() {
    return socket.localAddress();
  }

  // ---- connecting

  /** All peers it was connected to, in that order: it sends to the last, and hears nobody else. */
  public List<InetSocketAddress> connects() {
    synchronized (lock) {
      return socket.peer().all();
    }
  }

  /**
   * Refuses the next connect, which leaves the socket as it is. Several calls refuse several.
   *
   * @param code the system's error code, not 0
   */
  public void refuseNextConnect(KernelException.Kind kind, int code) {
    synchronized (lock) {
      socket.byHand("refuse the next connect with " + kind);
      socket.refusals().connects().add(remember(kind, code));
    }
  }

  /**
   * {@link #refuseNextConnect(KernelException.Kind, int)} with an error that has no meaning of its
   * own.
   *
   * @param code the system's error code, not 0
   */
  public void refuseNextConnect(int code) {
    refuseNextConnect(KernelException.Kind.OTHER, code);
  }

  /**
   * The network tells that a datagram sent earlier did not arrive. A kernel that withdraws posts
   * tells it as such; one that keeps them fails the receive that was posted first with it, or the
   * next.
   *
   * @param code the system's error code, not 0
   * @throws IllegalStateException if the socket is not connected: then nobody tells it
   */
  public void unreachable(int code) {
    act(
        () -> {
          if (!socket.peer().isConnected()) {
            throw new IllegalStateException(
                socket + " is not connected: the kernel tells it nothing");
          }
          socket.byHand("unreachable, code " + code);
          socket.unreachable(remember(KernelException.Kind.UNREACHABLE, code));
        });
  }

  // ---- receiving

  /** The receive slots the kernel has, in the order of the posts, committed or not. */
  public List<Integer> posted() {
    synchronized (lock) {
      return socket.receives().lane().pending();
    }
  }

  /** The receive slots that can be completed: those of {@link #posted} that were committed. */
  public List<Integer> committed() {
    synchronized (lock) {
      return socket.receives().lane().started();
    }
  }

  /**
   * Fills a posted slot with a datagram of the test's choice. With packet info, nothing is told of
   * where it came to.
   *
   * @param bytes the payload; what does not fit the slot is cut off and told so
   * @param from of a connected socket its peer, or one that it had before
   * @throws IllegalStateException if the slot is not posted, or was not committed: the kernel has
   *     not started it
   */
  public void complete(int slot, byte[] bytes, InetSocketAddress from) {
    act(() -> complete(slot, Parcel.of(bytes, from, null)));
  }

  /**
   * A datagram arrives: it fills the slot that was posted first. If nothing is committed it waits
   * in the socket's receive buffer, and if that is full it is dropped and counted.
   *
   * <p>A connected socket does not hear others than its peer: what they send is gone, uncounted.
   *
   * @return false if it was dropped, or if the socket is closed or has failed
   */
  public boolean deliver(byte[] bytes, InetSocketAddress from) {
    return arrive(() -> deliver(Parcel.of(bytes, from, null)));
  }

  /**
   * {@link #complete(int, byte[], InetSocketAddress)} of a datagram that tells where it came to.
   *
   * @throws IllegalStateException as there, and if the socket was opened without packet info
   */
  public void complete(int slot, byte[] bytes, InetSocketAddress from, Arrival arrival) {
    act(
        () -> {
          requireAsked();
          complete(slot, Parcel.of(bytes, from, arrival));
        });
  }

  /**
   * {@link #deliver(byte[], InetSocketAddress)} of a datagram that tells where it came to.
   *
   * @throws IllegalStateException if the socket was opened without packet info
   */
  public boolean deliver(byte[] bytes, InetSocketAddress from, Arrival arrival) {
    return arrive(
        () -> {
          requireAsked();
          return deliver(Parcel.of(bytes, from, arrival));
        });
  }

  /**
   * A datagram to a multicast group arrives: as {@link #deliver}, if the socket has joined the
   * group on any interface and not shut out its sender.
   *
   * @return false also if it does not hear the group or the sender
   */
  public boolean deliverToGroup(InetAddress group, byte[] bytes, InetSocketAddress from) {
    return arrive(
        () ->
            socket.memberships().hear(group, from.getAddress())
                && deliver(Parcel.of(bytes, from, null)));
  }

  /**
   * {@link #complete(int, byte[], InetSocketAddress)} with a text as UTF-8, from the peer; of a
   * socket that is not connected, from {@code 192.0.2.7:4711} or {@code [2001:db8::7]:4711}.
   *
   * @throws IllegalStateException as there
   */
  public void complete(int slot, String text) {
    complete(slot, text.getBytes(StandardCharsets.UTF_8), anyPeer());
  }

  /** {@link #deliver(byte[], InetSocketAddress)} with a text, as {@link #complete(int, String)}. */
  public boolean deliver(String text) {
    return deliver(text.getBytes(StandardCharsets.UTF_8), anyPeer());
  }

  private InetSocketAddress anyPeer() {
    synchronized (lock) {
      return socket.peer().isConnected()
          ? socket.peer().now()
          : new InetSocketAddress(
              InetAddress.ofLiteral(socket.isIpv6() ? "2001:db8::7" : "192.0.2.7"), 4711);
    }
  }

  /** How many datagrams the receive buffer holds at most; 256 unless set. */
  public void receiveBuffer(int datagrams) {
    if (datagrams < 0) {
      throw new IllegalArgumentException("datagrams must not be negative: " + datagrams);
    }
    synchronized (lock) {
      socket.receives().buffer().sizeInDatagrams(datagrams);
    }
  }

  /** How many datagrams wait in the receive buffer. */
  public int waiting() {
    synchronized (lock) {
      return socket.receives().buffer().size();
    }
  }

  /**
   * How many datagrams were dropped because the receive buffer was full. The test knows it in both
   * modes, the library only where posts can be withdrawn.
   */
  public long dropped() {
    synchronized (lock) {
      return socket.receives().buffer().drops();
    }
  }

  /**
   * Lets one posted receive fail; the socket goes on.
   *
   * @param code the system's error code, not 0
   * @throws IllegalStateException if the slot is not posted and committed
   */
  public void fail(int slot, KernelException.Kind kind, int code) {
    act(
        "fail receive " + slot + " with " + kind,
        () -> socket.receives().fail(slot, remember(kind, code)));
  }

  /**
   * {@link #fail(int, KernelException.Kind, int)} with an error that has no meaning of its own: the
   * receive is counted as an error ({@link io.rioreactive.RioStats#receiveErrors}).
   *
   * @param code the system's error code, not 0
   * @throws IllegalStateException if the slot is not posted and committed
   */
  public void fail(int slot, int code) {
    fail(slot, KernelException.Kind.OTHER, code);
  }

  /**
   * {@link #refuseNextReceive(KernelException.Kind, int)} since the system is short of something
   * now: the library tries again later.
   *
   * @param code the system's error code, not 0
   */
  public void refuseNextReceive(int code) {
    refuseNextReceive(KernelException.Kind.TRANSIENT, code);
  }

  /** Refuses the next post of a receive. Several calls refuse several posts. */
  public void refuseNextReceive(KernelException.Kind kind, int code) {
    synchronized (lock) {
      socket.byHand("refuse the next post of a receive with " + kind);
      socket.refusals().receives().add(remember(kind, code));
    }
  }

  // ---- sending

  /** What was sent so far, in the order it left. */
  public List<SentDatagram> sent() {
    synchronized (lock) {
      return socket.sends().sent();
    }
  }

  /** The send slots that were posted and not committed: these have not started. */
  public List<Integer> sendsPosted() {
    synchronized (lock) {
      return socket.sends().lane().posted();
    }
  }

  /** The send slots that are held, in the order of the posts. */
  public List<Integer> sendsHeld() {
    synchronized (lock) {
      return socket.sends().lane().started();
    }
  }

  /** Lets sends wait from now on; else each is sent when it is committed. */
  public void holdSends() {
    synchronized (lock) {
      socket.byHand("hold sends");
      socket.sends().hold();
    }
  }

  /** Sends what is held, in the order of the posts, and holds nothing any more. */
  public void releaseSends() {
    act("release sends", () -> socket.sends().release());
  }

  /**
   * Sends one that is held.
   *
   * @throws IllegalStateException if the slot is not held
   */
  public void completeSend(int slot) {
    act("complete send " + slot, () -> socket.sends().complete(slot));
  }

  /**
   * Lets a send that is held fail; the socket goes on.
   *
   * @param code the system's error code, not 0
   * @throws IllegalStateException if the slot is not held
   */
  public void failSend(int slot, KernelException.Kind kind, int code) {
    act(
        "fail send " + slot + " with " + kind,
        () -> socket.sends().fail(slot, remember(kind, code)));
  }

  /**
   * Lets a send that is held fail so that the library counts it for this reason.
   *
   * @param reason {@code TOO_LARGE}, {@code BAD_ADDRESS}, {@code UNREACHABLE}, {@code
   *     NOT_PERMITTED} or {@code SYSTEM}
   * @throws IllegalArgumentException if it is another one
   * @throws IllegalStateException if the slot is not held
   */
  public void failSend(int slot, DropReason reason) {
    failSend(slot, kindOf(reason), MADE_UP);
  }

  /**
   * Refuses the next post of a send so that the library counts it for this reason. Several calls
   * refuse several posts.
   *
   * @param reason as in {@link #failSend(int, DropReason)}
   * @throws IllegalArgumentException as there
   */
  public void refuseNextSend(DropReason reason) {
    refuseNextSend(kindOf(reason), MADE_UP);
  }

  private static KernelException.Kind kindOf(DropReason reason) {
    return switch (reason) {
      case TOO_LARGE -> KernelException.Kind.TOO_LARGE;
      case BAD_ADDRESS -> KernelException.Kind.BAD_ADDRESS;
      case UNREACHABLE -> KernelException.Kind.UNREACHABLE;
      case NOT_PERMITTED -> KernelException.Kind.NOT_PERMITTED;
      case SYSTEM -> KernelException.Kind.OTHER;
      default ->
          throw new IllegalArgumentException(
              "reason is "
                  + reason
                  + ", which no kernel says of a send: allowed are TOO_LARGE, BAD_ADDRESS,"
                  + " UNREACHABLE, NOT_PERMITTED and SYSTEM");
    };
  }

  /** Refuses the next post of a send. Several calls refuse several posts. */
  public void refuseNextSend(KernelException.Kind kind, int code) {
    synchronized (lock) {
      socket.byHand("refuse the next post of a send with " + kind);
      socket.refusals().sends().add(remember(kind, code));
    }
  }

  // ---- the socket as a whole

  /**
   * Breaks the socket: what is committed in both directions fails with it, and so does what is
   * committed later.
   *
   * @param code the system's error code, not 0
   */
  public void failSocket(KernelException.Kind kind, int code) {
    act("break the socket with " + kind, () -> socket.fail(remember(kind, code)));
  }

  /**
   * {@link #failSocket(KernelException.Kind, int)} since the socket is lost.
   *
   * @param code the system's error code, not 0
   */
  public void failSocket(int code) {
    failSocket(KernelException.Kind.SOCKET_LOST, code);
  }

  /** Leaves what is posted at close without completions, until they are released. */
  public void holdCancellations() {
    synchronized (lock) {
      socket.byHand("hold cancellations");
      socket.holdCancellations();
    }
  }

  /** Completes what a close left posted, and holds nothing any more. */
  public void releaseCancellations() {
    act("release cancellations", () -> socket.releaseCancellations());
  }

  /** Who has which slot, in both directions; the receive buffer; what is held. Lines for people. */
  public List<String> slotTable() {
    synchronized (lock) {
      return socket.table();
    }
  }

  /** Whether the library has closed it. */
  public boolean isClosed() {
    synchronized (lock) {
      return socket.isClosed();
    }
  }

  /** Whether the library has given its slots back. */
  public boolean isReleased() {
    synchronized (lock) {
      return socket.isReleased();
    }
  }

  /** Whether the library has given its slots up, since requests were still outstanding. */
  public boolean isAbandoned() {
    synchronized (lock) {
      return socket.isAbandoned();
    }
  }

  /** Whether it is released or abandoned. */
  boolean isGone() {
    synchronized (lock) {
      return socket.isGone();
    }
  }

  /** Does what the test wants, and tells it to whoever turns the pumps by itself. */
  private void act(Runnable action) {
    synchronized (lock) {
      action.run();
    }
    socket.kernel().byHand();
  }

  private void act(String what, Runnable action) {
    act(
        () -> {
          socket.byHand(what);
          action.run();
        });
  }

  /** The same with an answer: whether a datagram was taken. */
  private boolean arrive(BooleanSupplier action) {
    boolean isTaken;
    synchronized (lock) {
      isTaken = action.getAsBoolean();
    }
    socket.kernel().byHand();
    return isTaken;
  }

  private void complete(int slot, Parcel datagram) {
    socket.requireStarted(socket.receives().lane(), slot);
    if (!socket.peer().canHaveSent(datagram)) {
      throw new IllegalArgumentException(
          "a datagram from "
              + datagram.from()
              + " cannot reach a socket connected to "
              + socket.peer().now());
    }
    requireFits(datagram);
    socket.byHand("complete receive " + slot + " with " + datagram.length() + " bytes");
    socket.receives().complete(slot, datagram);
  }

  private boolean deliver(Parcel datagram) {
    if (!socket.isClosed() && !socket.hasFailed()) {
      requireFits(datagram);
    }
    socket.byHand("deliver " + datagram.length() + " bytes");
    Fate fate = socket.arrive(datagram);
    return fate == Fate.TAKEN || fate == Fate.STRANGERS;
  }

  private void requireFits(Parcel datagram) {
    if (!datagram.fits(socket.format())) {
      throw new IllegalArgumentException(
          "a datagram from "
              + datagram.from()
              + " cannot reach a socket bound to "
              + socket.localAddress());
    }
  }

  private void requireAsked() {
    if (!socket.config().packetInfo()) {
      throw new IllegalStateException(socket + " was opened without packet info");
    }
  }

  private int remember(KernelException.Kind kind, int code) {
    return socket.refusals().remember(kind, code);
  }

  /** Fails if anything was posted and not committed. */
  void requireCommitted(String call) {
    synchronized (lock) {
      socket.requireCommitted(call);
    }
  }

  /** What of it can keep a close from ending: who has to release it, and how. */
  List<String> cancellationsAndCompletionsHeld() {
    synchronized (lock) {
      return socket.endHolds();
    }
  }

  int outstanding() {
    synchronized (lock) {
      return socket.outstanding();
    }
  }

  /** What stands for the socket in its kernel. */
  SocketState state() {
    return socket;
  }

  /** Index and address. */
  @Override
  public String toString() {
    return socket + " bound to " + socket.localAddress();
  }
}
