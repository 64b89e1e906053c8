package io.rioreactive.test.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.test.Needs;
import io.rioreactive.test.OtherJvm;
import io.rioreactive.test.ProvidersUnderTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A server that nobody disposes of serves on, and the process ends as others do. */
@Tag("endurance")
@EnabledOnOs(OS.LINUX)
class LeakedPumpTest {

  private static final long SECONDS = 50;

  @TempDir Path folder;

  @Test
  void pumpsThatNobodyEndsCrashNothing() throws Exception {
    List<String> providers = ProvidersUnderTest.names().toList();
    providers.forEach(Needs::provider);
    Path output = folder.resolve("output");
    List<String> command =
        OtherJvm.command(
            List.of("-Dio.rioreactive.guard=true", "-XX:ErrorFile=" + folder.resolve("crash")),
            LeakedPumpProgram.class,
            providers.toArray(String[]::new));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean hasEnded = process.waitFor(SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();

    String printed = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(hasEnded).as("ended within %d s: %s", SECONDS, printed).isTrue();
    assertThat(process.exitValue()).as("exit status: %s", printed).isZero();
    assertThat(folder.resolve("crash")).doesNotExist();
    assertThat(printed.lines())
        .containsAll(providers.stream().map(each -> each + " answers: 10 of 10").toList())
        .endsWith("main ends");
  }
}
