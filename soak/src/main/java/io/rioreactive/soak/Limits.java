package io.rioreactive.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The limits of a process, as {@code ulimit} sets them for one that starts: soft ones. */
final class Limits {

  private static final int SOFT = 26; // of a line: where its value stands

  private Limits() {}

  /** What a fault does while the limit is low. */
  @FunctionalInterface
  interface Strike {
    String go() throws IOException, InterruptedException;
  }

  /**
   * Sets a limit for as long as something is done.
   *
   * @param option of prlimit: {@code nofile}
   * @param line how {@code /proc/PID/limits} names it
   */
  static String during(long pid, String option, String line, long limit, Strike strike)
      throws IOException, InterruptedException {
    String before = soft(pid, line);
    set(pid, option, Long.toString(limit));
    try {
      return strike.go();
    } finally {
      set(pid, option, before);
    }
  }

  private static void set(long pid, String option, String soft)
      throws IOException, InterruptedException {
    Programs.run("prlimit", "--pid", Long.toString(pid), "--" + option + "=" + soft + ":");
  }

  private static String soft(long pid, String line) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(pid), "limits")).stream()
        .filter(each -> each.startsWith(line))
        .map(each -> each.substring(SOFT).strip().split(" ", 2)[0])
        .findFirst()
        .orElseThrow();
  }
}
