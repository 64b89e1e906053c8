package io.rioreactive.benchmarks.load;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A load that is somebody else's program; it runs on the core of the load, as the driver does. */
public final class Program {

  private final String output;

  private Program(String output) {
    this.output = output;
  }

  /** Whether a program is on the PATH. */
  public static boolean isInstalled(String name) {
    String path = System.getenv("PATH");
    for (String folder : path == null ? new String[0] : path.split(File.pathSeparator, -1)) {
      if (Files.isExecutable(Path.of(folder, name))) {
        return true;
      }
    }
    return false;
  }

  /** Runs a program to its end. Its report may have colours; they are taken out. */
  public static Program run(long seconds, List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      // Its report fits into a pipe, so it can end before it is read.
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        throw new IOException(command.getFirst() + " does not end");
      }
      byte[] report = process.getInputStream().readAllBytes();
      return new Program(
          new String(report, StandardCharsets.UTF_8).replaceAll("\u001B\\[[0-9;]*m", ""));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** The number after some words of its report. */
  public double number(String words) throws IOException {
    Matcher matcher = Pattern.compile(Pattern.quote(words) + "\\s*([0-9.]+)").matcher(output);
    if (!matcher.find()) {
      throw new IOException("no \"" + words + "\" in: " + output);
    }
    return Double.parseDouble(matcher.group(1));
  }
}
