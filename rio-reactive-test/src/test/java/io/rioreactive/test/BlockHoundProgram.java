package io.rioreactive.test;

import io.rioreactive.Datagram;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.blockhound.BlockHound;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Has BlockHound watch over servers that bind, work and close, and then over a handler that sleeps;
 * prints what it has reported.
 */
final class BlockHoundProgram {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final int QUESTIONS = 500;

  private final List<String> reports = new CopyOnWriteArrayList<>();
  private final String provider;
  private final Path file;

  private BlockHoundProgram(String provider, Path file) {
    this.provider = provider;
    this.file = file;
  }

  /** Provider, and a file for a wiretap. */
  public static void main(String[] args) {
    BlockHoundProgram program = new BlockHoundProgram(args[0], Path.of(args[1]));
    BlockHound.install(
        builder -> builder.blockingMethodCallback(method -> program.report(method.toString())));
    program.runTraffic();
    program.print("under traffic: " + program.reports.size() + " reports");
    program.reports.forEach(program::print);
    program.reports.clear();
    program.sleepInAHandler();
    program.print(
        "a handler that sleeps: "
            + (program.reports.isEmpty()
                ? "not reported"
                : program.reports.getFirst().lines().findFirst().orElse("")));
    System.exit(0);
  }

  private void print(String line) {
    System.out.println(line);
  }

  /** The method, and where it was called from. */
  private void report(String method) {
    StringBuilder report = new StringBuilder(method);
    for (StackTraceElement element : Thread.currentThread().getStackTrace()) {
      report.append("\n\tat ").append(element);
    }
    reports.add(report.toString());
  }

  private void runTraffic() {
    RioUdpServer plain = RioUdpServer.create().provider(provider).host("127.0.0.1");
    ask( // first, since BlockHound does not see what the JIT has compiled of it
        plain
            .busyPoll(Duration.ofMillis(1))
            .handle((in, out) -> out.send(in.receive().map(it -> it.reply("polled")))));
    ask(plain.handle((in, out) -> out.send(in.receive())));
    ask(
        plain.respond(
            query ->
                Mono.just(query).delayElement(Duration.ofMillis(1)).map(it -> it.reply("later"))));
    ask(plain.wiretap(file).handle((in, out) -> out.send(in.receive())));
    askOnASharedPump();
  }

  private void ask(RioUdpServer server) {
    RioConnection bound = server.bindNow(LONG);
    ask(bound);
    bound.shutdown(LONG).block(LONG);
  }

  private void ask(RioConnection server) {
    RioConnection client =
        RioUdpClient.create()
            .provider(provider)
            .host("127.0.0.1")
            .port(server.localAddress().getPort())
            .connectNow(LONG);
    Flux.range(0, QUESTIONS)
        .concatMap(i -> client.send(Mono.just(Datagram.of("question " + i))).then(client.next()))
        .blockLast(LONG);
    client.disposeNow();
  }

  /**
   * A group keeps its pump, which is idle between two. The first bind is refused by some providers,
   * so that the pump has nothing in the kernel to wait in.
   */
  private void askOnASharedPump() {
    PumpGroup pumps = PumpGroup.create().name("shared").provider(provider);
    RioUdpServer.create()
        .runOn(pumps)
        .coalescing(true)
        .bind()
        .doOnNext(RioConnection::dispose)
        .onErrorComplete()
        .block(LONG);
    awaitRest("shared-1");
    for (int i = 0; i < 2; i++) {
      ask(
          RioUdpServer.create()
              .runOn(pumps)
              .host("127.0.0.1")
              .handle((in, out) -> out.send(in.receive())));
    }
    pumps.dispose();
  }

  /** Until the pump waits, wherever it does. */
  private static void awaitRest(String pump) {
    Thread thread =
        Thread.getAllStackTraces().keySet().stream()
            .filter(each -> each.getName().equals(pump))
            .findFirst()
            .orElseThrow();
    long end = System.nanoTime() + LONG.toNanos();
    while (Arrays.stream(thread.getStackTrace())
        .noneMatch(frame -> frame.getMethodName().startsWith("await"))) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("the pump comes to no rest");
      }
      sleep();
    }
  }

  private void sleepInAHandler() {
    RioConnection server =
        RioUdpServer.create()
            .provider(provider)
            .host("127.0.0.1")
            .respond(
                query -> {
                  sleep();
                  return Mono.just(query);
                })
            .bindNow(LONG);
    RioConnection client =
        RioUdpClient.create().host("127.0.0.1").port(server.localAddress().getPort()).connectNow();
    client.send(Mono.just(Datagram.of("hello"))).then(client.next()).block(LONG);
    client.disposeNow();
    server.disposeNow();
  }

  private static void sleep() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
