package io.rioreactive.kernel.nio;

import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.util.List;

/** The queue of {@code nio}. */
final class NioHarness extends KernelHarness {

  NioHarness(WaitMode waitMode) throws IOException {
    super(new NioKernel().open(waitMode));
  }

  @Override
  protected boolean isDrained(RequestQueue socket, List<Done> dequeuedLast) {
    return dequeuedLast.isEmpty();
  }
}
