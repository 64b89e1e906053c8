package io.rioreactive.samples.rioprobe;

import java.io.PrintWriter;
import java.util.List;

/** Prints findings as a Markdown table, to be pasted as it is. */
final class MarkdownTable {

  private MarkdownTable() {}

  static void print(List<Finding> findings, PrintWriter out) {
    row(out, "statement", "the contract says", "observed", "verdict");
    row(out, "---", "---", "---", "---");
    for (Finding finding : findings) {
      row(
          out,
          finding.check().statement(),
          finding.check().contract(),
          finding.answer().observed(),
          finding.answer().verdict().toString());
    }
    out.flush();
  }

  private static void row(PrintWriter out, String... cells) {
    StringBuilder line = new StringBuilder("|");
    for (String cell : cells) {
      line.append(' ').append(escape(cell)).append(" |");
    }
    out.println(line);
  }

  /** A bar would end the cell, and a line break the table. */
  private static String escape(String cell) {
    return cell.replace("|", "\\|").replaceAll("\\R", " ");
  }
}
