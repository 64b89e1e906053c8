package io.rioreactive.samples.rioprobe;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.samples.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * All questions are asked of the double of RIO, in a process of its own: the double reports the
 * rules that are broken on purpose, and would report any other.
 */
@EnabledIfSystemProperty(
    named = RioProbeOnTheDoubleTest.WINSOCK,
    matches = ".*rio_double.*",
    disabledReason = "needs the double of RIO")
@Timeout(300)
class RioProbeOnTheDoubleTest {

  static final String WINSOCK = "io.rioreactive.winsock";

  /** Flags of a socket, a second request queue, a short address slice, a receive before bind. */
  private static final List<String> BROKEN_ON_PURPOSE = List.of("2", "4", "11", "24");

  @TempDir private Path folder;

  @Test
  void allIsAskedAndNoOtherRuleIsBroken() throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process probe = start(out, err);
    try {
      assertThat(probe.waitFor(240, TimeUnit.SECONDS)).isTrue();
    } finally {
      probe.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
    String table = Files.readString(out);
    String report = Files.readString(err);

    assertThat(probe.exitValue()).as(report).isZero();
    assertThat(table).contains("rio_double.dll. They prove nothing about Windows.");
    assertThat(confirmed(table))
        .contains(
            "WSAIoctl hands out the table of RIO functions",
            "RIOCreateRequestQueue refuses a socket made without WSA_FLAG_REGISTERED_IO",
            "A second request queue on one socket is refused",
            "RIOReceiveEx is refused on a socket that is not bound",
            "A datagram of length 0 completes a receive with status 0 and 0 bytes",
            "Datagrams that come before the request queue is made wait too",
            "An address slice of 16 bytes, enough for IPv4, is refused or fails",
            "RIOSendEx of a slice of length 0 sends an empty datagram",
            "RIOSendEx without an address goes to the peer of a connected socket",
            "A second connect changes the peer and leaves posted receives posted",
            "RIOResizeCompletionQueue is allowed while a notify is armed, and the notify comes",
            "10,000 registrations of one page each are made",
            "One registration of 200 MiB is made");
    assertThat(report).containsPattern("rio-double: violations=\\d+ live=0\\s");
    assertThat(rulesBroken(report)).containsExactlyInAnyOrderElementsOf(BROKEN_ON_PURPOSE);
  }

  private static List<String> confirmed(String table) {
    return Pattern.compile("^\\| (.*?) \\| .* \\| confirmed \\|", Pattern.MULTILINE)
        .matcher(table)
        .results()
        .map(row -> row.group(1))
        .toList();
  }

  private static List<String> rulesBroken(String report) {
    return Pattern.compile("^violation: (\\d+) ", Pattern.MULTILINE)
        .matcher(report)
        .results()
        .map(violation -> violation.group(1))
        .distinct()
        .toList();
  }

  private static Process start(Path out, Path err) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-D" + WINSOCK + "=" + System.getProperty(WINSOCK),
            "-cp",
            System.getProperty("java.class.path"),
            Samples.class.getName(),
            "rio-probe");
    // Without a file of its own the report goes to standard error; modes are for the tests.
    builder.environment().keySet().removeIf(name -> name.startsWith("RIO_DOUBLE_"));
    return builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
  }
}
