package io.rioreactive.samples;

import io.rioreactive.DatagramView;
import io.rioreactive.DatagramWriter;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.concurrent.Queues;

/**
 * One client of a relay and its socket toward the server. What is slow on the way to the server
 * fills its queue and then loses datagrams; on the way to the client it asks its socket for fewer,
 * and the rest waits in the kernel.
 */
final class RelayClient {

  /** Losses in a socket's receive buffer. */
  static final String KERNEL_DROPS = "receive buffer full";

  /** Datagrams that wait for the server's socket. */
  static final int QUEUE = 64;

  private final InetSocketAddress address;
  private final UdpRelay relay;
  private final SplittableRandom seededToServer;
  private final SplittableRandom seededToClient;
  private final Sinks.Many<Holder> waiting =
      Sinks.many().unicast().onBackpressureBuffer(Queues.<Holder>get(QUEUE).get());
  private final Disposable.Composite life = Disposables.composite();
  private final AtomicLong lastSeen = new AtomicLong(System.nanoTime());
  private volatile @Nullable RioConnection connection;

  RelayClient(InetSocketAddress address, UdpRelay relay, SplittableRandom seeded) {
    this.address = address;
    this.relay = relay;
    this.seededToServer = seeded;
    this.seededToClient = seeded.split();
  }

  /** What it sends meanwhile waits in its queue. */
  void connect(RioUdpClient upstream) {
    life.add(upstream.connect().subscribe(this::onConnected, this::onFailed));
  }

  private void onConnected(RioConnection upstream) {
    connection = upstream;
    life.add(upstream); // which closes it if the client has expired
    upstream.onDispose().subscribe(closed -> {}, this::onFailed);
    upstream
        .send(waiting.asFlux(), this::encodeToServer)
        .doOnDiscard(Holder.class, holder -> giveBack(holder, relay.toServer(), "closed"))
        .subscribe(sent -> {}, closed -> {});
    relay
        .listener()
        .send(upstream.receive(this::onReply), this::encodeToClient)
        .doOnDiscard(Holder.class, holder -> giveBack(holder, relay.toClients(), "closed"))
        .subscribe(sent -> {}, closed -> {});
  }

  private void onFailed(Throwable failure) {
    relay.onNoSocket(this, failure);
  }

  // On the pump, for each datagram

  /** From the client; answers false if it goes nowhere. */
  boolean onDatagram(DatagramView datagram) {
    Holder holder = take(datagram, seededToServer, relay.toServer());
    if (holder == null) {
      return false;
    }
    Sinks.EmitResult result = waiting.tryEmitNext(holder);
    switch (result) {
      case OK -> {}
      case FAIL_OVERFLOW, FAIL_ZERO_SUBSCRIBER -> // the latter while it has no socket
          giveBack(holder, relay.toServer(), "queue full");
      default -> giveBack(holder, relay.toServer(), "closed");
    }
    return result.isSuccess();
  }

  private @Nullable Holder onReply(DatagramView datagram) {
    return take(datagram, seededToClient, relay.toClients());
  }

  private @Nullable Holder take(DatagramView datagram, SplittableRandom seeded, RelayCounts way) {
    lastSeen.lazySet(System.nanoTime());
    if (seeded.nextDouble() < relay.settings().loss()) {
      way.lost("seeded");
      return null;
    }
    Holder holder = relay.holders().take();
    if (holder == null) {
      way.lost("holders in use");
      return null;
    }
    return holder.fill(datagram);
  }

  private void encodeToServer(Holder holder, DatagramWriter out) {
    holder.writeTo(out);
    relay.toServer().relayed();
  }

  private void encodeToClient(Holder holder, DatagramWriter out) {
    out.remoteAddress(address);
    holder.writeTo(out);
    relay.toClients().relayed();
  }

  private static void giveBack(Holder holder, RelayCounts way, String reason) {
    holder.release();
    way.lost(reason);
  }

  // Any thread

  InetSocketAddress address() {
    return address;
  }

  /** When a datagram went either way, by {@link System#nanoTime}. */
  long lastSeen() {
    return lastSeen.get();
  }

  /** What the kernel dropped of the replies, as far as it tells. */
  long kernelDrops() {
    RioConnection upstream = connection;
    return upstream == null ? 0 : upstream.stats().kernelDrops().orElse(0);
  }

  /** At once; what waits is lost. */
  void close() {
    life.dispose();
    waiting // if it never was connected: nobody else takes them
        .asFlux()
        .subscribe(holder -> giveBack(holder, relay.toServer(), "closed"), isTaken -> {});
  }

  /** After what waits has been sent. */
  Mono<Void> shutdown() {
    RioConnection upstream = connection;
    if (upstream == null) {
      return Mono.fromRunnable(this::close);
    }
    waiting.emitComplete(Sinks.EmitFailureHandler.busyLooping(Duration.ofSeconds(1)));
    return upstream.shutdown(Console.DRAIN);
  }
}
