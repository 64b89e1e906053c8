package io.rioreactive.samples.webflux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.JsonPath;
import io.rioreactive.spring.RioUdpConnections;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.MediaType;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** The whole application: real datagrams and real requests. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "rio.udp.server.port=0")
@AutoConfigureWebTestClient(timeout = "PT30S")
@DirtiesContext // an application that stops takes reactor-netty's threads away from the others
@Timeout(120)
class WebfluxApplicationTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  @Autowired private WebTestClient web;
  @Autowired private RioUdpConnections servers;

  private int port() {
    return servers.connection().block(LONG).localAddress().getPort();
  }

  /** Sends a datagram; answers what comes back. */
  private String ask(String text) {
    try (DatagramSocket client = new DatagramSocket()) {
      client.setSoTimeout((int) LONG.toMillis());
      byte[] bytes = text.getBytes(UTF_8);
      client.send(
          new DatagramPacket(
              bytes,
              bytes.length,
              new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port())));
      DatagramPacket answer = new DatagramPacket(new byte[100], 100);
      client.receive(answer);
      return new String(answer.getData(), 0, answer.getLength(), UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Flux<Received> watch() {
    return web.get()
        .uri("/datagrams")
        .exchange()
        .expectStatus()
        .isOk()
        .expectHeader()
        .contentTypeCompatibleWith(MediaType.TEXT_EVENT_STREAM)
        .returnResult(Received.class)
        .getResponseBody();
  }

  private String get(String path) {
    return web.get()
        .uri(path)
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(String.class)
        .returnResult()
        .getResponseBody();
  }

  @Test
  void aDatagramComesBack() {
    assertThat(ask("hello")).isEqualTo("hello");
    assertThat(ask("")).isEmpty();
  }

  @Test
  void whoWatchesSeesTheLastOnesAndEachThatComes() {
    ask("before");

    StepVerifier.create(watch().filter(seen -> Set.of("before", "after ü").contains(seen.text())))
        .assertNext(
            seen -> {
              assertThat(seen.text()).isEqualTo("before");
              assertThat(seen.length()).isEqualTo(6);
              assertThat(seen.from().getHostString()).isEqualTo("127.0.0.1");
            })
        .then(() -> ask("after ü"))
        .assertNext(seen -> assertThat(seen.length()).isEqualTo("after ü".length() + 1))
        .thenCancel()
        .verify(LONG);
  }

  @Test
  void healthIsUpAndNamesTheServer() {
    String health = get("/actuator/health");

    assertThat(JsonPath.<String>read(health, "$.status")).isEqualTo("UP");
    String server = "$.components.rioUdp.components.default";
    assertThat(JsonPath.<String>read(health, server + ".status")).isEqualTo("UP");
    assertThat(JsonPath.<String>read(health, server + ".details.socket"))
        .contains("127.0.0.1:" + port());
  }

  @Test
  void aMeterCountsWhatIsReceived() {
    long before = received();

    ask("one more");

    await().atMost(LONG).until(() -> received() == before + 1);
    assertThat(get("/actuator/prometheus")).contains("rio_udp_received");
  }

  private long received() {
    String meter = get("/actuator/metrics/rio.udp.received");
    return JsonPath.<Number>read(meter, "$.measurements[0].value").longValue();
  }
}
