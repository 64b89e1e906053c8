package io.rioreactive.test.windows;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * A completion queue that Windows reports as broken ends the sockets of its pump and frees nothing
 * of theirs, since nobody can know any more what the kernel still writes to.
 */
@OnRioDouble
class BrokenQueueTest {

  @Test
  void aCorruptQueueEndsAllSocketsOfThePumpWithOneClearErrorAndFreesNothing() throws Exception {
    JvmRun run =
        JvmRun.of(
            BrokenQueueProgram.class,
            "warn",
            "",
            "fault corrupt-cq times 1",
            "COMPLETION_PORT",
            "EVENT",
            "POLLED");

    assertEachPumpEndedWith(run, 3, "RIODequeueCompletion", "RIO_CORRUPT_CQ");
    assertThat(run.numbers("freed")).containsExactly(0L, 0L, 0L);
    assertThat(run.reported("live")).as("what is left on purpose is said").isNotEmpty();
  }

  /** The queue itself goes on, so what the close of the sockets brings back is freed. */
  @Test
  void aNotificationThatCannotBeArmedEndsThemTheSameWay() throws Exception {
    JvmRun run =
        JvmRun.of(
            BrokenQueueProgram.class,
            "warn",
            "",
            "fault notify 10022 times 1",
            "COMPLETION_PORT",
            "EVENT");

    assertEachPumpEndedWith(run, 2, "RIONotify", "WSAEINVAL (10022)");
    assertThat(run.reported("live")).isEmpty();
  }

  private static void assertEachPumpEndedWith(
      JvmRun run, int pumps, String operation, String error) {
    assertThat(run.values("told")).hasSize(pumps).containsOnly("true");
    assertThat(run.values("receive"))
        .hasSize(2 * pumps)
        .allSatisfy(failure -> assertThat(failure).contains(operation, error))
        .containsOnly(run.values("receive").getFirst());
    assertThat(run.values("onDispose")).isEqualTo(run.values("receive"));
    assertThat(run.logged("ERROR"))
        .hasSize(pumps)
        .allSatisfy(
            line -> assertThat(line).contains("the pump is broken", "its 2 connections end"));
    assertThat(run.values("new pump")).hasSize(pumps).containsOnly("hello");
    assertThat(run.reported("violation")).isEmpty();
  }
}
