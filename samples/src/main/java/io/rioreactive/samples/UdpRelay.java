package io.rioreactive.samples;

import io.rioreactive.DatagramView;
import io.rioreactive.Drop;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A socket for the clients, and for each of them one that is connected to the server: all on one
 * pump, so a datagram goes from the one to the other without a change of threads.
 *
 * <p>Nothing here grows without bound: neither the clients, nor the datagrams on their way, each in
 * a {@link Holder}. What finds no place is dropped and counted.
 */
final class UdpRelay {

  /** 64 MiB when each has held the longest datagram. */
  private static final int HOLDERS = 1_024;

  /** Of the socket for the clients. */
  private static final int SLOTS = 256;

  private final RelaySettings settings;
  private final PumpGroup pumps;
  private final RioUdpClient upstream;
  private final RioConnection listener;
  private final Disposable arrivals;
  private final Disposable expiry;
  private final Map<InetSocketAddress, RelayClient> clients = new ConcurrentHashMap<>();
  private final Holder.Pool holders = new Holder.Pool(HOLDERS);
  private final RelayCounts toServer = new RelayCounts();
  private final RelayCounts toClients = new RelayCounts();

  /** Each client takes its own luck from it. Used by the pump. */
  private final SplittableRandom seeded;

  /**
   * Relays from now on.
   *
   * @throws UncheckedIOException if the server's name or the port cannot be had
   */
  UdpRelay(RelaySettings settings) {
    InetSocketAddress server = resolve(settings.to());
    this(settings, () -> server);
  }

  /**
   * With a server whose address is asked for when a client's socket is connected.
   *
   * @param server may block; what a client sends meanwhile waits in its queue
   */
  UdpRelay(RelaySettings settings, Supplier<InetSocketAddress> server) {
    this.settings = settings;
    seeded = new SplittableRandom(settings.seed());
    pumps = PumpGroup.create().name("relay").provider(settings.provider());
    upstream =
        RioUdpClient.create()
            .runOn(pumps)
            .remoteAddress(server)
            .datagramSize(settings.size())
            .doOnDrop(drop -> count(drop, toClients, toServer))
            .doOnUnreachable(news -> toServer.lost("unreachable"));
    listener = bind();
    arrivals = listener.receive(this::onDatagram).subscribe(client -> {}, failure -> {});
    Duration period = settings.idle().dividedBy(4).plusMillis(1);
    expiry = Flux.interval(period).onBackpressureDrop().subscribe(tick -> expire());
  }

  private RioConnection bind() {
    try {
      return RioUdpServer.create()
          .runOn(pumps)
          .host(settings.host())
          .port(settings.port())
          .receiveSlots(SLOTS)
          .sendSlots(SLOTS)
          .datagramSize(settings.size())
          .doOnDrop(drop -> count(drop, toServer, toClients))
          .bindNow();
    } catch (RuntimeException e) {
      pumps.dispose();
      throw e;
    }
  }

  private static InetSocketAddress resolve(InetSocketAddress named) {
    try {
      return PeerAddress.resolve(named);
    } catch (UnknownHostException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private static void count(Drop drop, RelayCounts received, RelayCounts sent) {
    (drop.direction() == Drop.Direction.INBOUND ? received : sent).lost(drop.reason().toString());
  }

  /** On the pump, in the slot: hands a client's datagram on; null if it goes nowhere. */
  private @Nullable RelayClient onDatagram(DatagramView datagram) {
    InetSocketAddress address = datagram.remoteAddress();
    RelayClient client = clients.get(address);
    if (client == null) {
      if (clients.size() >= settings.clients()) {
        toServer.lost("too many clients");
        return null;
      }
      client = new RelayClient(address, this, seeded.split());
      clients.put(address, client);
      client.connect(upstream);
    }
    return client.onDatagram(datagram) ? client : null;
  }

  private void expire() {
    long now = System.nanoTime();
    for (RelayClient client : clients.values()) {
      if (now - client.lastSeen() > settings.idle().toNanos()) {
        remove(client);
      }
    }
  }

  /** Closes its socket; its next datagram, if it sends one, makes another. Any thread. */
  void remove(RelayClient client) {
    if (clients.remove(client.address(), client)) {
      toClients.lost(RelayClient.KERNEL_DROPS, client.kernelDrops());
      client.close();
    }
  }

  /** A client's socket could not be had, or broke: counted, and the first one told. Any thread. */
  void onNoSocket(RelayClient client, Throwable failure) {
    toServer.lost("no socket");
    if (toServer.lostCount("no socket") == 1) {
      System.err.println(
          "relay: no socket for "
              + PeerAddress.text(client.address())
              + ", others are counted only: "
              + failure.getMessage());
    }
    remove(client);
  }

  /** Takes nothing more from clients, sends what is under way both ways, closes all sockets. */
  Mono<Void> shutdown() {
    return Mono.defer(
        () -> {
          arrivals.dispose();
          expiry.dispose();
          return Flux.fromIterable(clients.values())
              .flatMap(RelayClient::shutdown, settings.clients())
              .then(listener.shutdown(Console.DRAIN))
              .doFinally(end -> pumps.dispose());
        });
  }

  RelaySettings settings() {
    return settings;
  }

  RioConnection listener() {
    return listener;
  }

  Holder.Pool holders() {
    return holders;
  }

  /** From clients to the server. */
  RelayCounts toServer() {
    return toServer;
  }

  /** From the server to clients. */
  RelayCounts toClients() {
    return toClients;
  }

  int clientCount() {
    return clients.size();
  }

  /** Datagrams each way and losses by reason, those in the receive buffers of now included. */
  String totals() {
    long waiting = clients.values().stream().mapToLong(RelayClient::kernelDrops).sum();
    return "to server %s; to clients %s"
        .formatted(
            toServer.text(listener.stats().kernelDrops().orElse(0)), toClients.text(waiting));
  }
}
