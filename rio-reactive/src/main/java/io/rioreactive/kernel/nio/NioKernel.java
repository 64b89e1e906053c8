package io.rioreactive.kernel.nio;

import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.Support;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Map;

/**
 * The provider {@code nio}: {@link DatagramChannel} and {@link Selector}, on every system.
 *
 * <p>{@link WaitMode#COMPLETION_PORT} and {@link WaitMode#EVENT} are the same here: the pump sleeps
 * in {@link Selector#select()}. With {@link WaitMode#POLLED} it asks {@link Selector#selectNow()}.
 *
 * <p>Stateless; any thread.
 */
public final class NioKernel implements Kernel {

  /** Makes the provider. Nothing is opened before {@link #probe} or {@link #open}. */
  public NioKernel() {}

  @Override
  public String name() {
    return "nio";
  }

  @Override
  public void probe() throws IOException {
    try (Selector selector = Selector.open();
        DatagramChannel channel = DatagramChannel.open()) {
      channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      selector.selectNow();
    } catch (IOException | UnsupportedOperationException e) {
      throw refused("open a datagram socket on the loopback address", e);
    }
  }

  @Override
  public Map<Feature, Support> features() {
    return Map.of(
        Feature.PACKET_INFO, Support.NO,
        Feature.REPLY_SOURCE, Support.NO,
        Feature.KERNEL_DROPS, Support.NO,
        Feature.TRUE_LENGTH, Support.NO,
        Feature.UNREACHABLE, Support.YES,
        Feature.SEGMENTATION, Support.NO,
        Feature.COALESCING, Support.NO,
        Feature.PUMPS, Support.NO,
        Feature.CPU_AFFINITY, Support.NO);
  }

  @Override
  public CompletionQueue open(WaitMode waitMode) throws KernelException {
    try {
      return new NioCompletionQueue(waitMode, Selector.open());
    } catch (IOException e) {
      throw refused("open a selector", e);
    }
  }

  /** What the JDK would not open. */
  static KernelException refused(String operation, Exception thrown) {
    KernelException refusal =
        NioError.of(thrown).exception(operation, String.valueOf(thrown.getMessage()));
    refusal.initCause(thrown);
    return refusal;
  }
}
