package io.rioreactive.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.io.File;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README is a screen and tables; its Java compiles ({@link Snippets}), and its first example is
 * what it says: an echo server.
 */
@Timeout(120)
@Tag("once")
class ReadmeTest {

  private static final Path README = Path.of("..", "README.md");

  /** Of text and example, beside the tables. */
  private static final int MOST_LINES = 60;

  @TempDir private Path folder;

  @Test
  @Tag("javac")
  void eachBlockCompiles() throws Exception {
    List<String> blocks = Snippets.statements(README);
    assertThat(blocks).isNotEmpty();

    Snippets.compile(blocks, folder);
  }

  @Test
  @Tag("javac")
  void theFirstExampleIsAnEchoServer() throws Exception {
    int port = freePort();
    String example = Snippets.statements(README).getFirst();
    assertThat(example).contains(".port(5050)");
    Snippets.compile(List.of(example.replace(".port(5050)", ".port(" + port + ")")), folder);
    Process server = start();
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
      await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(10))
          .until(() -> ask(address, "hello"), Optional.of("hello")::equals);
    } finally {
      server.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void theDefaultsAreThoseOfTheTable() throws IOException {
    RioConnection connection = RioUdpServer.create().bindNow();
    try {
      assertThat(defaultOf("host")).isEqualTo("the loopback address");
      assertThat(connection.localAddress().getAddress().isLoopbackAddress()).isTrue();
      assertThat(defaultOf("port")).isEqualTo("0");
      assertThat(connection.localAddress().getPort()).isPositive();
      assertThat(numberOf("receiveSlots")).isEqualTo(connection.stats().receiveSlots());
      assertThat(numberOf("sendSlots")).isEqualTo(connection.stats().sendSlots());
      assertThat(numberOf("datagramSize")).isEqualTo(connection.datagramSize());
    } finally {
      connection.disposeNow();
    }
  }

  /** What is more belongs to docs/GUIDE.md. */
  @Test
  void itIsOneScreenAndTables() throws IOException {
    assertThat(
            Snippets.text(README).lines().filter(line -> !line.isBlank() && !line.startsWith("|")))
        .hasSizeLessThanOrEqualTo(MOST_LINES);
  }

  /** Second column of the table of defaults. */
  private static String defaultOf(String option) throws IOException {
    return Pattern.compile("^\\| `" + option + "` \\| ([^|]*) \\|", Pattern.MULTILINE)
        .matcher(Files.readString(README))
        .results()
        .map(row -> row.group(1))
        .reduce((one, another) -> one + " or " + another)
        .orElseThrow();
  }

  private static int numberOf(String option) throws IOException {
    return Integer.parseInt(defaultOf(option).replaceAll("[^0-9]", ""));
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            folder + File.pathSeparator + classPath(),
            "Block1$Main")
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("output").toFile())
        .start();
  }

  /** What a user of the library has, wherever the tests have it from. */
  static String classPath() {
    return Stream.of(
            "io.rioreactive.RioUdpServer",
            "reactor.core.publisher.Flux",
            "org.reactivestreams.Publisher",
            "org.slf4j.Logger",
            "org.jspecify.annotations.NullMarked",
            "org.jctools.queues.MessagePassingQueue")
        .map(ReadmeTest::placeOf)
        .reduce((all, next) -> all + File.pathSeparator + next)
        .orElseThrow();
  }

  static String placeOf(String type) {
    try {
      return Path.of(
              Class.forName(type).getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (ClassNotFoundException | URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** The answer, if one comes soon: the server may still be starting. */
  private static Optional<String> ask(InetSocketAddress address, String text) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(100);
      byte[] bytes = text.getBytes(UTF_8);
      socket.send(new DatagramPacket(bytes, bytes.length, address));
      DatagramPacket answer = new DatagramPacket(new byte[100], 100);
      socket.receive(answer);
      return Optional.of(new String(answer.getData(), 0, answer.getLength(), UTF_8));
    } catch (SocketTimeoutException notYet) {
      return Optional.empty();
    }
  }
}
