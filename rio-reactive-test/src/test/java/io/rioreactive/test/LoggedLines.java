package io.rioreactive.test;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What is logged while it is open. The tests log with slf4j-simple, which writes to {@link
 * System#err}; that still gets everything.
 */
public final class LoggedLines implements AutoCloseable {

  private final PrintStream before = System.err;
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();

  private LoggedLines() {}

  /** Begins to listen. */
  public static LoggedLines open() {
    LoggedLines lines = new LoggedLines();
    System.setErr(new PrintStream(lines.new Both(), true, StandardCharsets.UTF_8));
    return lines;
  }

  /** The lines so far that contain a text. */
  public List<String> containing(String text) {
    return logged.toString(StandardCharsets.UTF_8).lines().filter(l -> l.contains(text)).toList();
  }

  @Override
  public void close() {
    System.setErr(before);
  }

  private final class Both extends OutputStream {
    @Override
    public void write(int oneByte) {
      logged.write(oneByte);
      before.write(oneByte);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      logged.write(bytes, offset, count);
      before.write(bytes, offset, count);
    }

    @Override
    public void flush() {
      before.flush();
    }
  }
}
