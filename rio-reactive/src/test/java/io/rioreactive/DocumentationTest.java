package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.jctools.queues.MessagePassingQueue;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import reactor.core.publisher.Flux;

/** Whoever uses the API finds a sentence on everything in it, and an example of every type. */
@Tag("once")
class DocumentationTest {

  private static final Path SOURCES = Path.of("src/main/java/io/rioreactive");
  private static final Path METERS = SOURCES.resolve("micrometer");

  @Test
  @Tag("javac")
  void everyPublicAndProtectedTypeAndMemberHasADocComment(@TempDir Path classes) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-Xdoclint:missing/protected",
                "-Xmaxwarns",
                "10000",
                "-proc:none",
                "-d",
                classes.toString(),
                "-cp",
                classPathOf(
                    RioUdpServer.class,
                    Flux.class,
                    Publisher.class,
                    Logger.class,
                    NullMarked.class,
                    MeterRegistry.class,
                    KeyValues.class,
                    MessagePassingQueue.class)));
    sources().forEach(file -> arguments.add(file.toString()));
    StringWriter output = new StringWriter();
    PrintWriter writer = new PrintWriter(output);

    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(writer, writer, arguments.toArray(String[]::new));

    assertThat(status).as(output.toString()).isZero();
    assertThat(output.toString().lines().filter(DocumentationTest::isAboutAMissingComment))
        .isEmpty();
  }

  /** What else it finds, such as a getter without {@code @return}, is no gap. */
  private static boolean isAboutAMissingComment(String line) {
    return line.contains("no comment") || line.contains("does not provide a comment");
  }

  private static String classPathOf(Class<?>... classes) throws URISyntaxException {
    List<String> entries = new ArrayList<>();
    for (Class<?> each : classes) {
      entries.add(
          Path.of(each.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    return String.join(File.pathSeparator, entries);
  }

  @Test
  void everyPublicTypeHasAnExample() throws IOException {
    List<String> withoutExample = new ArrayList<>();
    for (Path file : sources()) {
      String source = Files.readString(file);
      if (isPublicType(source) && !source.contains("<pre>{@code") && !source.contains("Example:")) {
        withoutExample.add(file.getFileName().toString());
      }
    }

    assertThat(withoutExample)
        .containsExactlyInAnyOrder(
            "DatagramView.java", // in DatagramDecoder
            "DatagramWriter.java", // in DatagramEncoder
            "DropReason.java"); // in Drop and RioStats
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES);
        Stream<Path> meters = Files.list(METERS)) {
      return Stream.concat(files, meters)
          .filter(file -> file.toString().endsWith(".java"))
          .toList();
    }
  }

  private static boolean isPublicType(String source) {
    return Pattern.compile("^public .*(class|interface|enum|record) ", Pattern.MULTILINE)
        .matcher(source)
        .find();
  }
}
