package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemoryLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/WINDOWS.md says about the code is so: names, places of calls, and sizes. */
class WindowsDocumentTest {

  private static final Path DOCUMENT = Path.of("..", "docs", "WINDOWS.md");
  private static final Path SOURCES = Path.of("src/main/java/io/rioreactive/kernel/windows");
  private static final int DATAGRAM_SIZE = 2_048;

  /** {@code | `function` | `Class.method` | …}, or {@code nowhere}. */
  private static final Pattern CALL_ROW =
      Pattern.compile("^\\| `(RIO\\w+)` \\| (?:`(\\w+)\\.(\\w+)`|nowhere) \\|", Pattern.MULTILINE);

  private static final Pattern SIZE_ROW =
      Pattern.compile(
          "^\\| .*?([\\d,]+) receives, ([\\d,]+) sends \\| ([\\d,]+) \\| ([\\d,]+) \\| ([\\d,]+)"
              + " \\| ([\\d,]+) bytes \\|",
          Pattern.MULTILINE);

  /** A line that is indented as members are, up to the parenthesis. */
  private static final Pattern DECLARATION =
      Pattern.compile("^  (?! )[^\\n=;*/]*?(\\w+)\\(", Pattern.MULTILINE);

  private static String document() throws IOException {
    return Files.readString(DOCUMENT);
  }

  @Test
  void theTableHasEachFunctionOfRio() throws IOException {
    List<String> functions =
        Layouts.RIO_EXTENSION_FUNCTION_TABLE.layout().memberLayouts().stream()
            .map(MemoryLayout::name)
            .flatMap(Optional::stream)
            .filter(name -> name.startsWith("RIO"))
            .toList();

    assertThat(CALL_ROW.matcher(document()).results().map(row -> row.group(1)))
        .containsExactlyInAnyOrderElementsOf(functions)
        .hasSize(13);
  }

  @Test
  void eachFunctionIsCalledWhereTheTableSaysAndNowhereElse() throws IOException {
    for (MatchResult row : CALL_ROW.matcher(document()).results().toList()) {
      String call = "." + row.group(1) + "(";
      List<String> expected =
          row.group(2) == null ? List.of() : List.of(row.group(2) + "." + row.group(3));

      assertThat(methodsWith(call)).as(row.group(1)).isEqualTo(expected);
    }
  }

  @Test
  void eachMethodThatIsNamedExists() throws IOException {
    Matcher names =
        Pattern.compile("`(Rio\\w+|Windows\\w+|Iocp\\w+|CompletionPort)\\.(\\w+)`")
            .matcher(document());
    int found = 0;
    while (names.find()) {
      Path source = SOURCES.resolve(names.group(1) + ".java");
      if (Files.exists(source)) { // else it is of the API, which is linked to below
        assertThat(bodies(Files.readString(source))).as(names.group()).containsKey(names.group(2));
        found++;
      } else {
        assertThat(Path.of("src/main/java/io/rioreactive", names.group(1) + ".java"))
            .as(names.group())
            .content()
            .contains(" " + names.group(2) + "(");
      }
    }
    assertThat(found).isGreaterThan(10);
  }

  @Test
  void theSizesAreThoseOfTheCode() throws IOException {
    List<MatchResult> rows = SIZE_ROW.matcher(document()).results().toList();
    assertThat(rows).hasSize(2);
    for (MatchResult row : rows) {
      int receiveSlots = (int) number(row, 1);
      int sendSlots = (int) number(row, 2);
      long receives = RioSlabLayout.ofReceives(receiveSlots, DATAGRAM_SIZE, false).lockedBytes();
      long sends = RioSlabLayout.ofSends(sendSlots, DATAGRAM_SIZE, false).lockedBytes();
      long queue = RioQueueSize.bytes(RioQueueSize.claim(receiveSlots, sendSlots));

      assertThat(List.of(number(row, 3), number(row, 4), number(row, 5), number(row, 6)))
          .as(row.group())
          .containsExactly(receives, sends, queue, receives + sends + queue);
    }
  }

  private static long number(MatchResult row, int group) {
    return Long.parseLong(row.group(group).replace(",", ""));
  }

  /** {@code Class.method} of each method in this package that has a text in its body. */
  private static List<String> methodsWith(String text) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(SOURCES)) {
      files.sorted().forEach(file -> addMethodsWith(text, file, found));
    }
    return found;
  }

  private static void addMethodsWith(String text, Path file, List<String> found) {
    String type = file.getFileName().toString().replace(".java", "");
    try {
      bodies(Files.readString(file))
          .forEach(
              (method, body) -> {
                if (body.contains(text)) {
                  found.add(type + "." + method);
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The methods of a formatted source by their names; those of one name are put together. */
  private static Map<String, String> bodies(String source) {
    Map<String, String> bodies = new TreeMap<>();
    List<MatchResult> methods = DECLARATION.matcher(source).results().toList();
    for (int i = 0; i < methods.size(); i++) {
      int end = i + 1 < methods.size() ? methods.get(i + 1).start() : source.length();
      String body = source.substring(methods.get(i).end(), end);
      bodies.merge(methods.get(i).group(1), body, String::concat);
    }
    return bodies;
  }
}
