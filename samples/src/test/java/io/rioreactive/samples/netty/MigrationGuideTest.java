package io.rioreactive.samples.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.Connection;
import reactor.netty.udp.UdpClient;
import reactor.netty.udp.UdpInbound;
import reactor.netty.udp.UdpOutbound;
import reactor.netty.udp.UdpServer;

/**
 * docs/FROM-REACTOR-NETTY.md: its examples are those of {@link Before} and {@link After}, its
 * mapping has each public method of reactor-netty's types, and what it names of ours is there.
 */
class MigrationGuideTest {

  private static final Path SOURCES =
      Path.of("..", "samples", "src/test/java/io/rioreactive/samples/netty");

  private static final Pattern JAVA = multiline("^```java\n(.*?)^```");
  private static final Pattern METHOD = multiline("^static .*?^}$");

  /** A part of the mapping, with the types it is for in its heading. */
  private static final Pattern SECTION = multiline("^### (`Udp\\w+`.*?|`Connection`)\n(.*?)(?=^#)");

  private static final Pattern ROW =
      multiline("^\\| ([^|]+) \\| (same name|other name|not needed|not there) \\| ([^|]+) \\|$");

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** {@code Type.method(Parameters)} or {@code Type.CONSTANT}, of this library. */
  private static final Pattern OURS =
      Pattern.compile(
          "`((?:Rio|Datagram|Drop|Pump|Membership|Truncation|Notification)\\w*)"
              + "\\.(\\w+)(\\([^)`]*\\))?`");

  private static Pattern multiline(String regex) {
    return Pattern.compile(regex, Pattern.MULTILINE | Pattern.DOTALL);
  }

  private static List<String> methodsIn(String source) {
    return METHOD.matcher(source).results().map(MatchResult::group).toList();
  }

  private static List<String> methodsOf(Class<?> examples) throws IOException {
    return methodsIn(
        Files.readString(SOURCES.resolve(examples.getSimpleName() + ".java"))
            .replace("\r\n", "\n")
            .replaceAll("(?m)^  ", ""));
  }

  @Test
  void eachExampleIsAMethodOfBeforeOrAfter() throws IOException {
    List<String> shown = new ArrayList<>();
    for (MatchResult block : JAVA.matcher(ComparisonTable.guide()).results().toList()) {
      List<String> methods = methodsIn(block.group(1));
      assertThat(String.join("\n\n", methods) + "\n").isEqualTo(block.group(1));
      shown.addAll(methods);
    }

    assertThat(shown)
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(methodsOf(Before.class), methodsOf(After.class))
                .flatMap(List::stream)
                .toList());
  }

  /** One or several of reactor-netty's methods, and what becomes of them. */
  private record Row(String section, Set<String> theirs, String fate, String ours) {}

  private static List<Row> mapping() throws IOException {
    return SECTION
        .matcher(ComparisonTable.guide())
        .results()
        .flatMap(
            section ->
                ROW.matcher(section.group(2))
                    .results()
                    .map(
                        row ->
                            new Row(
                                section.group(1),
                                codeIn(row.group(1)),
                                row.group(2),
                                row.group(3))))
        .toList();
  }

  private static Set<String> codeIn(String cell) {
    return CODE.matcher(cell)
        .results()
        .map(code -> code.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        UdpServer.class,
        UdpClient.class,
        UdpInbound.class,
        UdpOutbound.class,
        Connection.class
      })
  void eachPublicMethodOfReactorNettysIsInTheMapping(Class<?> type) throws IOException {
    List<String> mapped =
        mapping().stream()
            .filter(row -> row.section().contains("`" + type.getSimpleName() + "`"))
            .flatMap(row -> row.theirs().stream())
            .toList();

    assertThat(mapped).doesNotHaveDuplicates().hasSameElementsAs(signaturesOf(type));
  }

  private static Set<String> signaturesOf(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(method -> method.getDeclaringClass() != Object.class)
        .map(MigrationGuideTest::signature)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String signature(Method method) {
    return method.getName() + parametersOf(method);
  }

  private static String parametersOf(Method method) {
    return Arrays.stream(method.getParameterTypes())
        .map(Class::getSimpleName)
        .collect(Collectors.joining(", ", "(", ")"));
  }

  @Test
  void whatHasACounterpartNamesIt() throws IOException {
    for (Row row : mapping()) {
      Set<String> names =
          OURS.matcher(row.ours())
              .results()
              .map(ours -> ours.group(2))
              .collect(Collectors.toCollection(TreeSet::new));
      if (row.fate().equals("same name")) {
        assertThat(row.theirs())
            .as(row.toString())
            .allMatch(theirs -> names.contains(theirs.substring(0, theirs.indexOf('('))));
      } else if (row.fate().equals("other name")) {
        assertThat(names).as(row.toString()).isNotEmpty();
      }
    }
  }

  @Test
  void whatTheGuideNamesOfOursExists() throws IOException {
    List<String> missing =
        OURS.matcher(ComparisonTable.guide())
            .results()
            .filter(named -> !isThere(named))
            .map(MatchResult::group)
            .distinct()
            .toList();

    assertThat(missing).isEmpty();
  }

  private static boolean isThere(MatchResult named) {
    Class<?> type;
    try {
      type = Class.forName("io.rioreactive." + named.group(1));
    } catch (ClassNotFoundException e) {
      return false;
    }
    String parameters = named.group(3);
    return parameters == null
        ? Arrays.stream(type.getFields()).anyMatch(it -> it.getName().equals(named.group(2)))
        : Arrays.stream(type.getMethods())
            .anyMatch(it -> signature(it).equals(named.group(2) + parameters));
  }
}
