package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.Needs;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The queue of {@code windows-rio}. Over the double, closing it holds it to the report: nothing
 * that Windows forbids was done, and nothing is left.
 */
final class RioHarness extends KernelHarness {

  /** What the double had to say before. */
  private record Report(long violations, long live) {

    static Report now() {
      return RioDouble.isThere()
          ? new Report(RioDouble.count("violations"), RioDouble.count("live"))
          : new Report(0, 0);
    }
  }

  private static final @Nullable String PROVIDERS = System.getProperty("test.providers");

  private static @Nullable String reasonForNone;
  private static boolean isTriedOut;

  private final Report before;

  RioHarness() throws IOException {
    this(WaitMode.COMPLETION_PORT);
  }

  RioHarness(WaitMode waitMode) throws IOException {
    this(waitMode, Report.now());
  }

  private RioHarness(WaitMode waitMode, Report before) throws IOException {
    super(queue(waitMode));
    this.before = before;
  }

  private static CompletionQueue queue(WaitMode waitMode) throws IOException {
    need();
    return new WindowsRioKernel().open(waitMode);
  }

  /** Skips the test where there is no RIO, as in Wine; over the double there is. */
  static synchronized void need() {
    assumeTrue(
        PROVIDERS == null || List.of(PROVIDERS.split(",")).contains("windows-rio"),
        "-Dtest.providers leaves windows-rio out");
    if (!isTriedOut) {
      isTriedOut = true;
      try {
        new WindowsRioKernel().probe();
      } catch (IOException none) {
        reasonForNone = none.getMessage();
      }
    }
    if (reasonForNone != null && RioDouble.isThere()) {
      throw new AssertionError("the double was refused: " + reasonForNone);
    }
    Needs.need(reasonForNone == null, "RIO: " + reasonForNone);
  }

  @Override
  protected boolean isDrained(RequestQueue socket, List<Done> dequeuedLast) {
    return ((RioRequestQueue) socket).outstanding() == 0;
  }

  @Override
  public void close() {
    super.close();
    assertThat(Report.now())
        .as("the double: %s", RioDouble.isThere() ? RioDouble.report() : "none")
        .isEqualTo(before);
  }
}
