package io.rioreactive.samples.webflux;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.spring.RioUdpConnections;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.test.web.reactive.server.WebTestClient;

/** The end of the application, in the middle of traffic and with somebody watching. */
@Timeout(120)
class GracefulStopTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int CLIENTS = 4;

  private final AtomicBoolean isOver = new AtomicBoolean();
  private final CountDownLatch allAreServed = new CountDownLatch(CLIENTS);

  @Test
  void whatWasReceivedIsAnsweredAndTheEventsEnd() throws Exception {
    try (ConfigurableApplicationContext application =
            SpringApplication.run(
                WebfluxApplication.class,
                "--server.port=0",
                "--rio.udp.server.port=0",
                "--spring.reactor.netty.shutdown-quiet-period=0s", // of the web server
                "--spring.lifecycle.timeout-per-shutdown-phase=10m"); // more than this test has
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      RioConnection server = application.getBean(RioUdpConnections.class).connection().block(LONG);
      List<Future<Integer>> served = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        served.add(clients.submit(() -> askUntilItIsOver(server.localAddress())));
      }
      assertThat(allAreServed.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      CompletableFuture<Long> events = watch(application);

      application.close();
      isOver.set(true);

      int replies = 0;
      for (Future<Integer> client : served) {
        replies += client.get();
      }
      RioStats stats = server.stats();
      assertThat(server.isDisposed()).isTrue();
      assertThat(stats.sent()).isEqualTo(replies).isEqualTo(stats.delivered());
      assertThat(events.get(LONG.toSeconds(), TimeUnit.SECONDS)).isPositive();
    }
  }

  /** Their number, when they have ended well. */
  private static CompletableFuture<Long> watch(ConfigurableApplicationContext application) {
    String port = application.getEnvironment().getProperty("local.server.port");
    // not reactor-netty's: the application takes its threads with it
    return WebTestClient.bindToServer(new JdkClientHttpConnector())
        .baseUrl("http://127.0.0.1:" + port)
        .responseTimeout(LONG)
        .build()
        .get()
        .uri("/datagrams")
        .exchange()
        .returnResult(Received.class)
        .getResponseBody()
        .count()
        .toFuture();
  }

  /** One question after the other; answers the number of replies. */
  private int askUntilItIsOver(InetSocketAddress server) throws IOException {
    byte[] bytes = "again".getBytes(US_ASCII);
    DatagramPacket question = new DatagramPacket(bytes, bytes.length, server);
    DatagramPacket answer = new DatagramPacket(new byte[100], 100);
    try (DatagramSocket client = new DatagramSocket()) {
      client.setSoTimeout(100);
      client.send(question);
      for (int replies = 0; ; ) {
        boolean allRepliesAreHere = isOver.get();
        try {
          client.receive(answer);
          if (replies++ == 0) {
            allAreServed.countDown();
          }
          client.send(question);
        } catch (SocketTimeoutException nothing) {
          if (allRepliesAreHere) {
            return replies;
          }
        }
      }
    }
  }
}
