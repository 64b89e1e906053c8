package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.test.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A call of {@code respond} answers its own sender, from whatever thread, and harms no other. */
interface RespondContract extends OnTestbed {

  @Test
  default void eachCallAnswersItsOwnSender() {
    RioConnection connection =
        testbed().bind(testbed().server().respond(RespondContract::answerElsewhere));
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      peers.add(testbed().peer());
    }
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < peers.size(); i++) {
        peers.get(i).send(round + " of " + i, connection.localAddress());
      }
      for (int i = 0; i < peers.size(); i++) {
        assertThat(peers.get(i).receiveText()).isEqualTo("re: " + round + " of " + i);
      }
    }
    eventually(() -> assertThat(connection.stats().sent()).isEqualTo(400));
    assertThat(connection.stats().delivered()).isEqualTo(400);
  }

  private static Mono<Datagram> answerElsewhere(Datagram query) {
    return Mono.fromSupplier(() -> query.reply("re: " + query.asString()))
        .subscribeOn(Schedulers.parallel());
  }

  @Test
  default void callsThatFailAndCallsThatSayNothingLeaveTheOthersAlone() {
    RioConnection connection =
        testbed()
            .bind(
                testbed()
                    .server()
                    .respond(
                        query ->
                            switch (query.asString()) {
                              case "throw" -> throw new OnPurpose();
                              case "null" -> null;
                              case "none" -> Mono.empty();
                              case "error" -> Mono.error(new OnPurpose());
                              case "two" -> Flux.just(query.reply("1"), query.reply("2"));
                              default -> Mono.just(query.reply("re: " + query.asString()));
                            }));
    Peer peer = testbed().peer();
    for (String text : List.of("throw", "null", "none", "error", "throw")) {
      peer.send(text, connection.localAddress());
    }

    assertThat(peer.ask("still there", connection.localAddress())).isEqualTo("re: still there");

    eventually(() -> assertThat(connection.stats().handlerFailures()).isEqualTo(4));
    peer.send("two", connection.localAddress());
    assertThat(IntStream.range(0, 2).mapToObj(ignored -> peer.receiveText()).toList())
        .containsExactlyInAnyOrder("1", "2");
  }
}
