package io.rioreactive.kernel.windows;

import io.rioreactive.ffm.NativeLibrary;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.LoopbackProbe;
import io.rioreactive.kernel.Support;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.util.Map;

/**
 * The provider {@code windows-rio}: Registered I/O on 64-bit Windows 8 and Server 2012 or newer.
 *
 * <p>{@link WaitMode#COMPLETION_PORT} sleeps on a completion port, {@link WaitMode#EVENT} on an
 * event, and {@link WaitMode#POLLED} never: it spins, or yields the core between two looks where
 * the system property {@value RioPolling#YIELD_PROPERTY} is {@code true}.
 *
 * <p>What is posted stays posted until a datagram comes or the socket is closed.
 *
 * <p>Stateless; any thread.
 */
public final class WindowsRioKernel implements Kernel {

  /** Makes the provider. Nothing native is touched before {@link #probe} or {@link #open}. */
  public WindowsRioKernel() {}

  @Override
  public String name() {
    return "windows-rio";
  }

  @Override
  public Map<Feature, Support> features() {
    return Map.of(
        Feature.PACKET_INFO, Support.YES,
        Feature.REPLY_SOURCE, Support.YES,
        Feature.KERNEL_DROPS, Support.NO,
        Feature.TRUE_LENGTH, Support.NO,
        Feature.UNREACHABLE, Support.NO,
        Feature.SEGMENTATION, Support.NO,
        Feature.COALESCING, Support.NO,
        Feature.PUMPS, Support.NO,
        Feature.CPU_AFFINITY, Support.NO);
  }

  @Override
  public CompletionQueue open(WaitMode waitMode) throws IOException {
    return NativeLibrary.open(
        name(), "64-bit Windows", arena -> RioCompletionQueue.open(waitMode, arena));
  }

  /**
   * The whole way of a datagram, since some products let the functions be found and refuse the
   * request queue.
   */
  @Override
  public void probe() throws IOException {
    LoopbackProbe.run(this);
  }
}
