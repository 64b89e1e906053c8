package io.rioreactive.test;

import io.rioreactive.kernel.IpSocketOptions;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import io.rioreactive.kernel.SocketConfig;
import java.lang.foreign.MemorySegment;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries what one socket of a network sends to the others.
 *
 * <pre>
 * send → fate on the passage from address to address → under way until due → arrive → socket
 *                 └▶ lost                                              └▶ lost, and news to the sender
 * </pre>
 *
 * <p>It has no clock of its own and delivers nothing by itself: whoever turns the network calls
 * {@link #deliverDue}. All is guarded by the kernel's lock.
 */
final class NetworkWire implements Wire {

  private static final int MESSAGE_TOO_LONG = 90; // EMSGSIZE
  private static final int CONNECTION_REFUSED = 111; // ECONNREFUSED
  private static final int HOST_UNREACHABLE = 113; // EHOSTUNREACH
  private static final int HOPS = 64;

  private final long seed;
  private final LongSupplier clock;
  private final AddressBook book = new AddressBook();
  private final PortPicker ports = new PortPicker();
  private final LinkRules rules = new LinkRules();
  private final InFlight inFlight = new InFlight();
  private final ParcelPool parcels = new ParcelPool();
  private final EventLog log = new EventLog();
  private final List<SocketState> sockets = new ArrayList<>();
  private final NetworkAddress loopback4 = book.get(InetAddress.ofLiteral("127.0.0.1"), 0);
  private final NetworkAddress loopback6 = book.get(InetAddress.ofLiteral("::1"), 0);
  private final long[] lost = new long[LossCause.values().length];
  private long sent;
  private long duplicated;
  private long delivered;
  private int datagramsInFlight;
  private int receiveBuffer = 256;

  /** Read once for each datagram that leaves and for all that arrive at once. */
  private long now;

  NetworkWire(long seed, LongSupplier clock) {
    this.seed = seed;
    this.clock = clock;
  }

  LinkRules rules() {
    return rules;
  }

  @Override
  public EventLog log() {
    return log;
  }

  List<SocketState> sockets() {
    return sockets;
  }

  void receiveBuffer(int datagrams) {
    receiveBuffer = datagrams;
  }

  /** A turn of a pump had something to do. */
  void logTurn() {
    log.turn(clock.getAsLong());
  }

  NetworkStats stats() {
    Map<LossCause, Long> losses = new EnumMap<>(LossCause.class);
    for (LossCause cause : LossCause.values()) {
      if (lost[cause.ordinal()] > 0) {
        losses.put(cause, lost[cause.ordinal()]);
      }
    }
    return new NetworkStats(sent, duplicated, delivered, datagramsInFlight, losses);
  }

  // ---- sockets

  @Override
  public boolean checksThoroughly() {
    return false;
  }

  @Override
  public InetSocketAddress bind(SocketConfig config) throws BindException {
    InetSocketAddress wanted = config.bindAddress();
    if (wanted.getPort() == 0) {
      return new InetSocketAddress(wanted.getAddress(), ports.pick(book::isPortTaken));
    }
    List<SocketState> there = book.boundTo(wanted);
    if (!there.isEmpty()
        && !(shares(config) && there.stream().allMatch(it -> shares(it.config())))) {
      throw PortPicker.inUse(wanted);
    }
    return wanted;
  }

  private static boolean shares(SocketConfig config) {
    return config.option(StandardSocketOptions.SO_REUSEADDR, false)
        || config.option(StandardSocketOptions.SO_REUSEPORT, false);
  }

  @Override
  public void onOpened(SocketState socket) {
    SocketConfig config = socket.config();
    ReceiveBuffer buffer = socket.receives().buffer();
    book.put(socket.boundAddress(), socket);
    sockets.add(socket);
    int bytes = config.option(StandardSocketOptions.SO_RCVBUF, 0);
    if (bytes > 0) {
      buffer.sizeInBytes(bytes);
    } else {
      buffer.sizeInDatagrams(receiveBuffer);
    }
    socket.hops = config.option(IpSocketOptions.IP_TTL, HOPS);
    socket.groupHops = config.option(StandardSocketOptions.IP_MULTICAST_TTL, 1);
    socket.trafficClass = config.option(StandardSocketOptions.IP_TOS, 0);
    log.add(clock.getAsLong(), EventLog.Kind.BIND, SocketAddressFormat.text(socket.boundAddress()));
  }

  @Override
  public void onClosed(SocketState socket) {
    book.remove(socket.boundAddress(), socket);
    sockets.remove(socket);
    log.add(
        clock.getAsLong(), EventLog.Kind.CLOSE, SocketAddressFormat.text(socket.localAddress()));
  }

  @Override
  public void onConnected(SocketState socket) {
    InetSocketAddress peer = socket.peer().now();
    socket.target = book.get(peer.getAddress(), peer.getPort());
    socket.source = null; // a wildcard has become an address
  }

  @Override
  public OptionalInt pathMtu(SocketState socket) {
    NetworkAddress target = socket.target;
    if (target == null) {
      return OptionalInt.empty();
    }
    Link link = passage(source(socket, target), target).link();
    return link.hasMtu() ? OptionalInt.of(link.mtu()) : OptionalInt.empty();
  }

  // ---- sending

  @Override
  public int send(SocketState socket, int slot, int length) {
    now = clock.getAsLong();
    SlotRegion region = socket.sends().lane().region();
    NetworkAddress target = socket.target;
    if (target == null) {
      target = read(socket.format(), region.memory(), region.addressAt(slot), 0);
    }
    NetworkAddress source = source(socket, slot, target);
    Parcel parcel = parcels.take();
    parcel.fill(region.memory(), region.payloadAt(slot), length);
    parcel.from(source.high, source.low, source.port);
    parcel.trafficClass = socket.trafficClass;
    if (target.isGroup) {
      parcel.hops = socket.groupHops;
      sendToGroup(socket, parcel, source, target);
      return RequestQueue.ACCEPTED;
    }
    parcel.hops = socket.hops;
    Passage passage = passage(source, target);
    if (passage.isTooLarge(length)
        && socket.config().option(IpSocketOptions.IP_DONTFRAGMENT, false)) {
      parcel.discard();
      return socket
          .refusals()
          .remember(
              KernelException.Kind.TOO_LARGE,
              MESSAGE_TOO_LONG,
              "a packet of %d bytes does not fit the link's MTU of %d: send less at once"
                  .formatted(passage.packetSize(length), passage.link().mtu()));
    }
    send(parcel, passage, false);
    return RequestQueue.ACCEPTED;
  }

  /** One copy for each socket that has joined the group and has the port. */
  private void sendToGroup(
      SocketState sender, Parcel parcel, NetworkAddress source, NetworkAddress group) {
    InetAddress ip = group.address.getAddress();
    boolean hearsItself = sender.config().option(StandardSocketOptions.IP_MULTICAST_LOOP, true);
    boolean isCopy = false;
    for (SocketState member : sockets) {
      if (member.boundAddress().getPort() == group.port
          && member.memberships().hear(ip, source.address.getAddress())
          && (hearsItself || member != sender)) {
        Parcel copy = parcels.take();
        copy.fill(parcel);
        copy.member = member;
        copy.group = ip;
        send(copy, passage(source, source(member, group)), isCopy);
        isCopy = true;
      }
    }
    if (!isCopy) {
      sent++;
      String way = source + " → " + group;
      log.add(now, EventLog.Kind.SEND, way, parcel.length(), null);
      lose(LossCause.NO_SOCKET, way, parcel.length());
    }
    parcel.discard();
  }

  private void send(Parcel parcel, Passage passage, boolean isCopy) {
    LossCause cause = passage.loseNext(parcel); // may throw what a test's condition throws
    if (isCopy) {
      duplicated++;
    } else {
      sent++;
    }
    log.add(now, isCopy ? EventLog.Kind.COPY : EventLog.Kind.SEND, passage, parcel.length(), null);
    if (cause != null) {
      lose(cause, passage, parcel.length());
      parcel.discard();
      return;
    }
    long leaves = passage.enqueue(now, parcel.length());
    if (leaves < 0) {
      lose(LossCause.QUEUE, passage, parcel.length());
      parcel.discard();
      return;
    }
    parcel.passage = passage;
    parcel.due = passage.arrive(leaves);
    parcel.isUnreachable = passage.link().isUnreachable();
    datagramsInFlight++;
    inFlight.add(parcel);
    if (passage.duplicates()) {
      Parcel copy = parcels.take();
      copy.fill(parcel);
      copy.passage = passage;
      copy.member = parcel.member;
      copy.group = parcel.group;
      copy.due = parcel.due;
      copy.isUnreachable = parcel.isUnreachable;
      duplicated++;
      datagramsInFlight++;
      inFlight.add(copy);
      log.add(now, EventLog.Kind.COPY, passage, parcel.length(), null);
    }
  }

  private Passage passage(NetworkAddress source, NetworkAddress target) {
    Passage passage = source.passage(target);
    if (passage == null) {
      passage = new Passage(source, target, seed);
      source.put(passage);
    }
    passage.obey(rules);
    return passage;
  }

  /** Where a datagram leaves from: with packet info the address its slot says. */
  private NetworkAddress source(SocketState socket, int slot, NetworkAddress target) {
    SlotRegion region = socket.sends().lane().region();
    if (region.hasInfo()
        && PacketInfo.origin(region.memory(), region.infoAt(slot)) == PacketInfo.ADDRESS) {
      return read(
          socket.format(), region.memory(), region.infoAt(slot), socket.boundAddress().getPort());
    }
    return source(socket, target);
  }

  /** A socket on a wildcard that is not connected sends from a loopback address. */
  private NetworkAddress source(SocketState socket, NetworkAddress target) {
    NetworkAddress known = socket.source;
    if (known != null && known.isIpv6() == target.isIpv6()) {
      return known;
    }
    InetSocketAddress local = socket.localAddress();
    NetworkAddress source;
    if (!local.getAddress().isAnyLocalAddress()) {
      source = book.get(local.getAddress(), local.getPort());
    } else {
      NetworkAddress loopback = target.isIpv6() ? loopback6 : loopback4;
      source = book.get(loopback.high, loopback.low, local.getPort());
    }
    socket.source = source;
    return source;
  }

  private NetworkAddress read(
      SocketAddressFormat format, MemorySegment memory, long offset, int portInstead) {
    int port =
        portInstead > 0
            ? portInstead
            : SocketAddressFormat.port(format.readPortAndScope(memory, offset));
    return book.get(format.readHigh(memory, offset), format.readLow(memory, offset), port);
  }

  // ---- arriving

  /** When the next one arrives; {@link Long#MAX_VALUE} if none is under way. */
  long nextDue() {
    Parcel next = inFlight.peek();
    return next == null ? Long.MAX_VALUE : next.due;
  }

  /**
   * Delivers what is due, as many as that.
   *
   * @return how many there were
   */
  int deliverDue(int most) {
    now = clock.getAsLong();
    int count = 0;
    for (Parcel next; count < most && (next = inFlight.peek()) != null && next.due <= now; ) {
      arrive(inFlight.poll());
      count++;
    }
    return count;
  }

  private void arrive(Parcel parcel) {
    Passage passage = passageOf(parcel);
    if (parcel.news != 0) {
      tell(parcel, passage);
      return;
    }
    datagramsInFlight--;
    int length = parcel.length();
    if (parcel.isUnreachable) {
      answer(parcel, passage, HOST_UNREACHABLE);
      lose(LossCause.UNREACHABLE, passage, length);
      parcel.discard();
      return;
    }
    SocketState socket = receiver(parcel, passage);
    Fate fate = socket == null ? Fate.REFUSED : arrive(parcel, passage, socket);
    switch (fate) {
      case TAKEN -> {
        delivered++;
        log.add(now, EventLog.Kind.DELIVER, passage, length, null);
      }
      case FULL -> {
        lost[LossCause.RECEIVE_BUFFER.ordinal()]++;
        log.add(now, EventLog.Kind.DROP, passage, length, LossCause.RECEIVE_BUFFER);
      }
      case STRANGERS -> lose(LossCause.NOT_THE_PEER, passage, length);
      case REFUSED -> {
        answer(parcel, passage, CONNECTION_REFUSED);
        lose(LossCause.NO_SOCKET, passage, length);
      }
    }
    if (fate != Fate.TAKEN) {
      parcel.discard();
    }
  }

  private static Passage passageOf(Parcel parcel) {
    Passage passage = parcel.passage;
    if (passage == null) {
      throw new IllegalStateException("a parcel on its way has a passage");
    }
    return passage;
  }

  private @Nullable SocketState receiver(Parcel parcel, Passage passage) {
    InetAddress group = parcel.group;
    if (group == null) {
      return book.at(passage.to);
    }
    SocketState member = parcel.member;
    return member != null && member.memberships().hear(group, passage.from.address.getAddress())
        ? member
        : null;
  }

  private static Fate arrive(Parcel parcel, Passage passage, SocketState socket) {
    if (socket.config().packetInfo()) {
      InetAddress group = parcel.group;
      parcel.arriving(
          group == null
              ? passage.arrival(parcel.hops, parcel.trafficClass)
              : Arrival.atGroup(new InetSocketAddress(group, passage.to.port))
                  .by(1)
                  .with(parcel.hops, parcel.trafficClass));
    }
    return socket.arrive(parcel);
  }

  /** Sends the news back that a datagram did not arrive, if anybody wants to know. */
  private void answer(Parcel parcel, Passage passage, int code) {
    SocketState sender = book.at(passage.from);
    if (parcel.group != null || sender == null || !sender.peer().isConnected()) {
      return;
    }
    Passage back = passage(passage.to, passage.from);
    if (back.isPartitioned()) {
      return;
    }
    Parcel news = parcels.take();
    news.fill(parcel);
    news.passage = passage;
    news.news = code;
    news.due = now + back.link().latencyNanos();
    inFlight.add(news);
  }

  private void tell(Parcel news, Passage passage) {
    SocketState sender = book.at(passage.from);
    if (sender != null && sender.target == passage.to) {
      sender.unreachable(
          sender
              .refusals()
              .remember(
                  KernelException.Kind.UNREACHABLE,
                  news.news,
                  news.news == CONNECTION_REFUSED
                      ? "nobody is bound to " + passage.to + " on the simulated network"
                      : "the link to " + passage.to + " says so: Link.unreachable()"));
      log.add(now, EventLog.Kind.TELL, passage, news.length(), "it was not delivered");
    }
    news.discard();
  }

  private void lose(LossCause cause, Object way, int length) {
    lost[cause.ordinal()]++;
    log.add(now, EventLog.Kind.LOSE, way, length, cause);
  }
}
