package io.rioreactive.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The wall's clock jumps, by hours and by years, to and fro: of a process of its own, which sees
 * the time through libfaketime. (The other clock, which waits are timed by, never jumps on Linux.)
 */
final class ClockJumps implements Fault {

  private static final List<Duration> JUMPS =
      List.of(Duration.ofHours(1), Duration.ofDays(-1), Duration.ofDays(4_000), Duration.ZERO);

  /** Of a clock that a busy machine reads late. */
  private static final Duration TOLERANCE = Duration.ofMinutes(10);

  @Override
  public String name() {
    return "clock-jumps";
  }

  @Override
  public boolean isFor(String provider) {
    return !provider.startsWith("windows-");
  }

  @Override
  public @Nullable String missing(Scene scene) throws IOException {
    return library() == null ? "libfaketime is not installed (package faketime)" : null;
  }

  /** Debian's: for programs with threads. */
  private static @Nullable Path library() throws IOException {
    try (Stream<Path> folders = Files.list(Path.of("/usr/lib"))) {
      return folders
          .map(folder -> folder.resolve("faketime/libfaketimeMT.so.1"))
          .filter(Files::exists)
          .findFirst()
          .orElse(null);
    }
  }

  @Override
  public String strike(Scene scene) throws IOException, InterruptedException {
    Path offset = Files.createTempFile("soak-", ".faketime");
    jump(offset, Duration.ZERO);
    try (Server server = Server.start(scene.options(), scene.provider(), environment(offset));
        Load load = Load.ofEchoes(server.open("echo"), scene.random().nextLong())) {
      List<Duration> backs = new ArrayList<>();
      for (Duration jump : JUMPS) {
        load.run();
        jump(offset, jump);
        requireJumped(server, jump);
        backs.add(load.awaitAnswer());
      }
      load.pause();
      String account = Law.of(load, server, "echo").require();
      return "a process whose clock jumped %d times: %s".formatted(backs.size(), account);
    } finally {
      Files.delete(offset);
    }
  }

  private static Map<String, String> environment(Path offset) throws IOException {
    return Map.of(
        "LD_PRELOAD", String.valueOf(library()),
        "FAKETIME_TIMESTAMP_FILE", offset.toString(),
        "FAKETIME_NO_CACHE", "1",
        "FAKETIME_DONT_FAKE_MONOTONIC", "1",
        "FAKETIME_FORCE_MONOTONIC_FIX", "0"); // else it meddles with waits, and the JVM hangs
  }

  /** In seconds, as libfaketime reads them. */
  private static void jump(Path offset, Duration jump) throws IOException {
    Files.writeString(offset, "%+d%n".formatted(jump.toSeconds()));
  }

  private static void requireJumped(Server server, Duration jump)
      throws IOException, InterruptedException {
    long now = Long.parseLong(server.tell("clock"));
    Duration off = Duration.ofMillis(now - System.currentTimeMillis()).minus(jump).abs();
    if (off.compareTo(TOLERANCE) > 0) {
      throw new SoakFailure("the clock was to jump by " + jump + ", and is off by " + off);
    }
  }
}
