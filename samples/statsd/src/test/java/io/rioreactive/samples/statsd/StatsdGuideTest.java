package io.rioreactive.samples.statsd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/STATSD.md shows the program as it is, and says what it knows. */
class StatsdGuideTest {

  private static final Path GUIDE = Path.of("..", "..", "docs", "STATSD.md");
  private static final Path SOURCES = Path.of("src/main/java/io/rioreactive/samples/statsd");

  private static final Pattern JAVA =
      Pattern.compile("^```java\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  private static String guide() throws IOException {
    return Files.readString(GUIDE).replace("\r\n", "\n");
  }

  /** So each of them is compiled. */
  @Test
  void itsJavaIsThatOfTheProgram() throws IOException {
    List<String> blocks = JAVA.matcher(guide()).results().map(block -> block.group(1)).toList();
    String sources;
    try (Stream<Path> files = Files.list(SOURCES)) {
      sources = files.map(StatsdGuideTest::read).collect(Collectors.joining("\n"));
    }

    String packed = pack(sources);
    assertThat(blocks).hasSizeGreaterThan(4).allMatch(block -> packed.contains(pack(block)));
  }

  /** However the lines are broken. */
  private static String pack(String code) {
    return code.replaceAll("\\s+", "");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void itExplainsEachFault() throws IOException {
    String guide = guide();

    for (Fault fault : Fault.values()) {
      assertThat(guide).contains("\n| `" + fault + "` | ");
    }
  }

  @Test
  void itKnowsTheProgramsSizes() throws IOException {
    assertThat(guide())
        .contains("windows of " + StatsdServer.WINDOW + " datagrams")
        .contains("in " + StatsdServer.LONGEST_WINDOW.toMillis() + " ms")
        .contains("its own " + TickFeed.WAITING + " places")
        .contains("up to " + StatsdParser.LONGEST_TEXT + " bytes")
        .contains("the %,d that are kept".formatted(SeriesTable.MOST));
  }
}
