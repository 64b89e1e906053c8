package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What docs/SUPPLY-CHAIN.md says of the build, read in the poms; and SECURITY.md of the tests. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Linux's builds read the same files")
class SupplyChainTest {

  private static final Path ROOT = Path.of("..");

  /** In this order all poms have them. */
  private static final Pattern ARTIFACT =
      Pattern.compile(
          "<(dependency|plugin|path|artifactItem)>\\s*<groupId>([^<]+)</groupId>"
              + "\\s*<artifactId>([^<]+)</artifactId>(?:\\s*<version>([^<]+)</version>)?");

  private static final Pattern VERSION_PROPERTY =
      Pattern.compile("<([\\w.-]+\\.version)>([^<]+)</\\1>");

  private static final Pattern DEPENDENCY =
      Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL);
  private static final Pattern GROUP = Pattern.compile("<groupId>([^<]+)</groupId>");
  private static final Pattern ID = Pattern.compile("<artifactId>([^<]+)</artifactId>");

  /** One and the same for ever: no range, nothing that is looked up or overwritten. */
  private static final Pattern PINNED = Pattern.compile("\\d[\\w.+-]*(?<!-SNAPSHOT)");

  private static List<Path> poms() throws IOException {
    try (Stream<Path> files =
        Files.find(
            ROOT,
            3,
            (path, attributes) ->
                path.endsWith("pom.xml") && !path.toString().contains("target"))) {
      return files.sorted().toList();
    }
  }

  private static String read(Path path) throws IOException {
    return Files.readString(path);
  }

  private static List<MatchResult> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().toList();
  }

  /** Else the two tests below would overlook one. */
  @Test
  void everyPluginNamesItsGroup() throws IOException {
    for (Path pom : poms()) {
      long plugins = Pattern.compile("<plugin>").matcher(read(pom)).results().count();

      assertThat(all(ARTIFACT, read(pom)).stream().filter(each -> each.group(1).equals("plugin")))
          .as(pom.toString())
          .hasSize(Math.toIntExact(plugins));
    }
  }

  @Test
  void everyVersionIsPinned() throws IOException {
    assertThat(poms()).hasSizeGreaterThan(4);
    for (Path pom : poms()) {
      for (MatchResult property : all(VERSION_PROPERTY, read(pom))) {
        assertThat(property.group(2)).as("%s in %s", property.group(1), pom).matches(PINNED);
      }
      for (MatchResult artifact : all(ARTIFACT, read(pom))) {
        String version = artifact.group(4);
        if (version != null && !version.startsWith("${")) {
          assertThat(version).as("%s in %s", artifact.group(3), pom).matches(PINNED);
        }
      }
    }
  }

  /** Maven would take whatever its own release brings, or the newest there is. */
  @Test
  void everyPluginsVersionStandsInItsPomOrInTheRoots() throws IOException {
    Set<String> managed = new HashSet<>();
    for (MatchResult artifact : all(ARTIFACT, read(ROOT.resolve("pom.xml")))) {
      if (artifact.group(1).equals("plugin") && artifact.group(4) != null) {
        managed.add(artifact.group(3));
      }
    }
    assertThat(managed)
        .contains( // those that Maven binds by itself
            "maven-clean-plugin",
            "maven-resources-plugin",
            "maven-compiler-plugin",
            "maven-surefire-plugin",
            "maven-jar-plugin",
            "maven-install-plugin",
            "maven-deploy-plugin");

    Set<String> unpinned = new TreeSet<>();
    for (Path pom : poms()) {
      for (MatchResult artifact : all(ARTIFACT, read(pom))) {
        boolean isPinned = artifact.group(4) != null || managed.contains(artifact.group(3));
        if (artifact.group(1).equals("plugin") && !isPinned) {
          unpinned.add(artifact.group(3) + " in " + pom);
        }
      }
    }
    assertThat(unpinned).isEmpty();
  }

  @Test
  void everyDependencyOfAPublishedJarHasItsReasonInTheDocument() throws IOException {
    String document = read(ROOT.resolve("docs").resolve("SUPPLY-CHAIN.md"));
    List<String> withoutReason = new ArrayList<>();
    for (Path pom : published()) {
      for (MatchResult dependency : all(DEPENDENCY, ownDependencies(read(pom)))) {
        String declaration = dependency.group(1);
        String name = first(GROUP, declaration) + ":" + first(ID, declaration);
        if (!declaration.contains("<scope>test</scope>")
            && !document.contains("| `" + name + "` |")) {
          withoutReason.add(name + " in " + pom);
        }
      }
    }
    assertThat(withoutReason).isEmpty();
  }

  @Test
  void everyPublishedJarHasAnSbomAndIsComparedWithTheLastRelease() throws IOException {
    for (Path pom : published()) {
      assertThat(read(pom))
          .as(pom.toString())
          .contains("<artifactId>cyclonedx-maven-plugin</artifactId>")
          .contains("<artifactId>japicmp-maven-plugin</artifactId>");
    }
  }

  /** So that the first release cannot forget to switch the comparison on, nor any to move it. */
  @Test
  void theApiIsComparedWithTheNewestReleaseOfTheChangelog() throws IOException {
    String pom = read(ROOT.resolve("pom.xml"));
    String baseline = first(Pattern.compile("<api.baseline>([^<]+)</api.baseline>"), pom);
    String skip = first(Pattern.compile("<api.skip>([^<]+)</api.skip>"), pom);
    Matcher release =
        Pattern.compile("^## \\[(\\d[^\\]]*)\\]", Pattern.MULTILINE)
            .matcher(read(ROOT.resolve("CHANGELOG.md")));

    if (release.find()) {
      assertThat(baseline).isEqualTo(release.group(1));
      assertThat(skip).isEqualTo("false");
    } else {
      assertThat(baseline).isEqualTo("none");
      assertThat(skip).isEqualTo("true");
    }
  }

  @Test
  void everyTestThatSecurityMdNamesIsThere() throws IOException {
    List<MatchResult> named =
        all(
            Pattern.compile("`(\\w+(?:Test|Contract))(?:\\.(\\w+))?`"),
            read(ROOT.resolve("SECURITY.md")));

    assertThat(named).hasSizeGreaterThan(20);
    for (MatchResult test : named) {
      String source = sourceOf(test.group(1));
      if (test.group(2) != null) {
        assertThat(source).as(test.group()).contains("void " + test.group(2) + "(");
      }
    }
  }

  private static String sourceOf(String test) throws IOException {
    for (String module : List.of("rio-reactive", "rio-reactive-test", "samples")) {
      try (Stream<Path> files =
          Files.find(
              ROOT.resolve(module).resolve("src/test/java"),
              Integer.MAX_VALUE,
              (path, attributes) -> path.endsWith(test + ".java"))) {
        List<Path> found = files.toList();
        if (!found.isEmpty()) {
          return read(found.getFirst());
        }
      }
    }
    throw new AssertionError("there is no test " + test);
  }

  private static List<Path> published() throws IOException {
    List<Path> published = new ArrayList<>();
    for (Path pom : poms()) {
      Path folder = pom.getParent().getFileName();
      if (folder != null && folder.toString().startsWith("rio-reactive")) {
        published.add(pom);
      }
    }
    assertThat(published).hasSizeGreaterThan(1);
    return published;
  }

  /** Without those of plugins, and without what is only managed. */
  private static String ownDependencies(String pom) {
    return pom.replaceAll("(?s)<dependencyManagement>.*?</dependencyManagement>", "")
        .replaceAll("(?s)<build>.*", "");
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as(pattern + " in " + text).isTrue();
    return matcher.group(1);
  }
}
