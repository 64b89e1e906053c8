package io.rioreactive.soak;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;

/**
 * The process that is struck: servers of one provider that do what lines of standard input say.
 * Each line has one answer on standard output: {@code ok} and what was asked for, or {@code failed}
 * and why. It ends with its input.
 *
 * <pre>
 * open echo|sink HOST          binds it: its port
 * open client HOST PORT        connects one: its port
 * close NAME
 * counts NAME                  see {@link Counts}
 * mood MOOD                    of the sink's subscriber
 * send NAME COUNT HOST PORT    sends, and answers when all has been done
 * bind-and-close SEED MILLIS   servers come and go: how many
 * hoard                        binds until it is refused, then closes all: how many, and the refusal
 * greed SLOTS                  binds one with so many send slots: whether it was refused, and how
 * pumps                        how many threads of the library run
 * clock                        milliseconds since 1970
 * traced                       lets whoever wants trace this process (Linux)
 * double COMMAND               to the double of Registered I/O
 * </pre>
 */
public final class Served {

  private static final Duration LONG = Duration.ofSeconds(20);

  /** Fewer than the echo ever demands: so all are posted, and a slot that leaks is one less. */
  static final int RECEIVE_SLOTS = 32;

  /**
   * An echo demands as many, and at least a quarter of them; with some that leak it stands still.
   */
  private static final int SEND_SLOTS = 128;

  /** More than any limit that a fault sets lets it have. */
  private static final int MOST_HOARDED = 2_000;

  private final String provider;
  private final Map<String, RioConnection> open = new LinkedHashMap<>();
  private @Nullable Sink sink;

  private Served(String provider) {
    this.provider = provider;
  }

  public static void main(String[] arguments) throws IOException {
    Hooks.onErrorDropped(onPurpose -> {}); // a line with its stack for each would fill the disk
    Served served = new Served(arguments[0]);
    PrintStream out = System.out;
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.println(served.answer(line));
        out.flush();
      }
    }
    served.open.values().forEach(RioConnection::disposeNow);
  }

  private String answer(String line) {
    try {
      return "ok " + run(line.split(" ", -1));
    } catch (Throwable failure) {
      failure.printStackTrace();
      return "failed " + failure.toString().lines().findFirst().orElse("");
    }
  }

  private Object run(String[] words) throws IOException {
    return switch (words[0]) {
      case "open" -> open(words);
      case "close" -> close(words[1]);
      case "counts" -> Counts.of(connection(words[1]).stats()).text();
      case "mood" -> become(Mood.valueOf(words[1]));
      case "send" -> send(connection(words[1]), Integer.parseInt(words[2]), address(words, 3));
      case "bind-and-close" -> bindAndClose(Long.parseLong(words[1]), Long.parseLong(words[2]));
      case "hoard" -> hoard();
      case "greed" -> greed(Integer.parseInt(words[1]));
      case "pumps" -> pumps();
      case "clock" -> System.currentTimeMillis();
      case "traced" -> Tracing.allow();
      case "double" -> RioDouble.control(String.join(" ", List.of(words).subList(1, words.length)));
      default -> throw new IllegalArgumentException("no such command: " + words[0]);
    };
  }

  private static InetSocketAddress address(String[] words, int host) {
    return new InetSocketAddress(
        InetAddress.ofLiteral(words[host]), Integer.parseInt(words[host + 1]));
  }

  private RioConnection connection(String name) {
    return Objects.requireNonNull(open.get(name), name + " is not open");
  }

  private RioUdpServer server() {
    return RioUdpServer.create().provider(provider);
  }

  private int open(String[] words) {
    String name = words[1];
    RioConnection connection =
        switch (name) {
          case "echo" ->
              server()
                  .host(words[2])
                  .receiveSlots(RECEIVE_SLOTS)
                  .sendSlots(SEND_SLOTS)
                  .handle((in, out) -> out.send(in.receive()))
                  .bindNow();
          case "sink" -> {
            Sink opened = new Sink(server().host(words[2]).bindNow());
            sink = opened;
            yield opened.connection();
          }
          case "client" -> connect(address(words, 2));
          default -> throw new IllegalArgumentException("no such connection: " + name);
        };
    open.put(name, connection);
    return connection.localAddress().getPort();
  }

  private RioConnection connect(InetSocketAddress peer) {
    RioConnection client =
        RioUdpClient.create().provider(provider).remoteAddress(() -> peer).connectNow();
    client.receive().subscribe();
    return client;
  }

  private String close(String name) {
    connection(name).disposeNow();
    open.remove(name);
    return name;
  }

  private Mood become(Mood mood) {
    Objects.requireNonNull(sink, "sink is not open").become(mood);
    return mood;
  }

  private static String send(RioConnection from, int count, InetSocketAddress to) {
    boolean isConnected = from.remoteAddress() != null;
    from.send(
            Flux.range(0, count)
                .map(i -> isConnected ? Datagram.of("no. " + i) : Datagram.to(to, "no. " + i)))
        .block(LONG);
    return Counts.of(from.stats()).text();
  }

  private int bindAndClose(long seed, long millis) throws IOException {
    try (Visitors visitors = new Visitors(provider, seed)) {
      return visitors.comeAndGo(Duration.ofMillis(millis));
    }
  }

  private String hoard() {
    List<RioConnection> hoarded = new ArrayList<>();
    String refusal = "none";
    try {
      while (hoarded.size() < MOST_HOARDED) {
        hoarded.add(server().receiveSlots(1).sendSlots(1).bindNow(LONG));
      }
    } catch (UncheckedIOException refused) {
      refusal = causeOf(refused);
    } finally {
      hoarded.forEach(RioConnection::disposeNow);
    }
    return hoarded.size() + " " + refusal;
  }

  private String greed(int slots) {
    try {
      server().sendSlots(slots).bindNow(LONG).disposeNow();
      return "granted";
    } catch (UncheckedIOException refused) {
      return "refused: " + causeOf(refused);
    }
  }

  private static String causeOf(UncheckedIOException refused) {
    return String.valueOf(Objects.requireNonNull(refused.getCause()).getMessage());
  }

  private static long pumps() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("rio-"))
        .count();
  }
}
