package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.Needs;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;

/** The queue of {@code linux-uring} on a C library whose failures a test can plan. */
final class UringHarness extends KernelHarness {

  final PlannedLibC libc;

  UringHarness() throws IOException {
    this(WaitMode.COMPLETION_PORT);
  }

  UringHarness(WaitMode waitMode) throws IOException {
    this(waitMode, arena());
  }

  private static Arena arena() {
    needUring();
    return Arena.ofConfined();
  }

  private UringHarness(WaitMode waitMode, Arena arena) throws IOException {
    this(waitMode, arena, new PlannedLibC(arena));
  }

  private UringHarness(WaitMode waitMode, Arena arena, PlannedLibC libc) throws IOException {
    super(new UringCompletionQueue(waitMode, arena, libc));
    this.libc = libc;
  }

  /** Sandboxes forbid it, and old kernels lack it. */
  static void needUring() {
    try {
      new LinuxUringKernel().probe();
    } catch (IOException refused) {
      Needs.need(false, "io_uring: " + refused.getMessage());
    }
  }

  @Override
  protected boolean isDrained(RequestQueue socket, List<Done> dequeuedLast) {
    return dequeuedLast.isEmpty();
  }
}
