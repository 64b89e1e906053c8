package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The examples of docs/GUIDE.md compile ({@link Snippets}); those that are whole classes are the
 * recipes of the package {@code recipe}, word for word, which have tests there. Its table is that
 * of {@link OperatorsTest}, and its links, and the README's, lead somewhere.
 */
@Timeout(120)
@Tag("once")
class GuideTest {

  private static final Path ROOT = Path.of("..");
  private static final Path GUIDE = ROOT.resolve("docs/GUIDE.md");
  private static final Path RECIPES =
      ROOT.resolve("rio-reactive-test/src/test/java/io/rioreactive/test/recipe");

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]*)(?:#([^)]*))?\\)");

  @Test
  @Tag("javac")
  void eachExampleCompiles(@TempDir Path folder) throws IOException {
    List<String> examples = Snippets.statements(GUIDE);
    assertThat(examples).hasSizeGreaterThan(10);

    List<String> all = new ArrayList<>(Snippets.classes(GUIDE));
    all.addAll(examples);
    Snippets.compile(all, folder);
  }

  @Test
  void eachRecipeIsAClassThatIsTested() throws IOException {
    assertThat(Snippets.classes(GUIDE)).containsExactlyInAnyOrderElementsOf(recipes());
  }

  private static List<String> recipes() throws IOException {
    try (Stream<Path> files = Files.list(RECIPES)) {
      return files
          .filter(file -> !file.toString().endsWith("Test.java"))
          .map(GuideTest::withoutPackage)
          .toList();
    }
  }

  private static String withoutPackage(Path file) {
    try {
      return Snippets.text(file).replaceFirst("^package .*;\n\n", "");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** By the names of its tests, which are those of the operators. */
  @Test
  void eachRowOfTheTableIsATestOfOperatorsTest() throws IOException {
    String section = Snippets.text(GUIDE).split("\n## What an operator asks of the kernel\n", 2)[1];
    List<String> rows =
        section
            .split("\n## ", 2)[0]
            .lines()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.split("\\|", -1)[1])
            .toList();
    Set<String> tests =
        Arrays.stream(OperatorsTest.class.getDeclaredMethods())
            .filter(method -> method.isAnnotationPresent(Test.class))
            .map(Method::getName)
            .collect(Collectors.toSet());

    assertThat(rows).hasSizeGreaterThan(8);
    assertThat(rows).allSatisfy(row -> assertThat(tests).containsAll(operators(row)));
  }

  private static List<String> operators(String row) {
    List<String> operators =
        Pattern.compile("(\\w+)\\(")
            .matcher(row)
            .results()
            .map(call -> call.group(1))
            .filter(name -> !name.equals("receive"))
            .toList();
    assertThat(operators).as(row).isNotEmpty();
    return operators;
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/GUIDE.md"})
  void linksLeadSomewhere(String name) throws IOException {
    Path document = ROOT.resolve(name);
    List<MatchResult> links = LINK.matcher(Snippets.text(document)).results().toList();
    assertThat(links).isNotEmpty();

    for (MatchResult link : links) {
      String file = link.group(1);
      Path target = file.isEmpty() ? document : document.resolveSibling(file);
      assertThat(target).as(link.group()).exists();
      if (link.group(2) != null) {
        assertThat(anchors(target)).as(link.group()).contains(link.group(2));
      }
    }
  }

  /** As GitHub makes them of headings. */
  private static List<String> anchors(Path document) throws IOException {
    return Snippets.text(document)
        .lines()
        .filter(line -> line.matches("#+ .*"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .toList();
  }
}
