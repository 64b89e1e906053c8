package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Which CPU a pump of a group is given. None of these is bound to it: that comes with a socket. */
@EnabledOnOs(OS.LINUX)
class PumpCpuTest {

  private static OptionalInt cpu(int number) {
    return OptionalInt.of(number);
  }

  @Test
  void eachHasTheNextOneAndThenItBeginsAgain() throws IOException {
    PumpGroup group = PumpGroup.create().size(5).cpuAffinity(7, 3);
    try {
      for (int expected : new int[] {7, 3, 7, 3, 7}) {
        assertThat(group.next().cpu()).isEqualTo(cpu(expected));
      }
    } finally {
      group.dispose();
    }
  }

  @Test
  void whoeverComesForOneThatEndedHasItsCpu() throws IOException {
    PumpGroup group = PumpGroup.create().size(3).cpuAffinity(7, 3, 5);
    try {
      group.next();
      Pump ending = group.next();
      group.next();
      ending.end();
      await().until(() -> !ending.isUsable());

      assertThat(group.next().cpu()).isEqualTo(cpu(3));
    } finally {
      group.dispose();
    }
  }

  @Test
  void withoutItAPumpRunsAnywhere() throws IOException {
    PumpGroup group = PumpGroup.create().cpuAffinity(7).cpuAffinity();
    try {
      assertThat(group.next().cpu()).isEmpty();
    } finally {
      group.dispose();
    }
  }
}
