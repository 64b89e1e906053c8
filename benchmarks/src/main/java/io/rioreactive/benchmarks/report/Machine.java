package io.rioreactive.benchmarks.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the numbers depend on.
 *
 * @param when the run began
 * @param kernel its name and release
 * @param cpu its model, and how many there are
 * @param cores which of them measures, and which is measured
 * @param limits of the system that matter here
 * @param loadAverage before the run: a busy machine measures badly
 * @param commit of this library
 * @param java that runs the contenders
 * @param compiler of the contenders in C
 * @param versions of the contenders
 */
public record Machine(
    String when,
    String kernel,
    String cpu,
    String cores,
    Map<String, String> limits,
    String loadAverage,
    String commit,
    String java,
    String compiler,
    Map<String, String> versions) {

  /** This one, now. */
  public static Machine here(String cores, int allowed, Map<String, String> versions) {
    Map<String, String> limits = new LinkedHashMap<>();
    limits.put("net.core.rmem_max", read("/proc/sys/net/core/rmem_max"));
    String compiler = System.getProperty("benchmarks.compiler", "");
    limits.put("kernel.io_uring_disabled", read("/proc/sys/kernel/io_uring_disabled"));
    return new Machine(
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"),
        cpuModel() + ", " + allowed + (allowed == 1 ? " core" : " cores"),
        cores,
        limits,
        read("/proc/loadavg"),
        System.getProperty("benchmarks.commit", "unknown"),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
        compiler.isEmpty() ? "no C compiler" : compiler,
        versions);
  }

  /** In one read: the files of sysctl have no second. */
  private static String read(String file) {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      byte[] bytes = new byte[100_000];
      return new String(bytes, 0, Math.max(in.read(bytes), 0), UTF_8).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static String cpuModel() {
    return read("/proc/cpuinfo")
        .lines()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown CPU");
  }
}
