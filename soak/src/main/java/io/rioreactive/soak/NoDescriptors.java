package io.rioreactive.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Descriptors run out ({@code ulimit -n}): servers are bound until one is refused, and the refusal
 * says why. Whoever is bound serves on.
 */
final class NoDescriptors implements Fault {

  /** Enough for a server or two. */
  private static final int LEFT = 8;

  @Override
  public String name() {
    return "no-descriptors";
  }

  @Override
  public boolean isFor(String provider) {
    return !provider.startsWith("windows-");
  }

  @Override
  public @Nullable String missing(Scene scene) throws InterruptedException {
    return Programs.whyNot("prlimit", "--version");
  }

  @Override
  public String strike(Scene scene) throws IOException, InterruptedException {
    Server server = scene.server();
    return Limits.during(
        server.pid(),
        "nofile",
        "Max open files",
        descriptors(server.pid()) + LEFT,
        () -> {
          String hoarded = server.tell("hoard");
          if (!hoarded.contains("ulimit -n") && !hoarded.contains("Too many open files")) {
            throw new SoakFailure("without descriptors: " + hoarded);
          }
          scene.load().awaitAnswer();
          return "refused after as many servers: " + hoarded;
        });
  }

  private static long descriptors(long pid) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      return open.count();
    }
  }
}
