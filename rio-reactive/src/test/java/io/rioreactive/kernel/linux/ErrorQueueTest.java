package io.rioreactive.kernel.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.KernelHarness;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Many entries at once, which loopback alone gives to nobody who reads them as they come. */
@EnabledOnOs(OS.LINUX)
class ErrorQueueTest {

  private static final int ERRORS = 41;

  @Test
  void aFloodLeavesRoomAndIsReadToItsEnd() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      LibC libc = new LibC(arena);
      UdpSocket socket = UdpSocket.open(libc, KernelHarness.config(1, 1, 64));
      try {
        ErrorMessages messages = new ErrorMessages(arena);
        InetSocketAddress dead = deadPort();
        new MmsgPeer(libc, socket, messages, new DropCounter(new OpenDescriptor(libc, socket.fd())))
            .connect(dead);
        SendMessages sends = new SendMessages(arena);
        sends.begin(LibC.NULL, 0);
        sends.add(sends.address(), 1);
        int sent = 0;
        while (sent < ERRORS) { // each second one fails with the error of the one before
          sent += Math.max(0, libc.sendmmsg(socket.fd(), sends.address(), 1, 0));
        }
        ErrorQueue errors = new ErrorQueue(libc, socket, messages);
        assertThat(errors.isDue()).isFalse();
        errors.onPolled();

        CompletionBatch batch = new CompletionBatch(16);
        assertThat(errors.read(batch, 7)).isTrue();
        assertThat(batch.size()).as("a quarter of the batch").isEqualTo(4);
        int read = 4;
        while (errors.isDue()) {
          batch.clear();
          assertThat(errors.read(batch, 7)).isTrue();
          read += batch.size();
          assertThat(batch.isUnreachable(0)).isTrue();
          assertThat(batch.socket(0)).isEqualTo(7);
          assertThat(batch.code(0)).isEqualTo(Errno.ECONNREFUSED.code());
        }
        assertThat(read).isEqualTo(ERRORS);
      } finally {
        libc.close(socket.fd());
      }
    }
  }

  private static InetSocketAddress deadPort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(KernelHarness.loopback(0))) {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }
  }
}
