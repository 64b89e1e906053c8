package io.rioreactive.kernel.linux;

import io.rioreactive.ffm.NativeLibrary;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.LoopbackProbe;
import io.rioreactive.kernel.Support;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/**
 * The provider {@code linux-uring}: receives by io_uring and sends by {@code sendmmsg}, on Linux
 * 6.1 and later, x86-64 and aarch64. Never chosen unless it is asked for.
 *
 * <p>{@link WaitMode#COMPLETION_PORT} and {@link WaitMode#EVENT} are the same here: the pump sleeps
 * in the ring. With {@link WaitMode#POLLED} it looks at the ring's memory without waiting.
 *
 * <p>Stateless; any thread.
 */
public final class LinuxUringKernel implements Kernel {

  /** Makes the provider. Nothing native is touched before {@link #probe} or {@link #open}. */
  public LinuxUringKernel() {}

  @Override
  public String name() {
    return "linux-uring";
  }

  @Override
  public Map<Feature, Support> features() {
    Map<Feature, Support> features = new EnumMap<>(new LinuxMmsgKernel().features());
    features.put(Feature.COALESCING, Support.NO); // a message has one buffer of the ring
    return features;
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
        arena -> new UringCompletionQueue(waitMode, arena, new LibC(arena)));
  }

  @Override
  public void probe() throws IOException {
    LoopbackProbe.run(this);
  }
}
