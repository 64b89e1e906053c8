package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A name whose address changes under load, and which stops resolving for a while. */
@EnabledOnOs(OS.LINUX) // which has all of 127.0.0.0/8
@Tag("once")
class MovingNameTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"linux-mmsg", "linux-uring", "nio"})
  void theClientFollowsTheNameAndStaysWhereItIsWhileThereIsNone(String provider) throws Exception {
    Needs.provider(provider);
    Path hosts = folder.resolve("hosts");
    Path cache = folder.resolve("no-cache");
    Files.writeString(cache, "networkaddress.cache.ttl=0\nnetworkaddress.cache.negative.ttl=0\n");
    List<String> command =
        OtherJvm.command(
            List.of("-Djdk.net.hosts.file=" + hosts, "-Djava.security.properties=" + cache),
            MovingNameProgram.class,
            provider,
            hosts.toString());

    assertThat(ProcessRun.of(command).lines()).contains("at 127.0.0.1", "reconnects 2", "failed 0");
  }
}
