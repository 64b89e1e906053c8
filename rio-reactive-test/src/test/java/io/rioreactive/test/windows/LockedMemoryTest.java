package io.rioreactive.test.windows;

import static java.util.regex.Pattern.compile;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a socket keeps locked is what the debug line at bind says: a sum, and its addends. */
@OnRioDouble
class LockedMemoryTest {

  private static final long PAGE = 4_096;

  /** {@code sizeof(SOCKADDR_INET)}: the least that an address area has. */
  private static final long ADDRESS = 28;

  /** {@code sizeof(RIORESULT)}. */
  private static final long RESULT = 24;

  private static final Pattern LINE =
      compile(
          "bound by windows-rio: locked memory (\\d+) bytes = receive slots (\\d+)"
              + " \\+ send slots (\\d+) \\+ completion queue (\\d+)");

  private static final int[][] SOCKETS = {
    {1_024, 256, 2_048}, {1_000, 10, 5_000}, {1, 1, 1}, {3, 2, 65_000}
  };

  @Test
  void theDebugLineAtBindHasTheSum() throws Exception {
    String[] arguments =
        IntStream.range(0, 3 * SOCKETS.length)
            .mapToObj(i -> Integer.toString(SOCKETS[i / 3][i % 3]))
            .toArray(String[]::new);

    JvmRun run = JvmRun.of(LockedMemoryProgram.class, "debug", "", arguments);

    MatchResult[] lines = LINE.matcher(run.log()).results().toArray(MatchResult[]::new);
    assertThat(lines).as("the lines in %s", run.log()).hasSameSizeAs(SOCKETS);
    for (int i = 0; i < lines.length; i++) {
      assertSum(lines[i], SOCKETS[i], run.numbers("registered").get(i));
      assertThat(run.numbers("registrations").get(i)).isEqualTo(1 + SOCKETS[i][1]);
    }
  }

  private static void assertSum(MatchResult line, int[] socket, long registered) {
    long all = Long.parseLong(line.group(1));
    long receives = Long.parseLong(line.group(2));
    long sends = Long.parseLong(line.group(3));
    long queue = Long.parseLong(line.group(4));
    assertThat(all).as(line.group()).isEqualTo(receives + sends + queue);

    long receiveSlots = socket[0];
    long sendSlots = socket[1];
    long size = socket[2];
    assertThat(sends).as(line.group()).isEqualTo(sendSlots * inPages(size + ADDRESS));
    assertThat(receives)
        .as(line.group())
        .isBetween(receiveSlots * (size + ADDRESS), inPages(receiveSlots * (size + ADDRESS + 128)));
    assertThat(queue).as(line.group()).isGreaterThanOrEqualTo((receiveSlots + sendSlots) * RESULT);
    assertThat(receives + sends - registered)
        .as("whole pages are locked: less than a page more than was registered")
        .isBetween(0L, PAGE - 1);
  }

  private static long inPages(long bytes) {
    return (bytes + PAGE - 1) / PAGE * PAGE;
  }
}
