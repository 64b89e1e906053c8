package io.rioreactive.test;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.SimulatedServer.PEER;
import static io.rioreactive.test.SimulatedServer.datagram;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.PcapReader.Packet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/** Each datagram is in the file, where that was asked for, with the headers it had on the wire. */
@Timeout(60)
class WiretapFileTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final int USUAL_HOP_LIMIT = 64;

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("wire.pcap");
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  /** A server on a simulated kernel; its file is opened on another thread, so it takes a while. */
  private final class Tapped implements AutoCloseable {

    private final SimulatedKernel kernel = SimulatedKernel.withdrawingPosts();
    private final ManualPump pump = ManualPump.over(kernel);
    private final RioConnection connection;
    private final SimulatedSocket socket;

    Tapped(UnaryOperator<RioUdpServer> options) {
      TestSubscriber<RioConnection> bound = TestSubscriber.create();
      options
          .apply(RioUdpServer.create().host("127.0.0.1").datagramSize(16).wiretap(file()))
          .runOn(pump.group())
          .bind()
          .subscribe(bound);
      eventually(
          () -> {
            pump.run();
            assertThat(bound.getReceivedOnNext()).isNotEmpty();
          });
      connection = bound.getReceivedOnNext().getFirst();
      socket = kernel.lastSocket();
      connection.receive().subscribe();
      pump.run();
    }

    InetSocketAddress address() {
      return connection.localAddress();
    }

    void receive(String text) {
      socket.deliver(text.getBytes(UTF_8), PEER);
      pump.run();
    }

    void send(Datagram datagram) {
      connection.send(Mono.just(datagram)).subscribe();
      pump.run();
    }

    /** What is in the file once it is closed. */
    List<Packet> packets() throws IOException {
      connection.dispose();
      pump.run();
      connection.onDispose().block(LONG);
      return PcapReader.read(file());
    }

    @Override
    public void close() {
      pump.close();
      connection.onDispose().block(LONG);
    }
  }

  @Test
  void whatIsReceivedAndWhatIsSentIsThereInThatOrder() throws Exception {
    try (Tapped server = new Tapped(it -> it)) {
      server.receive("hello");
      server.receive("");
      server.send(datagram("good-bye"));

      InetSocketAddress local = server.address();
      assertThat(server.packets())
          .containsExactly(
              new Packet(PEER, local, USUAL_HOP_LIMIT, 0, "hello", 5),
              new Packet(PEER, local, USUAL_HOP_LIMIT, 0, "", 0),
              new Packet(local, PEER, USUAL_HOP_LIMIT, 0, "good-bye", 8));
    }
  }

  @Test
  void whatIsDroppedForItsLengthIsThereAsFarAsItWasReceived() throws Exception {
    try (Tapped server = new Tapped(it -> it)) {
      server.receive("seventeen letters");

      assertThat(server.connection.stats().droppedTotal()).isEqualTo(1);
      assertThat(server.packets())
          .containsExactly(
              new Packet(PEER, server.address(), USUAL_HOP_LIMIT, 0, "seventeen letter", 17));
    }
  }

  @Test
  void packetInfoTellsTheOtherAddressTheHopLimitAndTheTrafficClass() throws Exception {
    try (Tapped server = new Tapped(it -> it.host("0.0.0.0").packetInfo(true))) {
      int port = server.address().getPort();
      InetSocketAddress asked = at("192.0.2.1", port);
      server.socket.deliver("hello".getBytes(UTF_8), PEER, Arrival.at(asked).with(7, 0xAB));
      server.pump.run();
      server.send(datagram("from anywhere"));
      server
          .connection
          .send(
              Mono.just("from there"),
              (text, writer) -> writer.remoteAddress(PEER).from(asked, 0).put(text))
          .subscribe();
      server.pump.run();

      assertThat(server.packets())
          .containsExactly(
              new Packet(PEER, asked, 7, 0xAB, "hello", 5),
              new Packet(at("0.0.0.0", port), PEER, USUAL_HOP_LIMIT, 0, "from anywhere", 13),
              new Packet(asked, PEER, USUAL_HOP_LIMIT, 0, "from there", 10));
    }
  }

  @Test
  void ofIpv6() throws Exception {
    try (Tapped server = new Tapped(it -> it.host("::1"))) {
      InetSocketAddress peer = at("2001:db8::7", 4_711);
      server.socket.deliver("odd".getBytes(UTF_8), peer);
      server.pump.run();
      server.send(Datagram.to(peer, "even"));

      assertThat(server.packets())
          .containsExactly(
              new Packet(peer, server.address(), USUAL_HOP_LIMIT, 0, "odd", 3),
              new Packet(server.address(), peer, USUAL_HOP_LIMIT, 0, "even", 4));
    }
  }

  @Test
  void bothKindsOfWiretapGoTogether() throws Exception {
    try (CapturedLog log = new CapturedLog();
        Tapped server = new Tapped(it -> it.wiretap(true))) {
      server.receive("hello");

      assertThat(log.text()).contains("received 5 bytes");
      assertThat(server.packets()).hasSize(1);
    }
  }

  @Test
  void aFileThatCannotBeWrittenFailsTheBindWithItsName() {
    Path missing = folder.resolve("missing").resolve("wire.pcap");
    RioUdpServer server = RioUdpServer.create().wiretap(missing);

    StepVerifier.create(server.bind())
        .expectErrorSatisfies(
            failure ->
                assertThat(failure)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(missing.toString()))
        .verify(LONG);
  }

  @Test
  void aBindThatFailsLeavesTheFileToTheNext() throws Exception {
    RioConnection present = RioUdpServer.create().host("127.0.0.1").bindNow();
    RioUdpServer server = RioUdpServer.create().host("127.0.0.1").wiretap(file());
    StepVerifier.create(server.port(present.localAddress().getPort()).bind())
        .expectError(IOException.class)
        .verify(LONG);

    RioConnection next = server.bindNow();
    next.disposeNow();
    present.disposeNow();

    assertThat(PcapReader.read(file())).isEmpty();
    eventually(() -> assertThat(writers()).isEmpty());
  }

  private static List<String> writers() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter("rio-wiretap"::equals)
        .toList();
  }

  @Test
  void aBindThatIsCancelledLeavesNobodyWhoWrites() {
    SimulatedKernel kernel = SimulatedKernel.withdrawingPosts();
    try (ManualPump pump = ManualPump.over(kernel)) {
      Disposable binding =
          RioUdpServer.create().wiretap(file()).runOn(pump.group()).bind().subscribe();
      eventually(() -> assertThat(file()).exists());
      binding.dispose();
      eventually(
          () -> {
            pump.run();
            assertThat(writers()).isEmpty();
          });
      assertThat(kernel.openSockets()).isZero();
    }
  }

  static List<String> providers() {
    return ProvidersUnderTest.names().toList();
  }

  /** A hundred questions and answers, at both ends, in one file. */
  @ParameterizedTest
  @MethodSource("providers")
  void whatGoesOverRealSocketsIsAllThereWhenTheyAreDisposedOf(String provider) throws Exception {
    Needs.provider(provider);
    InetSocketAddress[] ends = askAndAnswer(provider, 100);

    List<Packet> packets = PcapReader.read(file());
    assertThat(packets).hasSize(400);
    assertThat(packets)
        .filteredOn(packet -> packet.source().equals(ends[0]) && packet.target().equals(ends[1]))
        .as("questions, sent and received")
        .hasSize(200)
        .allMatch(packet -> packet.payload().startsWith("question"));
  }

  private InetSocketAddress[] askAndAnswer(String provider, int questions) {
    RioConnection server =
        RioUdpServer.create()
            .provider(provider)
            .host("127.0.0.1")
            .wiretap(file())
            .handle((in, out) -> out.send(in.receive()))
            .bindNow();
    RioConnection client =
        RioUdpClient.create()
            .provider(provider)
            .bindAddress(at("127.0.0.1", 0))
            .host("127.0.0.1")
            .port(server.localAddress().getPort())
            .wiretap(file())
            .connectNow();
    for (int i = 0; i < questions; i++) {
      client.send(Mono.just(Datagram.of("question " + i))).then(client.next()).block(LONG);
    }
    InetSocketAddress[] ends = {client.localAddress(), server.localAddress()};
    client.shutdown(LONG).block(LONG);
    server.shutdown(LONG).block(LONG);
    return ends;
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the program is Linux's")
  void tsharkOpensItAndFindsNothingWrong() throws Exception {
    Needs.program("tshark", "--version");
    Needs.ipv6();
    askAndAnswer("nio", 3);
    List<String> lines =
        tshark(
            "-T",
            "fields",
            "-E",
            "separator=,",
            "-e",
            "ip.src",
            "-e",
            "ip.dst",
            "-e",
            "ip.checksum.status",
            "-e",
            "udp.checksum.status",
            "-e",
            "udp.length",
            "-e",
            "udp.payload");
    String good = "1";
    String question = "7175657374696f6e2030"; // "question 0"
    assertThat(lines)
        .hasSize(12)
        .first()
        .isEqualTo(String.join(",", "127.0.0.1", "127.0.0.1", good, good, "18", question));
    assertThat(lines).allMatch(line -> line.startsWith("127.0.0.1,127.0.0.1,1,1,18,"));
    assertThat(tshark("-Y", "_ws.malformed || _ws.expert.severity == 8388608")).isEmpty();
  }

  private List<String> tshark(String... arguments) throws Exception {
    Path output = folder.resolve("output");
    Path errors = folder.resolve("errors");
    List<String> command =
        new ArrayList<>(
            List.of(
                "tshark",
                "-n",
                "-r",
                file().toString(),
                "-o",
                "ip.check_checksum:TRUE",
                "-o",
                "udp.check_checksum:TRUE"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    try {
      assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
      return Files.readAllLines(output);
    } finally {
      process.destroyForcibly();
    }
  }
}
