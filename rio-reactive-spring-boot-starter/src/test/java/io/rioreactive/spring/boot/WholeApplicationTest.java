package io.rioreactive.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.spring.RioDatagramHandler;
import io.rioreactive.spring.RioUdpConnections;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The starter as Boot finds it by itself, beside WebFlux and Actuator. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class WholeApplicationTest {

  private static final Duration LONGEST = Duration.ofSeconds(60);

  @SpringBootConfiguration
  @EnableAutoConfiguration
  @Import({Echo.class, Lines.class})
  static class Application {}

  static class Echo {
    @RioDatagramHandler(server = "echo")
    Mono<String> answer(String query) {
      return Mono.just(query);
    }
  }

  @RestController
  static class Lines {

    private final Flux<String> lines;

    Lines(RioUdpConnections connections) {
      lines = connections.receive("syslog").map(Datagram::asString).share();
    }

    @GetMapping(path = "/lines", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<String> lines() {
      return lines;
    }
  }

  private static ConfigurableApplicationContext run(String... arguments) {
    SpringApplication application = new SpringApplication(Application.class);
    application.setRegisterShutdownHook(false);
    application.setDefaultProperties(
        Map.of(
            "server.port", 0,
            "spring.reactor.netty.shutdown-quiet-period", "0s",
            "rio.udp.servers.echo.port", 0,
            "rio.udp.servers.syslog.port", 0,
            "management.endpoint.health.show-details", "always"));
    return application.run(arguments);
  }

  private static WebClient web(ConfigurableApplicationContext application) {
    return WebClient.create(
        "http://127.0.0.1:" + application.getEnvironment().getProperty("local.server.port"));
  }

  @Test
  void answersDatagramsAndTellsItsHealth() throws Exception {
    try (ConfigurableApplicationContext application = run();
        Peer peer = new Peer()) {
      assertThat(peer.ask(Peer.addressOf(application, "echo"), "hello")).isEqualTo("hello");

      String health =
          web(application)
              .get()
              .uri("/actuator/health")
              .retrieve()
              .bodyToMono(String.class)
              .block(LONGEST);
      JsonNode all = JsonMapper.builder().build().readTree(health).at("/components/rioUdp");
      JsonNode echo = all.at("/components/echo");
      assertThat(all.path("status").asString()).isEqualTo("UP");
      assertThat(echo.path("status").asString()).isEqualTo("UP");
      assertThat(echo.at("/details/socket").asString())
          .isEqualTo(Peer.bound(application, "echo").toString());
    }
  }

  /**
   * An event stream over a server never ends by itself. It does with the server, which stops first;
   * else the web server would wait for it until its time is up.
   */
  @Test
  void anEventStreamShowsWhatComesAndEndsWithTheServer() throws Exception {
    try (ConfigurableApplicationContext application = run("--server.shutdown=graceful");
        Peer peer = new Peer()) {
      Flux<String> lines =
          web(application)
              .get()
              .uri("/lines")
              .accept(MediaType.TEXT_EVENT_STREAM)
              .retrieve()
              .bodyToFlux(String.class);
      StepVerifier.create(lines.doOnSubscribe(ignored -> sendWhenSubscribed(application, peer)))
          .expectNext("<34>1 hello")
          .then(application::close)
          .expectComplete()
          .verify(LONGEST);
    }
  }

  /** It waits in the socket until the stream is there. */
  private static void sendWhenSubscribed(ConfigurableApplicationContext application, Peer peer) {
    try {
      peer.send(Peer.addressOf(application, "syslog"), "<34>1 hello");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --rio.udp.servers.echo.port=70000       | Invalid value '70000' for configuration property 'rio.udp.servers.echo.port' | allowed are 0 to 65535
          --rio.udp.servers.echo.port=many        | Property: rio.udp.servers.echo.port                                          | Update your application's configuration
          --rio.udp.servers.echo.truncation=never | Property: rio.udp.servers.echo.truncation                                    | The following values are valid
          --rio.udp.servers.echo.prot=5050        | Property: rio.udp.servers.echo.prot                                          | Update your application's configuration
          --rio.udp.servers.echo.host=no.invalid  | The UDP server "echo" could not be bound                                     | Correct rio.udp.servers.echo.host
          """)
  void whatIsWrongIsExplainedAsBootDoes(
      String argument, String what, String remedy, CapturedOutput output) {
    assertThat(startFails(argument)).isTrue();

    assertThat(output).contains("APPLICATION FAILED TO START").contains(what).contains(remedy);
  }

  private static boolean startFails(String argument) {
    try (ConfigurableApplicationContext application = run(argument)) {
      return application == null;
    } catch (RuntimeException refused) {
      return true;
    }
  }

  @Test
  void aTakenPortIsExplainedAsBootDoes(CapturedOutput output) throws Exception {
    try (Peer taken = new Peer()) {
      assertThat(startFails("--rio.udp.servers.echo.port=" + taken.port())).isTrue();

      assertThat(output)
          .contains("APPLICATION FAILED TO START")
          .contains("The UDP server \"echo\" could not be bound: bind ")
          .contains(":" + taken.port())
          .contains("if the port is taken, stop the program that has it");
    }
  }
}
