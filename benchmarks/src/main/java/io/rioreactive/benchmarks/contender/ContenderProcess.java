package io.rioreactive.benchmarks.contender;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How a contender talks to the driver. Its arguments are a {@link Task}. Once it is bound it prints
 * a line of JSON, {@code {"transport":…, "ports":[…]}}, or {@code {"unsupported":…}} if it has
 * nothing for such a task. Then it answers each line of its standard input with one of counters:
 *
 * <pre>
 * stats                  {"received":…, "sent":…, "allocated":…, "told":…}
 * send COUNT PORT PEERS  the same, when the system has taken all
 * </pre>
 *
 * <p>{@code received} are datagrams that the handler got, {@code allocated} bytes of heap that all
 * threads together have allocated, {@code told} kernel drops as the library tells its user. With
 * the end of the input it ends.
 */
final class ContenderProcess {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private ContenderProcess() {}

  /** Runs until the driver has closed the standard input, then ends this process. */
  static void run(Contender contender, String[] arguments) throws IOException {
    Tally tally = new Tally();
    Contender.Service service;
    try {
      service = contender.start(Task.parse(List.of(arguments)), tally);
    } catch (UnsupportedOperationException e) {
      print("{\"unsupported\":\"%s\"}", String.valueOf(e.getMessage()));
      return;
    }
    print("{\"transport\":\"%s\",\"ports\":%s}", service.transport(), service.ports().toString());
    var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      List<String> words = List.of(line.split(" ", -1));
      if (words.getFirst().equals("send")) {
        List<InetSocketAddress> targets =
            targets(Integer.parseInt(words.get(2)), Integer.parseInt(words.get(3)));
        int count = Integer.parseInt(words.get(1));
        service.send(new Turns(count, targets));
        tally.onSent(count);
      }
      print(
          "{\"received\":%d,\"sent\":%d,\"allocated\":%d,\"told\":%d}",
          tally.received(),
          tally.sent(),
          THREADS.getTotalThreadAllocatedBytes(),
          service.toldDrops());
    }
    System.exit(0); // without waiting for anybody's quiet period
  }

  private static void print(String format, Object... arguments) {
    System.out.printf(Locale.ROOT, format + "%n", arguments);
    System.out.flush();
  }

  /** All of 127.0.0.0/8 is this machine: so many peers need one socket at the other end. */
  private static List<InetSocketAddress> targets(int port, int peers) {
    List<InetSocketAddress> targets = new ArrayList<>(peers);
    for (int i = 0; i < peers; i++) {
      targets.add(
          new InetSocketAddress(
              String.format(Locale.ROOT, "127.1.%d.%d", i / 250, 1 + i % 250), port));
    }
    return targets;
  }
}
