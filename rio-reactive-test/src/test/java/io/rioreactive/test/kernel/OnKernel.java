package io.rioreactive.test.kernel;

import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.Support;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import org.junit.jupiter.api.Timeout;

/** A part of the contract: which kernel it runs on is for the implementing class to say. */
@Timeout(60)
interface OnKernel {

  /** The same for the whole of a test. */
  Kernel kernel();

  /** How queues wait where a rule is not about that. */
  default WaitMode waitMode() {
    return WaitMode.COMPLETION_PORT;
  }

  /** Whether posted receives can be taken back; else the kernel may write to them at any time. */
  boolean withdrawsPosts();

  /** A queue of the kernel, owned by the calling thread. */
  default TestPump open() throws IOException {
    return new TestPump(kernel(), waitMode());
  }

  /** Whether the kernel says that it can. */
  default boolean can(Feature feature) {
    return kernel().features().get(feature) == Support.YES;
  }
}
