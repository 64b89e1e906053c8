package io.rioreactive.kernel.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.RequestQueue;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** In tests whatever the system is given to write to stands between pages nobody may touch. */
@EnabledOnOs(OS.LINUX)
@Timeout(30)
class GuardPagesTest {

  @Test
  void slotsOfMmsgAreGuarded() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      assertThatSlotsAreGuarded(harness);
    }
  }

  @Test
  void slotsOfUringAreGuarded() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      assertThatSlotsAreGuarded(harness);
    }
  }

  /** Of one page and of many. */
  private static void assertThatSlotsAreGuarded(KernelHarness harness) throws IOException {
    for (int slots : new int[] {1, 300}) {
      RequestQueue socket = harness.open(slots, slots, 1_200);
      assertThatIsGuarded(socket.receiveSlots().memory());
      assertThatIsGuarded(socket.sendSlots().memory());
    }
  }

  private static void assertThatIsGuarded(MemorySegment memory) throws IOException {
    memory.fill((byte) 1);
    List<Range> ranges = ranges();
    Range own = ranges.stream().filter(each -> each.holds(memory)).findFirst().orElseThrow();
    assertThat(own.rights()).isEqualTo("rw-p");
    assertThat(own.end())
        .as("the memory's end is its mapping's, with -Dio.rioreactive.guard=true as the build says")
        .isEqualTo(memory.address() + memory.byteSize());
    assertThat(ranges)
        .as("what no right is given to, before and behind %s", own)
        .anyMatch(each -> each.end() == own.begin() && each.rights().equals("---p"))
        .anyMatch(each -> each.begin() == own.end() && each.rights().equals("---p"));
  }

  /** A line of /proc/self/maps: {@code 7f1c2a000000-7f1c2a010000 ---p …}. */
  private record Range(long begin, long end, String rights) {

    static Range of(String line) {
      String[] words = line.split(" ", 3);
      String[] bounds = words[0].split("-", 2);
      return new Range(
          Long.parseUnsignedLong(bounds[0], 16), Long.parseUnsignedLong(bounds[1], 16), words[1]);
    }

    boolean holds(MemorySegment memory) {
      return begin <= memory.address() && memory.address() < end;
    }
  }

  private static List<Range> ranges() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.map(Range::of).toList();
    }
  }
}
