package io.rioreactive;

import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.pcap.PcapFile;
import io.rioreactive.pcap.PcapPacket;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every datagram, for looking at a protocol: in the log, in hexadecimal digits and as text, or in a
 * pcap file. One for each connection that asked for it; pump only.
 */
final class Wiretap {

  private static final Logger LOG = LoggerFactory.getLogger("io.rioreactive.wiretap");

  private static final int BYTES_A_LINE = 16;
  private static final HexFormat DIGITS = HexFormat.ofDelimiter(" ");

  private final UdpConnection connection;
  private final boolean isLogged;
  private final @Nullable PcapFile file;

  private Wiretap(UdpConnection connection, boolean isLogged, @Nullable PcapFile file) {
    this.connection = connection;
    this.isLogged = isLogged;
    this.file = file;
  }

  /** Null where nobody has asked for one. */
  static @Nullable Wiretap of(UdpConnection connection, UdpOptions options) {
    PcapFile file = options.pcapFile();
    return options.wiretap() || file != null
        ? new Wiretap(connection, options.wiretap(), file)
        : null;
  }

  /**
   * A datagram that was received, before anybody has seen it: the one the view is turned to.
   *
   * @param originalLength as it was sent, or {@link DatagramView#UNKNOWN_LENGTH}
   */
  void onReceived(DatagramView view, int length, int originalLength) {
    boolean isToBeLogged = isLogged && LOG.isDebugEnabled();
    if (!isToBeLogged && file == null) {
      return;
    }
    view.open(length, originalLength);
    byte[] payload = view.toByteArray();
    if (isToBeLogged) {
      LOG.debug(
          "{}: received {} bytes from {}{}",
          connection,
          length,
          view.remoteAddress(),
          dump(payload));
    }
    if (file != null) {
      file.offer(packet(view, payload, originalLength));
    }
    view.close();
  }

  private PcapPacket packet(DatagramView view, byte[] payload, int originalLength) {
    InetSocketAddress told = view.localAddress();
    return new PcapPacket(
        view.remoteAddress(),
        told == null ? connection.localAddress() : told,
        view.hopLimit(),
        view.trafficClass(),
        payload,
        originalLength == DatagramView.UNKNOWN_LENGTH ? payload.length : originalLength);
  }

  /** A datagram that was handed to the kernel. */
  void onSent(RequestQueue queue, int slot, int length, @Nullable InetSocketAddress to) {
    boolean isToBeLogged = isLogged && LOG.isDebugEnabled();
    if (!isToBeLogged && file == null) {
      return;
    }
    byte[] payload = payload(queue.sendSlots(), slot, length);
    if (isToBeLogged) {
      LOG.debug("{}: sends {} bytes to {}{}", connection, length, to, dump(payload));
    }
    if (file != null && to != null) {
      int notTold = PcapPacket.NOT_TOLD;
      file.offer(new PcapPacket(source(queue, slot), to, notTold, notTold, payload, length));
    }
  }

  /** Where it leaves from, as far as it says so itself. */
  private InetSocketAddress source(RequestQueue queue, int slot) {
    InetSocketAddress local = connection.localAddress();
    SlotRegion slots = queue.sendSlots();
    if (!slots.hasInfo()
        || PacketInfo.origin(slots.memory(), slots.infoAt(slot)) != PacketInfo.ADDRESS) {
      return local;
    }
    InetSocketAddress said = queue.addressFormat().read(slots.memory(), slots.infoAt(slot));
    return new InetSocketAddress(said.getAddress(), local.getPort());
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
