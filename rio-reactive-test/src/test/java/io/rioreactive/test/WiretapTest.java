package io.rioreactive.test;

import static io.rioreactive.test.SimulatedServer.datagram;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Truncation;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Each datagram is logged as bytes and as text, where that was asked for. */
class WiretapTest {

  @Test
  void whatIsReceivedAndWhatIsSentIsLogged() {
    try (CapturedLog log = new CapturedLog();
        SimulatedServer server = SimulatedServer.bind(it -> it.wiretap(true))) {
      server.connection().receive().subscribe();
      server.run();
      server.deliver("Seventeen letters", "");
      server.run();
      server.send(Flux.just(datagram("r\u00e9\n")));

      assertThat(log.text().lines().filter(line -> !line.contains("bound by")))
          .containsSubsequence(
              line(server, "received 17 bytes from /192.0.2.7:4711"),
              "00000000  53 65 76 65 6e 74 65 65 6e 20 6c 65 74 74 65 72  Seventeen letter",
              "00000010  73                                               s",
              line(server, "received 0 bytes from /192.0.2.7:4711"),
              line(server, "sends 4 bytes to /192.0.2.7:4711"),
              "00000000  72 c3 a9 0a                                      r...");
    }
  }

  private static String line(SimulatedServer server, String text) {
    return "[main] DEBUG wiretap - udp 127.0.0.1:"
        + server.connection().localAddress().getPort()
        + ": "
        + text;
  }

  @Test
  void whatIsCutOffIsLoggedAsFarAsItWasReceived() {
    try (CapturedLog log = new CapturedLog();
        SimulatedServer server =
            SimulatedServer.bind(
                it -> it.wiretap(true).datagramSize(2).truncation(Truncation.DELIVER))) {
      server.connection().receive().subscribe();
      server.run();
      server.deliver("abc");
      server.run();

      assertThat(log.text()).contains("received 2 bytes", "61 62  ").doesNotContain("63");
    }
  }

  /** Whoever looks for it in the log wonders why it is not answered. */
  @Test
  void whatIsRefusedIsLoggedAsWell() {
    try (CapturedLog log = new CapturedLog();
        SimulatedServer server =
            SimulatedServer.bind(it -> it.wiretap(true).sourceFilter(source -> false))) {
      server.connection().receive().subscribe();
      server.run();
      server.deliver("abc");
      server.run();

      assertThat(log.text()).contains("received 3 bytes", "61 62 63");
    }
  }

  @Test
  void nothingIsLoggedUnlessAskedFor() {
    try (CapturedLog log = new CapturedLog();
        SimulatedServer server = SimulatedServer.bind(it -> it.wiretap(true).wiretap(false))) {
      server.connection().receive().subscribe();
      server.run();
      server.deliver("a");
      server.run();
      server.send(Flux.just(datagram("b")));

      assertThat(log.text()).doesNotContain("wiretap");
    }
  }
}
