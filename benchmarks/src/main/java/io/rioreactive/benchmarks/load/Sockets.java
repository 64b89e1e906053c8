package io.rioreactive.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the kernel says about bound UDP sockets, whoever owns them.
 *
 * @param queuedBytes memory of what waits in their receive buffers
 * @param drops datagrams that it dropped since a receive buffer was full
 */
public record Sockets(long queuedBytes, long drops) {

  /** The sum over the sockets of this network that are bound to one of the ports. */
  public static Sockets of(Set<Integer> ports) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String table : new String[] {"/proc/net/udp", "/proc/net/udp6"}) {
      Path path = Path.of(table);
      if (Files.exists(path)) { // no udp6 without IPv6
        lines.addAll(Files.readAllLines(path));
      }
    }
    return parse(lines, ports);
  }

  /** The same of what the kernel has said; a line for each socket, and heads that are none. */
  static Sockets parse(List<String> lines, Set<Integer> ports) {
    long queued = 0;
    long drops = 0;
    for (String line : lines) {
      // sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout
      // inode ref pointer drops
      String[] words = line.strip().split("\\s+", -1);
      if (words[0].endsWith(":") && ports.contains(port(words[1]))) {
        queued += Long.parseLong(words[4].substring(words[4].indexOf(':') + 1), 16);
        drops += Long.parseLong(words[12]);
      }
    }
    return new Sockets(queued, drops);
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
  }
}
