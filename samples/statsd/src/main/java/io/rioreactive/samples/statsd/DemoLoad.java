package io.rioreactive.samples.statsd;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;

/** Made-up metrics, so that the page has something to show: 25 lines a datagram, by the clock. */
final class DemoLoad {

  static final int LINES = 25;

  private static final Duration TICK = Duration.ofMillis(10);
  private static final int TICKS = 100; // in a second

  private final Random random = new Random(1);
  private final int perSecond;

  private DemoLoad(int perSecond) {
    this.perSecond = perSecond;
  }

  /** Sends so many datagrams a second, until the connection is disposed of. */
  static RioConnection start(InetSocketAddress server, int perSecond) {
    InetAddress host =
        server.getAddress().isAnyLocalAddress()
            ? InetAddress.getLoopbackAddress()
            : server.getAddress();
    DemoLoad load = new DemoLoad(perSecond);
    return RioUdpClient.create()
        .host(host.getHostAddress())
        .port(server.getPort())
        .sendSlots(256)
        .handle((in, out) -> out.send(load.datagrams()))
        .connectNow();
  }

  private Flux<Datagram> datagrams() {
    return Flux.interval(TICK).onBackpressureDrop().concatMapIterable(this::due, 1);
  }

  /** Those of one tick; over a second they are as many as they shall be. */
  private Iterable<Datagram> due(long tick) {
    long before = tick * perSecond / TICKS;
    long after = (tick + 1) * perSecond / TICKS;
    return Stream.generate(this::datagram).limit(after - before).toList();
  }

  private Datagram datagram() {
    StringBuilder lines = new StringBuilder();
    IntStream.range(0, LINES).forEach(i -> lines.append(line()).append('\n'));
    return Datagram.of(lines.toString());
  }

  private String line() {
    int one = random.nextInt(100);
    if (one < 50) {
      return "shop.requests:1|c|#route:" + route();
    }
    if (one < 60) {
      return "shop.sampled:1|c|@0.1";
    }
    if (one < 80) {
      return "shop.latency:" + (5 + random.nextInt(200)) + "|ms|#route:" + route();
    }
    if (one < 90) {
      return "shop.basket:" + (random.nextBoolean() ? "+" : "-") + random.nextInt(10) + "|g";
    }
    return "shop.visitors:visitor-" + random.nextInt(5_000) + "|s";
  }

  private String route() {
    return switch (random.nextInt(10)) {
      case 0 -> "checkout";
      case 1, 2 -> "search";
      default -> "catalogue";
    };
  }
}
