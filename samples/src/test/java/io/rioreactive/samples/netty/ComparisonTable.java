package io.rioreactive.samples.netty;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The table of docs/FROM-REACTOR-NETTY.md that says what each library does in six cases. */
final class ComparisonTable {

  static final Path GUIDE = Path.of("..", "docs", "FROM-REACTOR-NETTY.md");

  private static final String HEAD = "\n| case | reactor-netty | rio-reactive |\n|---|---|---|\n";
  private static final Pattern ROW =
      Pattern.compile("^\\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|$", Pattern.MULTILINE);

  /** What the table says of one case. */
  record Row(String name, String reactorNetty, String rioReactive) {}

  private ComparisonTable() {}

  static String guide() throws IOException {
    return Files.readString(GUIDE).replace("\r\n", "\n");
  }

  static List<Row> rows() throws IOException {
    String guide = guide();
    int head = guide.indexOf(HEAD);
    if (head < 0) {
      throw new AssertionError(GUIDE + " has no table that begins with" + HEAD);
    }
    int begin = head + HEAD.length();
    return ROW.matcher(guide.substring(begin, guide.indexOf("\n\n", begin) + 1))
        .results()
        .map(row -> new Row(row.group(1), row.group(2), row.group(3)))
        .toList();
  }

  static Row row(String name) throws IOException {
    return rows().stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow();
  }
}
