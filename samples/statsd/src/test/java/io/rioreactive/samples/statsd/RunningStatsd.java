package io.rioreactive.samples.statsd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

/** The whole application on ports of its own, and what is needed to talk with it. */
final class RunningStatsd implements AutoCloseable {

  static final Duration LONG = Duration.ofSeconds(60);

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final ConfigurableApplicationContext application;

  private RunningStatsd(ConfigurableApplicationContext application) {
    this.application = application;
  }

  /** As the program makes it, on a port of its own. */
  static RioUdpServer udpServer() {
    return RioUdpServer.create().receiveSlots(StatsdServer.WINDOW);
  }

  static RunningStatsd start() {
    return start(udpServer());
  }

  static RunningStatsd startOnHttpPort(int port) {
    return new RunningStatsd(StatsdApplication.start(udpServer(), "127.0.0.1", port));
  }

  static RunningStatsd start(RioUdpServer udp) {
    return new RunningStatsd(StatsdApplication.start(udp, "127.0.0.1", 0));
  }

  RioConnection connection() {
    return application.getBean(StatsdServer.class).connection();
  }

  InetSocketAddress udp() {
    return connection().localAddress();
  }

  TickFeed feed() {
    return application.getBean(TickFeed.class);
  }

  int httpPort() {
    return StatsdApplication.httpPort(application);
  }

  /** With a slash at its end. */
  String url() {
    return "http://127.0.0.1:" + httpPort() + "/";
  }

  /** Sends datagrams of a text each. */
  void send(String... datagrams) throws IOException {
    try (DatagramSocket client = new DatagramSocket()) {
      for (String datagram : datagrams) {
        send(client, datagram.getBytes(UTF_8));
      }
    }
  }

  void send(DatagramSocket client, byte[] datagram) throws IOException {
    client.send(new DatagramPacket(datagram, datagram.length, udp()));
  }

  /** What a browser is told. */
  Flux<ServerSentEvent<String>> events() {
    return eventsOf(url());
  }

  private static Flux<ServerSentEvent<String>> eventsOf(String url) {
    return WebClient.create()
        .get()
        .uri(URI.create(url + "ticks"))
        .retrieve()
        .bodyToFlux(new ParameterizedTypeReference<ServerSentEvent<String>>() {});
  }

  Flux<Tick> ticks() {
    return ticksOf(url());
  }

  /** Those of an application that may be another process. */
  static Flux<Tick> ticksOf(String url) {
    return eventsOf(url)
        .map(event -> JSON.readValue(Objects.requireNonNull(event.data()), Tick.class));
  }

  /** Waits for a tick. */
  Tick await(Predicate<Tick> isIt) {
    return Objects.requireNonNull(ticks().filter(isIt).blockFirst(LONG));
  }

  /** Waits until a metric is shown as it should be. */
  Shown await(Kind kind, String beginning, Predicate<Shown> isIt) {
    return Objects.requireNonNull(
        ticks()
            .flatMapIterable(Tick::metrics)
            .filter(it -> it.kind() == kind && it.name().startsWith(beginning))
            .filter(isIt)
            .blockFirst(LONG));
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return ask(HttpRequest.newBuilder(URI.create(url() + path)).GET());
  }

  HttpResponse<String> put(String path) throws IOException, InterruptedException {
    return ask(
        HttpRequest.newBuilder(URI.create(url() + path)).PUT(HttpRequest.BodyPublishers.noBody()));
  }

  private static HttpResponse<String> ask(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return HTTP.send(request.timeout(LONG).build(), BodyHandlers.ofString());
  }

  /** As Ctrl-C does. */
  @Override
  public void close() {
    application.close();
  }
}
