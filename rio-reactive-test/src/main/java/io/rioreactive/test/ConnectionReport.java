package io.rioreactive.test;

import io.rioreactive.RioConnection;
import java.util.ArrayList;
import java.util.List;

/**
 * What a failure tells of a connection: its statistics and, where the kernel is simulated, its slot
 * table and the kernel's last events. Any thread.
 */
final class ConnectionReport {

  private static final int EVENTS = 20;

  private ConnectionReport() {}

  /** One line, or several, each of them indented. */
  static String of(RioConnection connection) {
    List<String> lines = new ArrayList<>(state(connection));
    lines.addAll(events(connection));
    return indented(lines);
  }

  /** Its statistics and slots. */
  static List<String> state(RioConnection connection) {
    List<String> lines = new ArrayList<>();
    lines.add("statistics: " + connection.stats());
    SocketState socket = BoundSockets.find(connection);
    if (socket != null) {
      synchronized (socket.kernel().lock) {
        lines.addAll(socket.table());
      }
    }
    return lines;
  }

  private static List<String> events(RioConnection connection) {
    List<String> lines = new ArrayList<>();
    SocketState socket = BoundSockets.find(connection);
    if (socket != null) {
      lines.add("last events:");
      synchronized (socket.kernel().lock) {
        socket.wire().log().last(EVENTS).forEach(event -> lines.add("  " + event));
      }
    }
    return lines;
  }

  static String indented(List<String> lines) {
    return "  " + String.join("\n  ", lines);
  }
}
