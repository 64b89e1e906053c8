package io.rioreactive.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Memory runs out ({@code ulimit -v}): a server that wants more than there is left is refused, and
 * the refusal says why. Whoever is bound serves on.
 */
final class NoMemory implements Fault {

  /** The JVM's own, that it may go on. */
  private static final long LEFT = 1L << 30;

  /** Send slots of 2 KiB: four times what is left. */
  private static final int GREED = 2_000_000;

  @Override
  public String name() {
    return "no-memory";
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
        "as",
        "Max address space",
        mapped(server.pid()) + LEFT,
        () -> {
          String answer = server.tell("greed " + GREED);
          if (!answer.contains("ulimit -v") && !answer.contains("MaxDirectMemorySize")) {
            throw new SoakFailure("without memory: " + answer);
          }
          scene.load().awaitAnswer();
          return answer;
        });
  }

  private static long mapped(long pid) throws IOException {
    List<String> status = Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"));
    String line =
        status.stream().filter(each -> each.startsWith("VmSize:")).findFirst().orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
  }
}
