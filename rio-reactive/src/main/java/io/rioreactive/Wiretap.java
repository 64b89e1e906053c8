package io.rioreactive;

import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every datagram in the log, in hexadecimal digits and as text: for looking at a protocol, not for
 * production. One for each connection that asked for it; pump only.
 */
final class Wiretap {

  private static final Logger LOG = LoggerFactory.getLogger("io.rioreactive.wiretap");

  private static final int BYTES_A_LINE = 16;
  private static final HexFormat DIGITS = HexFormat.ofDelimiter(" ");

  private final UdpConnection connection;

  Wiretap(UdpConnection connection) {
    this.connection = connection;
  }

  /** A datagram that was received, before anybody has seen it: the one the view is turned to. */
  void onReceived(DatagramView view, int length) {
    if (LOG.isDebugEnabled()) {
      view.open(length, length);
      LOG.debug(
          "{}: received {} bytes from {}{}",
          connection,
          length,
          view.remoteAddress(),
          dump(view.toByteArray()));
      view.close();
    }
  }

  /** A datagram that was handed to the kernel. */
  void onSent(RequestQueue queue, int slot, int length, @Nullable InetSocketAddress to) {
    if (LOG.isDebugEnabled()) {
      LOG.debug(
          "{}: sends {} bytes to {}{}",
          connection,
          length,
          to,
          dump(payload(queue.sendSlots(), slot, length)));
    }
  }

  private static byte[] payload(SlotRegion slots, int slot, int length) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(
        slots.memory(), ValueLayout.JAVA_BYTE, slots.payloadAt(slot), bytes, 0, length);
    return bytes;
  }

  /** Lines of an offset, 16 bytes, and what of them can be printed. */
  private static String dump(byte[] bytes) {
    StringBuilder lines = new StringBuilder();
    for (int from = 0; from < bytes.length; from += BYTES_A_LINE) {
      int to = Math.min(from + BYTES_A_LINE, bytes.length);
      String digits = DIGITS.formatHex(bytes, from, to);
      lines.append(System.lineSeparator());
      lines.append("%08x  %-47s  ".formatted(from, digits));
      for (int i = from; i < to; i++) {
        lines.append(bytes[i] >= ' ' && bytes[i] <= '~' ? (char) bytes[i] : '.');
      }
    }
    return lines.toString();
  }
}
