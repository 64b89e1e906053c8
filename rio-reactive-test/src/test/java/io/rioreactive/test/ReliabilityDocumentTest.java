package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/RELIABILITY.md names tests that there are, and each fault of the soak. */
class ReliabilityDocumentTest {

  private static final Path ROOT = Path.of("..");
  private static final Path DOCUMENT = ROOT.resolve("docs/RELIABILITY.md");
  private static final Path SOAK = ROOT.resolve("soak/src/main/java/io/rioreactive/soak");

  private static final Pattern TEST =
      Pattern.compile("`(\\w+(?:Test|Contract|Rules))(?:\\.(\\w+))?`");

  private static final Pattern FAULT =
      Pattern.compile("String name\\(\\) \\{\\s+return \"([a-z-]+)\";");

  @Test
  void eachTestThatItNamesIsThere() throws IOException {
    List<Path> sources = sources();
    List<MatchResult> named = TEST.matcher(Files.readString(DOCUMENT)).results().toList();
    assertThat(named).hasSizeGreaterThan(10);
    for (MatchResult test : named) {
      Path source =
          sources.stream()
              .filter(file -> file.endsWith(test.group(1) + ".java"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("there is no " + test.group(1)));
      if (test.group(2) != null) {
        assertThat(Files.readString(source)).contains(" " + test.group(2) + "(");
      }
    }
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> modules = Files.list(ROOT);
        Stream<Path> samples = Files.list(ROOT.resolve("samples"))) {
      List<Path> tests =
          Stream.concat(modules, samples)
              .map(module -> module.resolve("src/test/java"))
              .filter(Files::exists)
              .toList();
      Stream<Path> all = Stream.empty();
      for (Path folder : tests) {
        try (Stream<Path> files = Files.walk(folder)) {
          all = Stream.concat(all, files.toList().stream());
        }
      }
      return all.toList();
    }
  }

  @Test
  void eachFaultOfTheSoakIsInIt() throws IOException {
    Set<String> faults = new TreeSet<>();
    try (Stream<Path> files = Files.list(SOAK)) {
      for (Path file : files.toList()) {
        FAULT.matcher(Files.readString(file)).results().map(it -> it.group(1)).forEach(faults::add);
      }
    }
    assertThat(faults).hasSizeGreaterThan(10);

    Set<String> described =
        Pattern.compile("^\\| `([a-z-]+)`", Pattern.MULTILINE)
            .matcher(Files.readString(DOCUMENT))
            .results()
            .map(it -> it.group(1))
            .filter(name -> !name.startsWith("subscriber-"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(described).isEqualTo(faults);
  }
}
