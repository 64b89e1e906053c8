package io.rioreactive.test;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/**
 * Sends without a break to a name that has two addresses, one after the other, then none and then
 * the first again, and prints what came of it. The names are those of a hosts file, which it
 * writes.
 */
final class MovingNameProgram {

  private static final String NAME = "moving.test";
  private static final Duration PERIOD = Duration.ofMillis(20);
  private static final int MOST_MILLIS = 30_000;

  private final Path hosts;
  private final RioConnection first;
  private final RioConnection second;
  private final RioConnection client;

  private MovingNameProgram(String provider, Path hosts) throws IOException {
    this.hosts = hosts;
    first = bind("127.0.0.1", 0);
    second = bind("127.0.0.2", first.localAddress().getPort());
    name("127.0.0.1");
    client =
        RioUdpClient.create()
            .provider(provider)
            .host(NAME)
            .port(first.localAddress().getPort())
            .resolveEvery(PERIOD)
            .connectNow();
  }

  /** Provider, hosts file. */
  public static void main(String[] args) throws IOException, InterruptedException {
    MovingNameProgram program = new MovingNameProgram(args[0], Path.of(args[1]));
    Disposable load = program.send();
    try {
      program.moveAndVanish();
    } finally {
      load.dispose();
    }
    program.report();
  }

  private static RioConnection bind(String host, int port) {
    RioConnection server = RioUdpServer.create().host(host).port(port).bindNow();
    server.receive().subscribe();
    return server;
  }

  private void name(String address) throws IOException {
    Path next = Files.writeString(hosts.resolveSibling("next"), address + " " + NAME + "\n");
    Files.move(next, hosts, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  private Disposable send() {
    Flux<Datagram> beats = Flux.interval(Duration.ofMillis(1)).map(beat -> Datagram.of("beat"));
    return client.send(beats.onBackpressureDrop()).subscribe();
  }

  private void moveAndVanish() throws IOException, InterruptedException {
    awaitMoreAt(first);
    name("127.0.0.2");
    await("the second server", () -> second.stats().received() > 0);
    Files.writeString(hosts, "127.0.0.9 another.test\n"); // it stops resolving
    Thread.sleep(10 * PERIOD.toMillis()); // look-ups in vain: nothing shall happen
    awaitMoreAt(second);
    name("127.0.0.1"); // and is there again
    awaitMoreAt(first);
  }

  private static void awaitMoreAt(RioConnection server) throws InterruptedException {
    long before = server.stats().received();
    await("more at " + server, () -> server.stats().received() > before + 20);
  }

  private static void await(String what, BooleanSupplier isSo) throws InterruptedException {
    long end = System.nanoTime() + MOST_MILLIS * 1_000_000L;
    while (!isSo.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("waited for " + what + " in vain");
      }
      Thread.sleep(1);
    }
  }

  private void report() throws InterruptedException {
    client.shutdown(Duration.ofSeconds(10)).block();
    long sent = client.stats().sent();
    await("all of " + sent, () -> first.stats().received() + second.stats().received() == sent);
    System.out.println("at " + client.remoteAddress().getAddress().getHostAddress());
    System.out.println("reconnects " + client.stats().reconnects());
    System.out.println("failed " + client.stats().failedTotal());
    first.disposeNow();
    second.disposeNow();
  }
}
