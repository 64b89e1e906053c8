package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.RioSupport;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody fills the log by sending, at debug level neither; and what was sent is not in it. */
@Tag("endurance")
@Timeout(150)
class LogFloodTest {

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

    assertThat(providers).isNotEmpty();
    assertThat(ProcessRun.of(command).lines())
        .containsAll(
            providers.stream()
                .map(each -> each + ": few lines, left out told, payload not quoted")
                .toList());
  }
}
