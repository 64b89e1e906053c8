package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.DropReason;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Java of docs/OPERATIONS.md compiles, and its tables have each meter, each reason and each
 * event that there is, and no other.
 */
@Timeout(120)
@Tag("once")
class OperationsGuideTest {

  private static final Path GUIDE = Path.of("..", "docs", "OPERATIONS.md");
  private static final Path EVENTS =
      Path.of("..", "rio-reactive", "src/main/java/io/rioreactive/jfr");

  private static final Pattern JAVA =
      Pattern.compile("^```java\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  private static final String PROGRAM =
      """
      import io.micrometer.core.instrument.*;
      import io.rioreactive.*;
      import io.rioreactive.micrometer.*;
      import java.net.*;
      import java.nio.file.*;
      import java.time.*;
      import reactor.core.*;

      abstract class Block {
        RioConnection connection;
        MeterRegistry registry;

        void run() throws Exception {
          STATEMENTS;
        }
      }
      """;

  @TempDir private Path folder;

  private static String guide() throws IOException {
    return Files.readString(GUIDE).replace("\r\n", "\n");
  }

  @Test
  @Tag("javac")
  void eachExampleCompiles() throws IOException {
    List<String> blocks = JAVA.matcher(guide()).results().map(block -> block.group(1)).toList();
    assertThat(blocks).hasSizeGreaterThan(4);

    for (String block : blocks) {
      Path source = folder.resolve("Block.java");
      Files.writeString(source, PROGRAM.replace("STATEMENTS;", block));
      StringWriter errors = new StringWriter();
      PrintWriter writer = new PrintWriter(errors);
      int status =
          ToolProvider.findFirst("javac")
              .orElseThrow()
              .run(
                  writer,
                  writer,
                  "-d",
                  folder.toString(),
                  "-cp",
                  ReadmeTest.classPath()
                      + File.pathSeparator
                      + ReadmeTest.placeOf("io.micrometer.core.instrument.MeterRegistry"),
                  "-Xlint:all,-path,-classfile",
                  "-Werror",
                  "-proc:none",
                  source.toString());
      assertThat(status).as("%s%nin%n%s", errors, block).isZero();
    }
  }

  /** What stands in the first column of a table, where it begins so. */
  private static List<String> rows(String beginning) throws IOException {
    return Pattern.compile("^\\| `(" + Pattern.quote(beginning) + "[^`]*)` \\|", Pattern.MULTILINE)
        .matcher(guide())
        .results()
        .map(row -> row.group(1))
        .toList();
  }

  @Test
  void theTableHasEachMeterAndNoOther() throws IOException {
    assertThat(rows("rio.udp.")).containsExactlyInAnyOrderElementsOf(RioMetersTest.names());
  }

  @Test
  void theTablesHaveEachReasonAndNoOther() throws IOException {
    List<String> reasons =
        Arrays.stream(DropReason.values()).map(it -> it.name().toLowerCase(Locale.ROOT)).toList();
    String tables = guide().split("### Reasons", 2)[1].split("\n## ", 2)[0];
    List<String> rows =
        Pattern.compile("^\\| `([a-z_]+)` \\|", Pattern.MULTILINE)
            .matcher(tables)
            .results()
            .map(row -> row.group(1))
            .toList();

    assertThat(rows).containsExactlyElementsOf(reasons);
  }

  @Test
  void theTableHasEachEventAndNoOther() throws IOException {
    try (Stream<Path> files = Files.list(EVENTS)) {
      List<String> events =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith("Event.java"))
              .map(name -> "io.rioreactive." + name.replace("Event.java", ""))
              .toList();

      assertThat(rows("io.rioreactive.")).containsExactlyInAnyOrderElementsOf(events);
    }
  }
}
