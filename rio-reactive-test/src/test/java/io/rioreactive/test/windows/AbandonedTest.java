package io.rioreactive.test.windows;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Receives that have not come back ten seconds after the close: their memory is given up, not
 * freed, and that is said.
 */
@OnRioDouble
class AbandonedTest {

  private static final Long SLAB = 32 * 2_048L;

  @ParameterizedTest
  @ValueSource(strings = {"late", "never"})
  void memoryThatTheKernelMayWriteToIsNotFreed(String comesBack) throws Exception {
    JvmRun run =
        JvmRun.of(
            AbandonedProgram.class, "warn", "", comesBack, "COMPLETION_PORT", "EVENT", "POLLED");

    assertThat(run.values("closed before the limit")).containsExactly("false", "false", "false");
    assertThat(run.values("closed at the limit")).containsExactly("true", "true", "true");
    assertThat(run.values("posted")).containsExactly("32", "32", "32");
    assertThat(run.logged("ERROR"))
        .hasSize(3)
        .allSatisfy(
            line ->
                assertThat(line)
                    .contains("32 receives and 0 sends have not come back 10 s after close")
                    .contains("stays allocated on purpose"));
    assertThat(run.numbers("registered after")).hasSize(3).allMatch(bytes -> bytes >= SLAB);
    assertThat(run.reported("violation")).isEmpty();
    if (comesBack.equals("never")) {
      assertThat(run.numbers("registered at the end"))
          .as("more with each one that was given up")
          .isSorted()
          .doesNotHaveDuplicates()
          .allMatch(bytes -> bytes >= SLAB);
      assertThat(run.numbers("queues at the end"))
          .as("one more stays with each: its results may still be written")
          .containsExactly(1L, 2L, 3L);
      assertThat(run.reported("live")).as("what was given up").isNotEmpty();
    } else {
      assertThat(run.values("answer")).hasSize(9).containsOnly("hello");
      assertThat(run.numbers("registered at the end")).containsExactly(0L, 0L, 0L);
      assertThat(run.numbers("queues at the end")).containsExactly(0L, 0L, 0L);
      assertThat(run.reported("live")).isEmpty();
    }
  }
}
