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
 * The provider {@code windows-iocp}: overlapped {@code WSARecvFrom} and {@code WSASendTo} on an I/O
 * completion port; with packet info {@code WSARecvMsg} and {@code WSASendMsg}.
 *
 * <p>{@link WaitMode#COMPLETION_PORT} and {@link WaitMode#EVENT} are the same here: the pump sleeps
 * on the port, since an event would have to be set for each request. With {@link WaitMode#POLLED}
 * it looks into the port and never sleeps.
 *
 * <p>Stateless; any thread.
 */
public final class WindowsIocpKernel implements Kernel {

  /**
   * Whether what is done within its call sends no packet to the completion port. False unless set:
   * others report that Windows cannot be relied on there for datagrams. Read when a pump opens.
   */
  static final String SPARE_PACKETS_PROPERTY = "io.rioreactive.iocp.spare-packets";

  /** Makes the provider. Nothing native is touched before {@link #probe} or {@link #open}. */
  public WindowsIocpKernel() {}

  @Override
  public String name() {
    return "windows-iocp";
  }

  @Override
  public void probe() throws IOException {
    LoopbackProbe.run(this);
  }

  @Override
  public Map<Feature, Support> features() {
    return Map.of(
        Feature.PACKET_INFO, Support.YES,
        Feature.REPLY_SOURCE, Support.YES,
        Feature.KERNEL_DROPS, Support.NO,
        Feature.TRUE_LENGTH, Support.NO,
        Feature.UNREACHABLE, Support.YES,
        Feature.SEGMENTATION, Support.NO,
        Feature.COALESCING, Support.NO,
        Feature.PUMPS, Support.NO,
        Feature.CPU_AFFINITY, Support.NO);
  }

  @Override
  public CompletionQueue open(WaitMode waitMode) throws IOException {
    return NativeLibrary.open(
        name(),
        "Winsock",
        arena ->
            new IocpCompletionQueue(
                waitMode,
                arena,
                Winsock.start(arena),
                new Kernel32(arena),
                Boolean.getBoolean(SPARE_PACKETS_PROPERTY)));
  }
}
