package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * On a machine with other interfaces than this one: a network of its own, where Linux lets a user
 * make one and knows virtual Ethernet. Many containers do not, so without it is no failure.
 */
@EnabledOnOs(OS.LINUX)
@Tag("once")
class NetworkNamespaceTest {

  /**
   * The loopback interface, one that is down, one that is up, and one that is up with no groups.
   */
  private static final String SETUP =
      """
      ip link set lo up
      ip link add down0 type veth peer name down1 && ip address add 10.9.1.1/24 dev down0
      ip link add up0 type veth peer name up1
      ip link set up0 up && ip link set up1 multicast off && ip link set up1 up
      ip address add 10.9.2.1/24 dev up0 && ip address add 10.9.3.1/24 dev up1
      """;

  /** By a shell, which says so where there is no such program. */
  private static final String IN_NAMESPACE = "exec unshare -rn sh -ec \"$@\"";

  @ParameterizedTest
  @ValueSource(strings = {"linux-mmsg", "linux-uring", "nio"})
  void aGroupIsJoinedWhereThatCanBeAndElseSaysWhyNot(String provider) throws Exception {
    Needs.provider(provider);
    List<String> lines =
        runInNamespace(
            SETUP,
            JoinProgram.class,
            provider,
            "lo",
            "up0",
            "down0",
            "10.9.1.1",
            "up1",
            "gone0",
            "any");

    assertThat(lines)
        .contains("lo: joined", "up0: joined")
        .anyMatch(line -> line.startsWith("down0: ") && line.contains("on down0") && isDown(line))
        .anyMatch(line -> line.startsWith("10.9.1.1: ") && isDown(line))
        .anyMatch(line -> line.startsWith("up1: ") && line.contains("has no multicast"))
        .anyMatch(line -> line.startsWith("gone0: ") && line.contains("it has"))
        .anyMatch(line -> line.startsWith("any: ") && line.contains("no route to the group"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux-mmsg", "linux-uring"})
  void aClientTellsThePathMtuAndWhatIsLongerIsRefusedUnfragmented(String provider)
      throws Exception {
    Needs.provider(provider);
    String setup = "ip link set lo mtu 1400 && ip link set lo up\n";

    assertThat(runInNamespace(setup, PathMtuProgram.class, provider, "1372", "1373", "10"))
        .contains("path MTU OptionalInt[1400]", "sent 2")
        .anyMatch(line -> line.startsWith("dropped: ") && line.contains("TOO_LARGE"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux-mmsg", "linux-uring"})
  void aRunThatThePathDoesNotTakeIsSentDatagramByDatagram(String provider) throws Exception {
    Needs.provider(provider);
    String setup = "ip link set lo mtu 1400 && ip link set lo up\n";

    assertThat(runInNamespace(setup, RunsProgram.class, provider, "1372", "1373", "2000"))
        .contains(
            "1372 bytes: as they were sent",
            "1373 bytes: as they were sent",
            "2000 bytes: as they were sent",
            "failed 0");
  }

  private static boolean isDown(String line) {
    return line.contains("the network interface is down");
  }

  /** What a program printed in a network that was set up so. */
  private List<String> runInNamespace(String setup, Class<?> program, String... args)
      throws IOException, InterruptedException {
    List<String> complaints = ProcessRun.of(List.of("sh", "-c", IN_NAMESPACE, "sh", setup)).lines();
    if (!complaints.isEmpty()) {
      abort("this machine lets nobody have such a network: " + complaints);
    }
    List<String> command = new ArrayList<>(List.of("sh", "-c", IN_NAMESPACE, "sh"));
    command.add(setup + "exec \"$@\"");
    command.add("sh");
    command.addAll(OtherJvm.command(List.of(), program, args));
    return ProcessRun.of(command).lines();
  }
}
