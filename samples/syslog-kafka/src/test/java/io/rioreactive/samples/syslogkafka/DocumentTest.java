package io.rioreactive.samples.syslogkafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/SYSLOG-KAFKA.md shows and names is there. */
class DocumentTest {

  private static final Path DOCUMENT = Path.of("..", "..", "docs", "SYSLOG-KAFKA.md");
  private static final Path COLLECTOR =
      Path.of("src/main/java/io/rioreactive/samples/syslogkafka/Collector.java");

  private static final Pattern JAVA =
      Pattern.compile("^```java\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

  @Test
  void theExampleStandsInTheCollectorWordForWord() throws IOException {
    List<String> examples =
        JAVA.matcher(read(DOCUMENT)).results().map(block -> unindented(block.group(1))).toList();

    assertThat(examples).isNotEmpty();
    assertThat(unindented(read(COLLECTOR))).contains(examples);
  }

  @Test
  void theCollectorIsShort() throws IOException {
    assertThat(read(COLLECTOR).lines().count()).isLessThan(100);
  }

  @Test
  void eachPromisesTestIsThere() throws IOException {
    assertThat(TEST.matcher(read(DOCUMENT)).results())
        .isNotEmpty()
        .allSatisfy(
            test -> assertThat(methods(test.group(1))).as(test.group()).contains(test.group(2)));
  }

  private static List<String> methods(String test) throws ClassNotFoundException {
    Class<?> type = Class.forName(DocumentTest.class.getPackageName() + "." + test);
    return Arrays.stream(type.getDeclaredMethods()).map(method -> method.getName()).toList();
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file).replace("\r\n", "\n");
  }

  private static String unindented(String lines) {
    return lines.lines().map(String::strip).reduce("", (all, line) -> all + line + "\n");
  }
}
