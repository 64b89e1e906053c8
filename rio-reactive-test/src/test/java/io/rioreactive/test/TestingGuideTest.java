package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The examples of docs/TESTING.md are the tests of the package {@code guide}, word for word; each
 * of them runs on the network and, with {@code rio.real}, on the sockets of this machine.
 */
@Timeout(120)
@Tag("once")
class TestingGuideTest {

  private static final Path GUIDE = Path.of("..", "docs", "TESTING.md");
  private static final Path EXAMPLES =
      Path.of("..", "rio-reactive-test", "src/test/java/io/rioreactive/test/guide");

  private static final Pattern JAVA =
      Pattern.compile("^```java\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  private static List<String> classesOfTheGuide() throws IOException {
    return JAVA.matcher(Files.readString(GUIDE))
        .results()
        .map(block -> block.group(1))
        .filter(block -> block.startsWith("import "))
        .toList();
  }

  private static List<String> examples() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files.map(TestingGuideTest::withoutPackage).toList();
    }
  }

  private static String withoutPackage(Path file) {
    try {
      return Files.readString(file).replaceFirst("^package .*;\\R\\R", "").replace("\r\n", "\n");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyClassOfTheGuideIsATest() throws IOException {
    assertThat(classesOfTheGuide()).containsExactlyInAnyOrderElementsOf(examples());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EchoTest",
        "RequestPostsReceivesTest",
        "SlowConsumerTest",
        "LossyLinkTest",
        "TimeoutTest",
        "ServerRestartTest"
      })
  void runsOnRealSocketsToo(String name) throws ClassNotFoundException {
    Class<?> example = Class.forName("io.rioreactive.test.guide." + name);
    assumeTrue(
        !List.of("SlowConsumerTest", "ServerRestartTest").contains(name) || isToldByTheKernel(),
        "the provider here tells neither drops nor what was not delivered");

    List<JupiterRun.Outcome> simulated = JupiterRun.of(example).outcomes();
    List<JupiterRun.Outcome> real = JupiterRun.of(example, Map.of("rio.real", "true")).outcomes();

    assertThat(simulated).isNotEmpty().allMatch(JupiterRun.Outcome::isSuccessful);
    assertThat(real).isNotEmpty().allMatch(JupiterRun.Outcome::isSuccessful);
  }

  private static boolean isToldByTheKernel() {
    RioConnection server = RioUdpServer.create().bindNow();
    try {
      return server.stats().kernelDrops().isPresent();
    } finally {
      server.disposeNow();
    }
  }
}
