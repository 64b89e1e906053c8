package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.Support;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The provider {@code linux-mmsg}: {@code recvmmsg} and {@code sendmmsg} on Linux, x86-64 and
 * aarch64.
 *
 * <p>{@link WaitMode#COMPLETION_PORT} and {@link WaitMode#EVENT} are the same here: the pump sleeps
 * in {@code poll}. With {@link WaitMode#POLLED} it asks {@code poll} without waiting.
 *
 * <p>Stateless; any thread.
 */
public final class LinuxMmsgKernel implements Kernel {

  private static final Set<String> ARCHITECTURES = Set.of("amd64", "x86_64", "aarch64");

  private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long PROBE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int PROBE_LENGTH = 4;

  /** Makes the provider. Nothing native is touched before {@link #probe} or {@link #open}. */
  public LinuxMmsgKernel() {}

  @Override
  public String name() {
    return "linux-mmsg";
  }

  @Override
  public Map<Feature, Support> features() {
    return Map.of(
        Feature.PACKET_INFO, Support.NO,
        Feature.REPLY_SOURCE, Support.NO,
        Feature.KERNEL_DROPS, Support.YES,
        Feature.TRUE_LENGTH, Support.YES,
        Feature.UNREACHABLE, Support.NO,
        Feature.SEGMENTATION, Support.NO,
        Feature.PUMPS, Support.NO);
  }

  @Override
  public CompletionQueue open(WaitMode waitMode) throws IOException {
    String architecture = System.getProperty("os.arch");
    if (!ARCHITECTURES.contains(architecture)) {
      throw new IOException(
          name() + " knows the system calls of x86-64 and aarch64, not those of " + architecture);
    }
    Arena arena = Arena.ofConfined();
    boolean isOpen = false;
    try {
      CompletionQueue queue = new MmsgCompletionQueue(waitMode, arena, new LibC(arena));
      isOpen = true;
      return queue;
    } catch (LinkageError e) {
      throw new IOException(
          name()
              + " needs Linux's C library, and native access (--enable-native-access): "
              + rootOf(e).getMessage(),
          e);
    } finally {
      if (!isOpen) {
        arena.close();
      }
    }
  }

  /** The reason, also of the second failure to initialise a class. */
  private static Throwable rootOf(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  @Override
  public void probe() throws IOException {
    CompletionQueue queue = open(WaitMode.COMPLETION_PORT);
    try {
      InetSocketAddress loopback =
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
      RequestQueue socket =
          queue.openSocket(new SocketConfig(loopback, 1, 1, PROBE_LENGTH, Map.of()));
      try {
        queue.wake();
        queue.await();
        sendToItself(queue, socket);
      } finally {
        close(queue, socket);
      }
    } finally {
      queue.close();
    }
  }

  private void sendToItself(CompletionQueue queue, RequestQueue socket) throws IOException {
    socket
        .addressFormat()
        .write(socket.sendSlots().memory(), socket.sendSlots().addressAt(0), socket.localAddress());
    socket.postReceive(0);
    socket.postSend(0, PROBE_LENGTH);
    socket.commit();
    CompletionBatch batch = new CompletionBatch(2);
    long start = System.nanoTime();
    while (batch.size() < 2) {
      if (System.nanoTime() - start > PROBE_NANOS) {
        throw new IOException(
            name() + ": a datagram to 127.0.0.1 did not arrive: is loopback up and not filtered?");
      }
      if (!queue.dequeue(batch)) {
        LockSupport.parkNanos(PROBE_PAUSE_NANOS);
      }
    }
    for (int i = 0; i < batch.size(); i++) {
      if (batch.status(i) != CompletionStatus.OK || batch.length(i) != PROBE_LENGTH) {
        throw socket.error(
            batch.isReceive(i) ? "receive on 127.0.0.1" : "send to 127.0.0.1", batch.code(i));
      }
    }
  }

  private static void close(CompletionQueue queue, RequestQueue socket) throws IOException {
    socket.close();
    CompletionBatch rest = new CompletionBatch(2);
    while (queue.dequeue(rest)) {
      rest.clear();
    }
    socket.release();
  }
}
