package io.rioreactive.soak;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The system's own list of UDP sockets: {@code /proc/net/udp} and {@code udp6} of the network that
 * this process is in. What it says of a socket is nobody's count but the system's.
 *
 * <pre>
 *   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 *   84: 0100007F:13BA 00000000:0000 07 00000000:00000300 00:00000000 00000000     0        0 13405 2 00000000 12
 * </pre>
 */
final class UdpTable {

  private static final int LOCAL_ADDRESS = 1;

  private final List<String[]> rows = new ArrayList<>();

  private UdpTable() {}

  static UdpTable now() throws IOException {
    UdpTable table = new UdpTable();
    table.add(Path.of("/proc/net/udp"));
    table.add(Path.of("/proc/net/udp6"));
    return table;
  }

  private void add(Path file) throws IOException {
    if (Files.exists(file)) {
      List<String> lines = Files.readAllLines(file);
      lines.stream().skip(1).map(line -> line.strip().split("\\s+", -1)).forEach(rows::add);
    }
  }

  /** Datagrams that the socket with this local address had no room for. */
  long drops(InetSocketAddress local) {
    String address = text(local);
    return rows.stream()
        .filter(row -> row[LOCAL_ADDRESS].endsWith(address))
        .mapToLong(row -> Long.parseLong(row[row.length - 1]))
        .sum();
  }

  /** As the system writes it, which is also the end of an IPv6 address that stands for it. */
  private static String text(InetSocketAddress local) {
    byte[] bytes = local.getAddress().getAddress();
    return "%02X%02X%02X%02X:%04X"
        .formatted(bytes[3], bytes[2], bytes[1], bytes[0], local.getPort());
  }
}
