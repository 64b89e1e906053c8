package io.rioreactive.samples.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rioreactive.RioConnection;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import picocli.CommandLine;

/** The I/O: what has an answer gets it, what has none costs nobody else anything. */
@Timeout(60)
class DnsServerTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private DatagramSocket client;
  private Responder responder;
  private RioConnection server;

  @BeforeEach
  void open() throws Exception {
    client = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
    client.setSoTimeout((int) LONG.toMillis());
    server = bind("--port", "0");
  }

  @AfterEach
  void close() {
    client.close();
    server.disposeNow();
  }

  private RioConnection bind(String... words) throws ZoneFileException {
    DnsOptions options = new DnsOptions();
    new CommandLine(options).parseArgs(words);
    responder = options.responder();
    return DnsServer.bind(options, "auto", 1, responder);
  }

  private void send(byte[] message) throws IOException {
    InetSocketAddress to =
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.localAddress().getPort());
    client.send(new DatagramPacket(message, message.length, to));
  }

  private Message receive() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[4_096], 4_096);
    client.receive(packet);
    return new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
  }

  /** In the order of the questions: what has no answer is before one that has. */
  @Test
  void answersAreForThoseWhoAskAndNobodyElse() throws Exception {
    byte[] question = Messages.query("www.example.org.", Type.A).toWire();
    byte[] loop = Arrays.copyOf(question, 18);
    loop[12] = (byte) 0xc0;
    loop[13] = 12;
    byte[] answer = question.clone();
    answer[2] |= (byte) 0x80;

    send(new byte[0]);
    send(answer);
    send(new byte[11]);
    send(loop);
    send(question);

    assertThat(receive().getRcode()).isEqualTo(Rcode.FORMERR);
    assertThat(Messages.records(receive(), Section.ANSWER))
        .containsExactly("www.example.org. A 192.0.2.80");
    await().atMost(LONG).until(() -> server.stats().sent() == 2);
    assertThat(server.stats().received()).isEqualTo(5);
    assertThat(server.stats().handlerFailures()).isZero();
    assertThat(responder.counts())
        .hasToString("answered 2 (NOERROR 1, FORMERR 1), truncated 0, ignored 3");
  }

  /** Which a forged sender would have them do for ever. */
  @Test
  void twoServersDoNotAnswerEachOther() throws Exception {
    byte[] question = Messages.query("www.example.org.", Type.A).toWire();
    send(question);
    byte[] answer = receive().toWire();

    send(answer);
    send(question);

    assertThat(receive().getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(responder.counts().answered()).isEqualTo(2);
    assertThat(responder.counts().ignored()).isEqualTo(1);
  }

  /** A client that is connected hears that address alone. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "all of 127.0.0.0/8 is this machine there")
  void onAWildcardTheAnswerLeavesFromWhereItWasAsked() throws Exception {
    server.disposeNow();
    server = bind("--host", "0.0.0.0", "--port", "0");
    client.connect(InetAddress.ofLiteral("127.0.0.2"), server.localAddress().getPort());
    byte[] question = Messages.query("www.example.org.", Type.A).toWire();

    client.send(new DatagramPacket(question, question.length));

    assertThat(receive().getRcode()).isEqualTo(Rcode.NOERROR);
  }
}
