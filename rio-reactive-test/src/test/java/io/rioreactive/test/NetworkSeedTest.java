package io.rioreactive.test;

import static io.rioreactive.test.NetworkEcho.client;
import static io.rioreactive.test.NetworkEcho.echo;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** What a seed decides, and what holds for all of them. */
@Timeout(60)
@Tag("once")
class NetworkSeedTest {

  private static final Link LOSSY =
      Link.create()
          .latency(Duration.ofMillis(5))
          .jitter(Duration.ofMillis(5))
          .loss(0.2)
          .duplicate(0.1)
          .reorder(0.1, Duration.ofMillis(7));

  /** What a network with this seed does with the same traffic. */
  private static List<String> events(long seed) {
    try (SimulatedNetwork network = SimulatedNetwork.create(seed).virtualTime().link(LOSSY)) {
      echo(network);
      RioConnection client = client(network);
      client.receive().subscribe();
      client.send(Flux.range(0, 40).map(i -> Datagram.of("" + i))).subscribe();
      network.advance(Duration.ofSeconds(1));
      return network.events();
    }
  }

  @Test
  void theSameSeedGivesTheSameEvents() {
    List<String> once = events(5);
    assertThat(once).hasSizeGreaterThan(100).anyMatch(event -> event.contains("lose"));
    assertThat(events(5)).isEqualTo(once);
  }

  @Test
  void anotherSeedGivesOthers() {
    assertThat(events(6)).isNotEqualTo(events(5));
  }

  /** Which of the client's datagrams arrive, while this many others send too. */
  private static List<String> arrivals(int others) {
    try (SimulatedNetwork network =
        SimulatedNetwork.create(3).virtualTime().link(Link.create().loss(0.5))) {
      RioConnection server =
          RioUdpServer.create().host("10.0.0.1").port(53).runOn(network.pumps()).bindNow();
      List<String> arrived = new ArrayList<>();
      server
          .receive()
          .map(Datagram::asString)
          .filter(t -> t.startsWith("c"))
          .subscribe(arrived::add);
      RioConnection client = client(network);
      List<RioConnection> noise =
          IntStream.range(0, others).mapToObj(i -> client(network)).toList();
      for (int i = 0; i < 100; i++) {
        client.send(Mono.just(Datagram.of("c" + i))).subscribe();
        noise.forEach(other -> other.send(Mono.just(Datagram.of("noise"))).subscribe());
      }
      return arrived;
    }
  }

  @Test
  void otherTrafficDoesNotShiftTheFateOfADirection() {
    assertThat(arrivals(3)).isEqualTo(arrivals(0)).hasSizeBetween(30, 70);
  }

  @Test
  void nothingIsLostUncountedOverRandomLinks() {
    for (long seed = 0; seed < 300; seed++) {
      run(seed);
    }
  }

  private static void run(long seed) {
    Random random = new Random(seed);
    try (SimulatedNetwork network =
        SimulatedNetwork.create(seed).virtualTime().receiveBuffer(random.nextInt(20))) {
      List<RioConnection> open = new ArrayList<>();
      open.add(echo(network));
      for (int i = 0; i < 3; i++) {
        RioConnection client = client(network);
        client.receive().take(random.nextInt(100) + 1).subscribe();
        open.add(client);
      }
      for (int step = 0; step < 20; step++) {
        network.link(randomLink(random));
        RioConnection sender = open.get(1 + random.nextInt(3));
        sender
            .send(Flux.range(0, random.nextInt(60)).map(n -> Datagram.of(new byte[n * 10])))
            .subscribe();
        switch (random.nextInt(6)) {
          case 0 -> network.partition("10.0.0.1", "127.0.0.1");
          case 1 -> network.heal();
          case 2 -> {
            open.getFirst().dispose();
            open.set(0, echo(network));
          }
          default -> network.advance(Duration.ofMillis(random.nextInt(20)));
        }
        NetworkLaw.assertThatItHolds(network);
        open.forEach(connection -> LawAssert.assertThatLawHolds(connection.stats()));
      }
      network.heal().link(Link.create()).advance(Duration.ofDays(1));
      NetworkLaw.assertThatItHolds(network);
      assertThat(network.stats().inFlight()).as("in flight in %s", network).isZero();
      open.forEach(connection -> LawAssert.assertThatLawHolds(connection.stats()));
    }
  }

  private static Link randomLink(Random random) {
    Link link = Link.create();
    if (random.nextBoolean()) {
      link = link.latency(Duration.ofMillis(random.nextInt(30)));
    }
    if (random.nextBoolean()) {
      link = link.jitter(Duration.ofMillis(random.nextInt(30)));
    }
    if (random.nextBoolean()) {
      link = link.loss(random.nextDouble());
    }
    if (random.nextBoolean()) {
      link = link.lossInBursts(random.nextDouble() / 5, 1 + 5 * random.nextDouble());
    }
    if (random.nextBoolean()) {
      link = link.duplicate(random.nextDouble());
    }
    if (random.nextBoolean()) {
      link = link.reorder(random.nextDouble(), Duration.ofMillis(random.nextInt(30)));
    }
    if (random.nextBoolean()) {
      link = link.mtu(68 + random.nextInt(700));
    }
    if (random.nextBoolean()) {
      link = link.bandwidth(1 + random.nextInt(1_000_000), random.nextInt(10_000));
    }
    return random.nextInt(10) == 0 ? link.unreachable() : link;
  }

  @Test
  void aRequestWithRetryOverALossyLinkDeliversEverything() {
    for (long seed = 0; seed < 20; seed++) {
      try (SimulatedNetwork network =
          SimulatedNetwork.create(seed)
              .virtualTime()
              .link(Link.create().latency(Duration.ofMillis(20)).loss(0.3))) {
        RioUdpServer.create()
            .host("10.0.0.1")
            .port(53)
            .runOn(network.pumps())
            .respond(question -> Mono.just(question.reply("re: " + question.asString())))
            .bindNow();
        RioConnection client = client(network);
        List<String> answers = new ArrayList<>();

        Flux.range(0, 100)
            .concatMap(
                i ->
                    client.request(
                        Datagram.of("" + i),
                        answer -> answer.asString().equals("re: " + i),
                        Duration.ofMillis(100),
                        Retry.max(100)))
            .map(Datagram::asString)
            .subscribe(answers::add);
        network.advance(Duration.ofMinutes(10));

        assertThat(answers)
            .as("%s", network)
            .isEqualTo(IntStream.range(0, 100).mapToObj(i -> "re: " + i).toList());
        assertThat(network.stats().lost(LossCause.LOSS)).isPositive();
        NetworkLaw.assertThatItHolds(network);
      }
    }
  }

  @Test
  void theEventLogKeepsTheLast200() {
    try (SimulatedNetwork network = SimulatedNetwork.create(1).virtualTime()) {
      echo(network);
      RioConnection client = client(network);
      for (int i = 0; i < 200; i++) {
        client.send(Mono.just(Datagram.of("" + i))).subscribe();
      }
      assertThat(network.events()).hasSize(200);
      assertThat(network.events().getFirst()).doesNotContain("bind");
    }
  }
}
