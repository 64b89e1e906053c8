package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing blocks on a pump but a handler that does, in the eyes of BlockHound. */
@Timeout(120)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the JDK there has no agents, and starts slowly")
@Tag("once")
class BlockHoundTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"linux-mmsg", "linux-uring", "nio"})
  void aServerUnderTrafficBlocksNowhereAndAHandlerThatSleepsIsReported(String provider)
      throws Exception {
    Needs.provider(provider);
    List<String> command =
        OtherJvm.command(
            List.of(
                "-XX:+AllowRedefinitionToAddDeleteMethods",
                "-XX:+EnableDynamicAgentLoading",
                "-Djdk.attach.allowAttachSelf=true"),
            List.of("reactor.blockhound.BlockHound"),
            BlockHoundProgram.class,
            provider,
            folder.resolve("wire.pcap").toString());

    assertThat(ProcessRun.of(command).lines())
        .contains("under traffic: 0 reports")
        .anyMatch(line -> line.startsWith("a handler that sleeps: java.lang.Thread.sleep"));
  }
}
