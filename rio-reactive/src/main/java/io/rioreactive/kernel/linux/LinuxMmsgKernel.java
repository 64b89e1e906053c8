package io.rioreactive.kernel.linux;

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
 * The provider {@code linux-mmsg}: {@code recvmmsg} and {@code sendmmsg} on Linux, x86-64 and
 * aarch64.
 *
 * <p>{@link WaitMode#COMPLETION_PORT} and {@link WaitMode#EVENT} are the same here: the pump sleeps
 * in {@code epoll_wait}. With {@link WaitMode#POLLED} it asks without waiting.
 *
 * <p>Stateless; any thread.
 */
public final class LinuxMmsgKernel implements Kernel {

  /** Makes the provider. Nothing native is touched before {@link #probe} or {@link #open}. */
  public LinuxMmsgKernel() {}

  @Override
  public String name() {
    return "linux-mmsg";
  }

  @Override
  public Map<Feature, Support> features() {
    return Map.of(
        Feature.PACKET_INFO, Support.YES,
        Feature.REPLY_SOURCE, Support.YES,
        Feature.KERNEL_DROPS, Support.YES,
        Feature.TRUE_LENGTH, Support.YES,
        Feature.UNREACHABLE, Support.YES,
        Feature.SEGMENTATION, Support.YES,
        Feature.COALESCING, Support.YES,
        Feature.PUMPS, Support.YES,
        Feature.CPU_AFFINITY, Support.YES);
  }

  @Override
  public void pin(int cpu) throws IOException {
    CpuAffinity.pin(name(), cpu);
  }

  @Override
  public CompletionQueue open(WaitMode waitMode) throws IOException {
    if (Architecture.current().isEmpty()) {
      throw new IOException(
          name() + " knows the system calls of x86-64 and aarch64, this is another processor");
    }
    return NativeLibrary.open(
        name(),
        "Linux's C library",
        arena -> new MmsgCompletionQueue(waitMode, arena, new LibC(arena)));
  }

  @Override
  public void probe() throws IOException {
    LoopbackProbe.run(this);
  }
}
