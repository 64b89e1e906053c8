package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;

/** The queue of {@code linux-mmsg} on a C library whose failures a test can plan. */
final class MmsgHarness extends KernelHarness {

  final PlannedLibC libc;

  MmsgHarness() throws IOException {
    this(WaitMode.COMPLETION_PORT);
  }

  MmsgHarness(WaitMode waitMode) throws IOException {
    this(waitMode, Arena.ofConfined());
  }

  private MmsgHarness(WaitMode waitMode, Arena arena) throws IOException {
    this(waitMode, arena, new PlannedLibC(arena));
  }

  private MmsgHarness(WaitMode waitMode, Arena arena, PlannedLibC libc) throws IOException {
    super(queue(waitMode, arena, libc));
    this.libc = libc;
  }

  private static CompletionQueue queue(WaitMode waitMode, Arena arena, PlannedLibC libc)
      throws IOException {
    return new MmsgCompletionQueue(waitMode, arena, libc);
  }

  @Override
  protected boolean isDrained(RequestQueue socket, List<Done> dequeuedLast) {
    return dequeuedLast.isEmpty();
  }
}
