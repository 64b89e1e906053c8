package io.rioreactive.samples.syslogkafka;

import java.io.PrintWriter;
import java.util.Optional;

/** What a sample prints: lines, and on a terminal a status that overwrites itself. */
final class StatusLine {

  private final boolean isTerminal =
      Optional.ofNullable(System.console()).map(java.io.Console::isTerminal).orElse(false);

  private final PrintWriter out;
  private boolean isShown;

  StatusLine(PrintWriter out) {
    this.out = out;
  }

  boolean isTerminal() {
    return isTerminal;
  }

  /** In place of the last status on a terminal, else a line. */
  synchronized void show(String status) {
    if (isTerminal) {
      out.print("\r\033[K" + status);
      out.flush();
      isShown = true;
    } else {
      say(status);
    }
  }

  /** A line that stays, below the status. */
  synchronized void say(String line) {
    if (isShown) {
      out.println();
      isShown = false;
    }
    out.println(line);
    out.flush();
  }
}
