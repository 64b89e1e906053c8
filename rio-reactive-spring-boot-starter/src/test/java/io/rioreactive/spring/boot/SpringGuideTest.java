package io.rioreactive.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.spring.RioUdpConnections;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The examples of docs/SPRING.md compile, all of them together, with the imports below; so does
 * that of docs/GUIDE.md, which also does what it says.
 */
@Timeout(120)
class SpringGuideTest {

  private static final Path GUIDE = Path.of("..", "docs", "SPRING.md");
  private static final Path TASKS = Path.of("..", "docs", "GUIDE.md");

  private static final Pattern JAVA =
      Pattern.compile("^```java\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  private static final String IMPORTS =
      """
      import io.micrometer.core.instrument.*;
      import io.rioreactive.*;
      import io.rioreactive.micrometer.*;
      import io.rioreactive.spring.*;
      import io.rioreactive.test.*;
      import java.net.*;
      import java.time.*;
      import java.util.*;
      import java.util.concurrent.*;
      import org.springframework.boot.test.context.*;
      import org.springframework.context.annotation.*;
      import org.springframework.context.event.EventListener;
      import org.springframework.http.*;
      import org.springframework.stereotype.*;
      import org.springframework.web.bind.annotation.*;
      import reactor.core.publisher.*;

      """;

  @TempDir private Path folder;

  private static List<String> blocks(Path document) throws IOException {
    return JAVA.matcher(Files.readString(document)).results().map(block -> block.group(1)).toList();
  }

  @Test
  void theExamplesOfTheGuideCompile() throws Exception {
    List<String> blocks = blocks(GUIDE);
    assertThat(blocks).hasSizeGreaterThan(8);

    compile(String.join("\n", blocks));
  }

  @Test
  void theExampleAmongTheTasksAnswers() throws Exception {
    List<String> blocks =
        blocks(TASKS).stream().filter(block -> block.contains("@RioDatagramHandler")).toList();
    assertThat(blocks).hasSize(1);
    compile(blocks.getFirst());

    try (URLClassLoader classes =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
      Class<?> clock = classes.loadClass("Clock");
      Runner.create()
          .withPropertyValues("rio.udp.server.port=0")
          .withUserConfiguration(clock)
          .run(
              context -> {
                try (Peer peer = new Peer()) {
                  assertThat(peer.ask(Peer.addressOf(context, RioUdpConnections.DEFAULT), "time"))
                      .matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
                }
              });
    }
  }

  @Test
  void everyPropertyIsInATable() throws IOException {
    String firstColumns =
        Files.readString(GUIDE)
            .lines()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.substring(0, line.indexOf('|', 1)))
            .collect(Collectors.joining());

    for (String property : RioUdpPropertiesTest.metadata().keySet()) {
      if (property.matches("rio\\.udp\\.(server|pump-group)\\..*")) {
        String name = property.substring(property.lastIndexOf('.') + 1);
        assertThat(firstColumns).as(property).contains("`" + name + "`");
      }
    }
  }

  private void compile(String classes) throws IOException {
    Path source = folder.resolve("Guide.java");
    Files.writeString(source, IMPORTS + classes);
    StringWriter errors = new StringWriter();
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                new PrintWriter(errors),
                new PrintWriter(errors),
                "-d",
                folder.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xlint:all,-path,-classfile",
                "-Werror",
                "-parameters",
                "-proc:none",
                source.toString());
    assertThat(status).as("%s%nin%n%s", errors, classes).isZero();
  }
}
