package io.rioreactive.test.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.test.Needs;
import io.rioreactive.test.OtherJvm;
import io.rioreactive.test.ProcessRun;
import io.rioreactive.test.ProvidersUnderTest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A server that nobody disposes of serves on, and the process ends as others do. */
@Tag("endurance")
@EnabledOnOs(OS.LINUX)
class LeakedPumpTest {

  @TempDir Path folder;

  @Test
  void pumpsThatNobodyEndsCrashNothing() throws Exception {
    List<String> providers = ProvidersUnderTest.names().toList();
    providers.forEach(Needs::provider);
    List<String> command =
        OtherJvm.command(
            List.of("-Dio.rioreactive.guard=true", "-XX:ErrorFile=" + folder.resolve("crash")),
            LeakedPumpProgram.class,
            providers.toArray(String[]::new));
    ProcessRun run = ProcessRun.of(command);

    assertThat(run.status()).as("exit status: %s", run).isZero();
    assertThat(folder.resolve("crash")).doesNotExist();
    assertThat(run.lines())
        .containsAll(providers.stream().map(each -> each + " answers: 10 of 10").toList())
        .endsWith("main ends");
  }
}
