package io.rioreactive.kernel;

import java.io.IOException;
import java.util.Map;

/**
 * One way to move datagrams: a provider.
 *
 * <p>Any thread.
 */
public interface Kernel {

  /** The provider's name, as users write it: {@code linux-mmsg}. */
  String name();

  /**
   * Finds out by doing whether this kernel works here: opens what it needs and closes it again.
   *
   * @throws IOException if it does not, with the reason and the remedy
   */
  void probe() throws IOException;

  /** What this kernel can do beyond moving datagrams. Every {@link Feature} has an answer. */
  Map<Feature, Support> features();

  /**
   * Keeps the calling thread, which is to be a pump, on one CPU from now on. Called before {@link
   * #open}, so that what is allocated there is near that CPU; asked of kernels with {@link
   * Feature#CPU_AFFINITY} only.
   *
   * @param cpu the system's number of it, from 0
   * @throws IOException if the system refuses, with the reason and the remedy
   */
  default void pin(int cpu) throws IOException {
    throw new UnsupportedOperationException(name() + " has no CPU affinity");
  }

  /**
   * Opens a completion queue. The calling thread is the pump: it alone may use the queue and the
   * sockets opened on it, but for {@link CompletionQueue#wake} and {@link
   * RequestQueue#kernelDrops}.
   *
   * @throws IOException if the system refuses, with the reason and the remedy
   */
  CompletionQueue open(WaitMode waitMode) throws IOException;
}
