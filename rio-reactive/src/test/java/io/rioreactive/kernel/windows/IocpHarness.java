package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * The queue of {@code windows-iocp} on a system whose failures a test can plan. Closing it holds it
 * to what it opened: nothing may be left.
 */
final class IocpHarness extends KernelHarness {

  final PlannedWinsock winsock;
  final PlannedKernel32 kernel32;

  /** Bytes that a test has left to the system on purpose. */
  long leaked;

  IocpHarness() throws IOException {
    this(WaitMode.COMPLETION_PORT);
  }

  IocpHarness(WaitMode waitMode) throws IOException {
    this(waitMode, Arena.ofConfined());
  }

  private IocpHarness(WaitMode waitMode, Arena arena) throws IOException {
    this(waitMode, arena, new PlannedKernel32(arena));
  }

  private IocpHarness(WaitMode waitMode, Arena arena, PlannedKernel32 kernel32) throws IOException {
    this(waitMode, arena, kernel32, new PlannedWinsock(arena, kernel32));
  }

  private IocpHarness(
      WaitMode waitMode, Arena arena, PlannedKernel32 kernel32, PlannedWinsock winsock)
      throws IOException {
    super(queue(waitMode, arena, winsock, kernel32));
    this.winsock = winsock;
    this.kernel32 = kernel32;
  }

  private static CompletionQueue queue(
      WaitMode waitMode, Arena arena, Winsock winsock, Kernel32 kernel32) throws IOException {
    Winsock.start(arena);
    return new IocpCompletionQueue(waitMode, arena, winsock, kernel32, true);
  }

  @Override
  protected boolean isDrained(RequestQueue socket, List<Done> dequeuedLast) {
    return ((IocpRequestQueue) socket).outstanding() == 0;
  }

  /** Waits until packets are there, so that they are older than what is posted next. */
  void awaitPackets() throws IOException {
    await("though datagrams were sent");
  }

  @Override
  public void close() {
    super.close();
    assertThat(winsock.openSockets).as("open sockets").isZero();
    assertThat(kernel32.allocated).as("bytes allocated").isEqualTo(leaked);
  }
}
