package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tests of {@link RioTest}, as they were compiled here, pass on JUnit 6 too: in a JVM of its
 * own, with the console that the build has fetched.
 */
@Timeout(180)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "JUnit is the same there, and JVMs start slowly")
@Tag("once")
class JUnit6Test {

  private static final Path CONSOLE = Path.of("target", "junit-6", "junit-6.jar");

  private static final List<String> TESTS =
      List.of(
          "io.rioreactive.test.RioTestChecksTest",
          "io.rioreactive.test.RioTestParametersTest",
          "io.rioreactive.test.guide.LossyLinkTest");

  /** Besides JUnit, what the tests use that users of the library alone do not have. */
  private static final List<String> TOOLS =
      List.of(
          "io.rioreactive.test.RioTest",
          "io.rioreactive.test.JUnit6Test",
          "reactor.test.StepVerifier",
          "org.assertj.core.api.Assertions",
          "net.bytebuddy.ByteBuddy");

  @Test
  void theTestsOfTheExtensionPass(@TempDir Path folder) throws Exception {
    assumeTrue(Files.exists(CONSOLE), "the build has not fetched JUnit 6");
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(150, TimeUnit.SECONDS)).as("it ends").isTrue();
      String text = Files.readString(output);
      assertThat(process.exitValue()).as(text).isZero();
      assertThat(text).containsPattern("[1-9]\\d tests successful").contains(" 0 tests failed");
    } finally {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static List<String> command() {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-ea",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath(),
                "org.junit.platform.console.ConsoleLauncher",
                "execute",
                "--disable-banner",
                "--disable-ansi-colors",
                "--details=tree"));
    TESTS.forEach(test -> command.add("--select-class=" + test));
    return command;
  }

  private static String classPath() {
    return Stream.concat(
            Stream.of(CONSOLE.toAbsolutePath().toString(), ReadmeTest.classPath()),
            TOOLS.stream().map(ReadmeTest::placeOf))
        .reduce((all, next) -> all + File.pathSeparator + next)
        .orElseThrow();
  }
}
