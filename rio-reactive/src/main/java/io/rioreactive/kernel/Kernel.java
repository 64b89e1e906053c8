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
   * Opens a completion queue. The calling thread is the pump: it alone may use the queue and the
   * sockets opened on it, but for {@link CompletionQueue#wake} and {@link
   * RequestQueue#kernelDrops}.
   *
   * @throws IOException if the system refuses, with the reason and the remedy
   */
  CompletionQueue open(WaitMode waitMode) throws IOException;
}
