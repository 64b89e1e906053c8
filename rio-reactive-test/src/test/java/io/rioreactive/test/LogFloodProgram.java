package io.rioreactive.test;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;

/**
 * Floods servers with what they cannot take, where everything is logged that the library ever logs,
 * and prints how many lines came of it, for each provider that it is given. Each datagram quotes
 * {@code secret}.
 */
final class LogFloodProgram {

  private static final int DATAGRAMS = 2_000;
  private static final int AT_ONCE = 50;
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String LEFT_OUT = "such lines before this one were left out";

  private LogFloodProgram() {}

  public static void main(String[] args) throws InterruptedException {
    for (String provider : args) {
      System.out.println(provider + ": " + flood(provider));
    }
  }

  private static String flood(String provider) throws InterruptedException {
    RioUdpServer plain =
        RioUdpServer.create().host("127.0.0.1").datagramSize(64).provider(provider);
    RioConnection decoding = plain.bindNow();
    decoding.receive(view -> Integer.valueOf(view.asString())).subscribe();
    RioConnection responding =
        plain
            .respond(query -> Mono.just(query.reply("" + Integer.parseInt(query.asString()))))
            .bindNow();
    RioConnection filtering = plain.sourceFilter(source -> source.port() < 0).bindNow();
    filtering.receive().subscribe();
    try (CapturedLog log = new CapturedLog();
        LoopbackPeer peer = new LoopbackPeer()) {
      long began = System.nanoTime();
      flood(peer, decoding, "secret", () -> decoding.stats().droppedTotal());
      flood(peer, decoding, "secret".repeat(20), () -> decoding.stats().droppedTotal());
      flood(peer, responding, "secret", () -> responding.stats().handlerFailures());
      flood(peer, filtering, "secret", () -> filtering.stats().droppedTotal());
      tellWhatWasLeftOut(log, peer, decoding);
      long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
      return report(log.text(), seconds);
    } finally {
      decoding.disposeNow();
      responding.disposeNow();
      filtering.disposeNow();
    }
  }

  /** Not faster than they are counted, so that none is lost in the socket. */
  private static void flood(
      LoopbackPeer peer, RioConnection target, String text, LongSupplier counted)
      throws InterruptedException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int sent = 0; sent < DATAGRAMS; sent += AT_ONCE) {
      long before = counted.getAsLong();
      for (int i = 0; i < AT_ONCE; i++) {
        peer.send(bytes, target.localAddress());
      }
      await(() -> counted.getAsLong() - before - AT_ONCE);
    }
  }

  /** One line more, as soon as there may be one. */
  private static void tellWhatWasLeftOut(CapturedLog log, LoopbackPeer peer, RioConnection target)
      throws InterruptedException {
    await(
        () -> {
          peer.send("secret", target.localAddress());
          return log.text().contains(LEFT_OUT) ? 0 : -1;
        });
  }

  /** Until it is no longer negative. */
  private static void await(LongSupplier missing) throws InterruptedException {
    long end = System.nanoTime() + LONG.toNanos();
    while (missing.getAsLong() < 0) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("not all of a flood was counted");
      }
      Thread.sleep(1);
    }
  }

  private static String report(String log, long seconds) {
    long lines = log.lines().filter(line -> line.startsWith("[")).count();
    // Three logs of ten lines a second, and their warnings with stacks.
    return (lines <= 40 * (seconds + 2) ? "few lines" : lines + " lines in " + seconds + " s")
        + (log.contains(LEFT_OUT) ? ", left out told" : ", left out not told")
        + (log.contains("secret") ? ", payload quoted" : ", payload not quoted");
  }
}
