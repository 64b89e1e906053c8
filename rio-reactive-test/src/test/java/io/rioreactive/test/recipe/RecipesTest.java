package io.rioreactive.test.recipe;

import static io.rioreactive.test.RioAssertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Client;
import io.rioreactive.test.RioTest;
import io.rioreactive.test.Server;
import io.rioreactive.test.SimulatedNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.subscriber.TestSubscriber;

/** The shorter recipes; Sessions and Requests have tests of their own. */
class RecipesTest {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int BUFFER = 100_000;

  private static void send(RioConnection client, int count) {
    client.send(Flux.range(0, count).map(i -> Datagram.of("line " + i))).block(SOON);
  }

  // Fan-out

  @Test
  @RioTest(virtualTime = true)
  void aConsumerThatIsStuckCostsItselfAloneAndIsTold(
      SimulatedNetwork network, @Server RioUdpServer server, @Client RioUdpClient client) {
    RioConnection bound = bindWithRoom(network, server);
    List<Datagram> lost = new ArrayList<>();
    List<Datagram> seen = new ArrayList<>();
    TestSubscriber<Datagram> stuck = TestSubscriber.builder().initialRequest(0).build();
    Flux<Datagram> shared = bound.receive().share();
    FanOut.branch(shared, 100, none -> {}).subscribe(seen::add);
    FanOut.branch(shared, 100, lost::add).subscribe(stuck);

    send(client.connectNow(), 1_000);

    assertThat(seen).hasSize(1_000);
    assertThat(lost).hasSize(1_000 - 100 - 256); // the backlog, and what publishOn has taken
    assertThat(lost.getFirst().asString()).isEqualTo("line 256"); // the oldest it had not taken
    stuck.request(1_000);
    assertThat(stuck.getReceivedOnNext()).hasSize(100 + 256);
    stuck.cancel();
  }

  @Test
  @RioTest(virtualTime = true)
  void eachDatagramGoesToAllTargets(
      @Server(port = 7007) RioUdpServer hub,
      @Server(port = 7008) RioConnection one,
      @Server(port = 7009) RioConnection other,
      @Client(port = 7007) RioUdpClient client) {
    List<String> atOne = new ArrayList<>();
    List<String> atOther = new ArrayList<>();
    one.receive().map(Datagram::asString).subscribe(atOne::add);
    other.receive().map(Datagram::asString).subscribe(atOther::add);
    hub.handle((in, out) -> FanOut.copy(in, out, List.of(one.localAddress(), other.localAddress())))
        .bindNow();

    send(client.connectNow(), 3);

    assertThat(atOne).containsExactly("line 0", "line 1", "line 2");
    assertThat(atOther).isEqualTo(atOne);
  }

  // Blocking work

  @Test
  @RioTest
  void soManyCallsBlockAtOnceAndTheRestWaitsInTheSocket(
      @Server RioUdpServer server, @Client RioUdpClient client) throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    RioConnection bound =
        BlockingWork.answering(server, text -> awaited(release, text), 4).bindNow();
    RioConnection connection = client.connectNow();
    CompletableFuture<List<String>> answers =
        connection.receive().map(Datagram::asString).take(6).collectList().toFuture();

    send(connection, 6);

    assertThat(bound).eventually(SOON).hasDelivered(4).hasPosted(0);
    release.countDown();
    assertThat(answers.get(SOON.toSeconds(), TimeUnit.SECONDS))
        .containsExactlyInAnyOrder(
            "line 0.", "line 1.", "line 2.", "line 3.", "line 4.", "line 5.");
    assertThat(bound).eventually(SOON).hasSent(6).hasDroppedNothing();
  }

  private static String awaited(CountDownLatch release, String text) {
    try {
      if (!release.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody has released it");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return text + ".";
  }

  // Batches

  @Test
  @RioTest(virtualTime = true)
  void aSlowStoreIsReadAheadOfByABoundAndInTheEndHasAll(
      SimulatedNetwork network, @Server RioUdpServer server, @Client RioUdpClient client) {
    RioConnection bound = bindWithRoom(network, server);
    List<List<String>> begun = new ArrayList<>();
    List<Sinks.Empty<Void>> calls = new ArrayList<>();
    Batches.write(
            bound.receive(view -> view.asString()),
            batch -> {
              begun.add(batch);
              Sinks.Empty<Void> call = Sinks.empty();
              calls.add(call);
              return call.asMono();
            },
            none -> {})
        .subscribe();

    send(client.connectNow(), 10_000);

    assertThat(begun).hasSize(2);
    assertThat(bound).hasPosted(0);
    assertThat(bound.stats().delivered()).isLessThanOrEqualTo(2 * 500 + 4 * 500);
    int done = 0;
    for (int i = 0; i < 200 && count(begun) < 10_000; i++) {
      while (done < calls.size()) {
        calls.get(done).tryEmitEmpty(); // which may begin another
        done++;
      }
      network.advance(Duration.ofMillis(100));
    }
    assertThat(begun.stream().flatMap(List::stream))
        .hasSize(10_000)
        .doesNotHaveDuplicates()
        .startsWith("line 0", "line 1")
        .endsWith("line 9999");
    assertThat(begun).allMatch(batch -> batch.size() <= 500);
    assertThat(bound.stats().kernelDrops()).hasValue(0);
  }

  @Test
  @RioTest(virtualTime = true)
  void aBatchThatCannotBeStoredIsGivenUpAndTheOthersAreStored(
      SimulatedNetwork network, @Server RioUdpServer server, @Client RioUdpClient client) {
    RioConnection bound = bindWithRoom(network, server);
    List<String> tries = new ArrayList<>();
    List<String> stored = new ArrayList<>();
    List<String> givenUp = new ArrayList<>();
    Batches.write(
            bound.receive(view -> view.asString()),
            batch -> {
              tries.add(batch.getFirst());
              if (batch.contains("line 0")) {
                return Mono.error(new IllegalStateException("the database does not like it"));
              }
              stored.addAll(batch);
              return Mono.empty();
            },
            givenUp::addAll)
        .subscribe();

    send(client.connectNow(), 1_100);
    network.advance(Duration.ofMinutes(1));

    assertThat(givenUp).hasSize(500).startsWith("line 0");
    assertThat(stored).hasSize(600);
    assertThat(tries.stream().filter("line 0"::equals)).hasSize(6);
  }

  private static int count(List<List<String>> batches) {
    return batches.stream().mapToInt(List::size).sum();
  }

  private static RioConnection bindWithRoom(SimulatedNetwork network, RioUdpServer server) {
    network.receiveBuffer(BUFFER);
    return server.bindNow();
  }
}
