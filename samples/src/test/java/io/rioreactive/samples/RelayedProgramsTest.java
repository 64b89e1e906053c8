package io.rioreactive.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Real programs that talk through the relay while it loses 1 % of their datagrams each way. */
@Timeout(90)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the programs are Linux's")
@Tag("once")
class RelayedProgramsTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final double ONE_PERCENT = 0.01;

  /** With it some datagrams of each are lost either way. */
  private static final long SEED = 11;

  private static final int LINES = 300;

  @TempDir private Path directory;

  private static UdpRelay relay(int serverPort) {
    return new UdpRelay(
        new RelaySettings(
            "127.0.0.1",
            0,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort),
            "auto",
            ONE_PERCENT,
            SEED,
            Duration.ofHours(1),
            10,
            65_507));
  }

  private void makeCertificate() throws Exception {
    String command =
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 1"
            + " -subj /CN=localhost";
    try (Program openssl = new Program(directory, command.split(" "))) {
      assertThat(openssl.exitCode()).as(openssl.toString()).isZero();
    }
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The handshake survives losses; then a line is a datagram, and what is not lost is intact. */
  @Test
  void dtlsOfOpenssl() throws Exception {
    Program.need("openssl", "openssl", "version");
    makeCertificate();
    int port = freePort();
    String serve =
        "openssl s_server -dtls1_2 -listen -cert cert.pem -key key.pem -accept 127.0.0.1:";
    try (Program server = new Program(directory, (serve + port).split(" "))) {
      server.awaitLine(line -> line.startsWith("ACCEPT"));
      UdpRelay relay = relay(port);
      int relayPort = relay.listener().localAddress().getPort();
      String connect = "openssl s_client -dtls1_2 -connect 127.0.0.1:" + relayPort;
      try (Program client = new Program(directory, connect.split(" "))) {
        client.awaitLine(line -> line.startsWith("SSL handshake has read"));
        server.awaitLine(line -> line.startsWith("CIPHER is"));
        assertArrivesButForLosses(client, server, relay.toServer());
        assertArrivesButForLosses(server, client, relay.toClients());
      } finally {
        relay.shutdown().block(LONG);
      }
    }
  }

  private static void assertArrivesButForLosses(Program from, Program to, RelayCounts way)
      throws IOException {
    long lostBefore = way.lostCount("seeded");
    for (int i = 0; i < LINES; i++) {
      long before = way.relayedCount() + way.lostCount("seeded");
      from.type("message " + i);
      await()
          .atMost(LONG)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> way.relayedCount() + way.lostCount("seeded") > before);
    }
    int lost = (int) (way.lostCount("seeded") - lostBefore);
    assertThat(lost).isPositive();
    await().atMost(LONG).until(() -> to.lines("message ").size() >= LINES - lost);
    List<String> arrived = to.lines("message ");
    assertThat(arrived).hasSize(LINES - lost);
    assertThat(IntStream.range(0, LINES).mapToObj(i -> "message " + i))
        .containsSubsequence(arrived);
  }

  /** 200,000 bytes there and back on one stream, and the transport repairs what the relay loses. */
  @Test
  void quicOfAioquic() throws Exception {
    String python = Path.of("..", "target", "quic", "bin", "python").toAbsolutePath().toString();
    Program.need("aioquic", python, "-c", "import aioquic");
    Program.need("openssl", "openssl", "version");
    makeCertificate();
    Path script = directory.resolve("quic.py");
    try (var source = RelayedProgramsTest.class.getResourceAsStream("quic.py")) {
      Files.copy(source, script);
    }
    try (Program server = new Program(directory, python, script.toString(), "server", "0")) {
      UdpRelay relay = relay(port(server.awaitLine(line -> line.startsWith("listening on "))));
      String relayPort = String.valueOf(relay.listener().localAddress().getPort());
      try (Program client =
          new Program(directory, python, script.toString(), "client", relayPort)) {
        assertThat(client.exitCode()).as(client + " " + server).isZero();
        assertThat(client.lines("200000 bytes came back")).hasSize(1);
        assertThat(relay.toServer().lostCount("seeded")).isPositive();
        assertThat(relay.toClients().lostCount("seeded")).isPositive();
      } finally {
        relay.shutdown().block(LONG);
      }
    }
  }

  private static int port(String ready) {
    Matcher port = Pattern.compile("\\d+$").matcher(ready);
    assertThat(port.find()).as(ready).isTrue();
    return Integer.parseInt(port.group());
  }
}
