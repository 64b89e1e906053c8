package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.RioSupport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nobody fills the log by sending, at debug level neither; and what was sent is not in it. */
@Tag("endurance")
@Timeout(150)
class LogFloodTest {

  private static final long SECONDS = 120;

  @TempDir Path folder;

  @Test
  void aFloodIsAFewLinesASecondAndNeverQuoted() throws Exception {
    List<String> providers =
        RioSupport.providers().stream()
            .filter(each -> each.available() && ProvidersUnderTest.contains(each.name()))
            .map(RioSupport.Provider::name)
            .toList();
    List<String> command =
        OtherJvm.command(
            List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=debug"),
            List.of("org.slf4j.simple.SimpleLogger"), // by itself the library writes nowhere
            LogFloodProgram.class,
            providers.toArray(String[]::new));
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();

    assertThat(ended).as(Files.readString(output)).isTrue();
    assertThat(providers).isNotEmpty();
    assertThat(Files.readAllLines(output))
        .containsAll(
            providers.stream()
                .map(each -> each + ": few lines, left out told, payload not quoted")
                .toList());
  }
}
