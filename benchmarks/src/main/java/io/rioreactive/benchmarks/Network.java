package io.rioreactive.benchmarks;

import com.sun.management.ThreadMXBean;
import io.rioreactive.Datagram;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Link;
import io.rioreactive.test.NetworkStats;
import io.rioreactive.test.SimulatedNetwork;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import reactor.core.publisher.Flux;

/**
 * What a datagram costs on a simulated network, end to end and in virtual time: encoded by the
 * handler of a client, carried by a link, decoded by a server. A million of them a round.
 *
 * <pre>
 * benchmarks/run network [SIZE [ROUNDS]]
 * </pre>
 *
 * <p>Each number is that of the best round, since the others add only what else the machine did.
 * Allocated is everything, the values of the application included.
 */
public final class Network {

  private static final int DATAGRAMS = 1_000_000;
  private static final Duration LATENCY = Duration.ofMillis(20);

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final int size;
  private final int rounds;

  private Network(int size, int rounds) {
    this.size = size;
    this.rounds = rounds;
  }

  /** Prints the table. */
  public static void main(String[] args) {
    Network network = new Network(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
    Link perfect = Link.create();
    Link lossy =
        perfect.latency(LATENCY).jitter(LATENCY).loss(0.1).duplicate(0.01).reorder(0.01, LATENCY);
    for (boolean inPlace : List.of(true, false)) {
      network.measure(1, "perfect", perfect, inPlace);
      network.measure(1, "latency", perfect.latency(LATENCY), inPlace);
      network.measure(100, "loss", perfect.loss(0.1), inPlace);
      network.measure(100, "everything", lossy, inPlace);
    }
  }

  private void measure(int clients, String name, Link link, boolean inPlace) {
    long leastNanos = Long.MAX_VALUE;
    long leastBytes = Long.MAX_VALUE;
    double leastSeconds = Double.MAX_VALUE;
    NetworkStats stats = null;
    for (int round = 0; round < rounds; round++) {
      try (SimulatedNetwork network =
          SimulatedNetwork.create(round).virtualTime().link(link).receiveBuffer(DATAGRAMS)) {
        serve(network, inPlace);
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long cpu = THREADS.getCurrentThreadCpuTime();
        long started = System.nanoTime();
        for (int i = 0; i < clients; i++) {
          send(network, DATAGRAMS / clients, inPlace);
        }
        network.advance(Duration.ofHours(1));
        leastNanos = Math.min(leastNanos, THREADS.getCurrentThreadCpuTime() - cpu);
        leastBytes = Math.min(leastBytes, THREADS.getCurrentThreadAllocatedBytes() - bytes);
        leastSeconds = Math.min(leastSeconds, (System.nanoTime() - started) / 1e9);
        stats = network.stats();
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%-8s %3d clients, %-10s %6.2f s %6d ns CPU %4d bytes allocated a datagram; %s%n",
        inPlace ? "in place" : "values",
        clients,
        name,
        leastSeconds,
        leastNanos / DATAGRAMS,
        leastBytes / DATAGRAMS,
        stats);
  }

  private static void serve(SimulatedNetwork network, boolean inPlace) {
    long[] received = new long[1];
    RioUdpServer.create()
        .host("10.0.0.1")
        .port(53)
        .runOn(network.pumps())
        .handle(
            (in, out) ->
                inPlace
                    ? in.receive(view -> received).doOnNext(counter -> counter[0]++).then()
                    : in.receive().doOnNext(datagram -> received[0] += datagram.length()).then())
        .bindNow();
  }

  private void send(SimulatedNetwork network, int count, boolean inPlace) {
    byte[] payload = new byte[size];
    RioUdpClient.create()
        .host("10.0.0.1")
        .port(53)
        .sendSlots(256)
        .runOn(network.pumps())
        .handle(
            (in, out) ->
                inPlace
                    ? out.send(
                        Flux.just(payload).repeat(count - 1), (bytes, writer) -> writer.put(bytes))
                    : out.send(Flux.range(0, count).map(i -> Datagram.of(payload))))
        .connect()
        .subscribe();
  }
}
