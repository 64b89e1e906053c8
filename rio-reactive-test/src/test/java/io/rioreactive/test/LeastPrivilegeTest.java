package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the library does without, and what it says where it cannot. */
@EnabledOnOs(OS.LINUX)
@Tag("endurance")
@Timeout(300)
class LeastPrivilegeTest {

  /** Small, as where memory is short too. */
  private static final List<String> JVM =
      List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private static final int LITTLE_LOCKED_MEMORY = 65_536;

  @TempDir Path folder;

  private static List<String> run(Sandbox sandbox, String... args) throws Exception {
    return sandbox.run(OtherJvm.command(JVM, ConfinedProgram.class, args));
  }

  /** The line of that argument has these in it. */
  private static void assertSaid(List<String> lines, String arg, String... parts) {
    assertThat(lines)
        .filteredOn(line -> line.startsWith(arg + ": "))
        .as("of %s, in %s", arg, lines)
        .singleElement()
        .asString()
        .contains(parts);
  }

  @Test
  void anOrdinaryUserInADockerContainerWithAReadOnlyFileSystemAndLittleOfAll() throws Exception {
    List<String> lines =
        run(
            Sandbox.in(folder)
                .asDocker()
                .readOnly()
                .ownNetwork()
                .files(64)
                .locked(LITTLE_LOCKED_MEMORY),
            "echo:linux-mmsg",
            "echo:nio",
            "echo:auto",
            "echo:linux-uring",
            "port:linux-mmsg",
            "port:nio",
            "descriptors:linux-mmsg",
            "descriptors:nio");

    assertThat(lines).contains("cannot write");
    assertSaid(lines, "echo:linux-mmsg", "echoed by linux-mmsg");
    assertSaid(lines, "echo:nio", "echoed by nio");
    assertSaid(lines, "echo:auto", "echoed by linux-mmsg");
    assertSaid(lines, "echo:linux-uring", "refused: ", "seccomp", "use linux-mmsg");
    for (String provider : List.of("linux-mmsg", "nio")) {
      assertSaid(
          lines,
          "port:" + provider,
          "refused: ",
          "CAP_NET_BIND_SERVICE",
          "ip_unprivileged_port_start");
      assertSaid(
          lines,
          "descriptors:" + provider,
          "bound some, refused: ",
          "ulimit -n",
          "then echoed by " + provider);
    }
  }

  @Test
  void withoutProcAndWithLittleLockedMemory() throws Exception {
    List<String> lines =
        run(
            Sandbox.in(folder).withoutProc().locked(LITTLE_LOCKED_MEMORY),
            "echo:linux-mmsg",
            "echo:nio",
            "echo:linux-uring");

    assertThat(lines).contains("has no /proc");
    assertSaid(lines, "echo:linux-mmsg", "echoed by linux-mmsg");
    assertSaid(lines, "echo:nio", "echoed by nio");
    Needs.provider("linux-uring");
    assertThat(lines)
        .anyMatch(
            line ->
                line.equals("echo:linux-uring: echoed by linux-uring")
                    || (line.startsWith("echo:linux-uring: refused: ")
                        && line.contains("ulimit -l")));
  }

  @ParameterizedTest
  @CsvSource({"recvmmsg, EPERM", "sendmmsg, ENOSYS"})
  void whereACallIsForbiddenTheProviderSaysSoAndAutoTakesAnother(String call, String error)
      throws Exception {
    List<String> lines =
        run(Sandbox.in(folder).denied(call, error), "echo:linux-mmsg", "echo:auto");

    assertSaid(
        lines,
        "echo:linux-mmsg",
        "refused: provider linux-mmsg does not work here",
        error,
        "seccomp");
    assertSaid(lines, "echo:auto", "echoed by nio");
  }
}
