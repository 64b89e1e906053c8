package io.rioreactive.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;

/** What is logged while it is open: slf4j-simple writes to whatever {@link System#err} is then. */
public final class CapturedLog implements AutoCloseable {

  private final PrintStream before = System.err;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Begins to capture. */
  public CapturedLog() {
    System.setErr(new PrintStream(bytes, true, UTF_8));
  }

  /** First lines of what was logged at this level. */
  private List<String> at(String level) {
    return text().lines().filter(line -> line.contains("] " + level + " ")).toList();
  }

  /** First lines of all warnings. */
  public List<String> warnings() {
    return at("WARN");
  }

  /** First lines of all errors. */
  public List<String> errors() {
    return at("ERROR");
  }

  /** All of it, stack traces included. */
  public String text() {
    return bytes.toString(UTF_8);
  }

  @Override
  public void close() {
    System.setErr(before);
  }
}
