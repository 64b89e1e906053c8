package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.contract.Testbed.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.test.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What a widely copied echo server over Registered I/O gets wrong: it finds a reply's peer by
 * counting, ends its loop at the first datagram of an unexpected length, and mixes up the order.
 */
interface KnownFaultsContract extends OnTestbed {

  int PEERS = 1_000;
  int ROUNDS = 2;
  int SLOT = 600;
  int LARGEST = 65_507;

  @Test
  default void eachOfAThousandInterleavedPeersGetsItsOwnReplies() {
    int burst = 100; // so many are under way at most
    RioConnection echo = testbed().echo(testbed().server());
    List<Peer> peers = IntStream.range(0, PEERS).mapToObj(i -> testbed().peer()).toList();

    for (int round = 0; round < ROUNDS; round++) {
      for (int first = 0; first < PEERS; first += burst) {
        for (int i = first; i < first + burst; i++) {
          peers.get(i).send(question(i, round), echo.localAddress());
        }
        for (int i = first; i < first + burst; i++) {
          assertThat(peers.get(i).receiveText()).isEqualTo(question(i, round));
        }
      }
    }

    long replies = (long) ROUNDS * PEERS;
    eventually(() -> assertThat(echo.stats().sent()).isEqualTo(replies));
    assertThat(echo.stats().received()).isEqualTo(replies);
    assertThat(echo.stats().accepted()).as("no reply twice").isEqualTo(replies);
  }

  /** Of a length that tells as well whose it is. */
  private static String question(int peer, int round) {
    return "round " + round + " of peer " + peer + ".".repeat(peer);
  }

  @Test
  default void shortEmptyAndOversizedDatagramsNeverEndTheLoop() {
    int[] burst = {0, SLOT + 1, 1, LARGEST, SLOT, 0, SLOT + 1, 2};
    int tooLong = 3;
    int bursts = 100;
    RioConnection echo = testbed().echo(testbed().server().datagramSize(SLOT));
    Peer peer = testbed().peer();

    for (int i = 1; i <= bursts; i++) {
      for (int length : burst) {
        peer.send(payload(length), echo.localAddress());
      }
      List<byte[]> replies = new ArrayList<>();
      for (int length : burst) {
        if (length <= SLOT) {
          replies.add(peer.receive());
        }
      }
      assertThat(replies)
          .containsExactlyInAnyOrder(payload(0), payload(1), payload(SLOT), payload(0), payload(2));
      int soFar = i;
      eventually(
          () -> {
            assertThat(echo.stats().received()).isEqualTo((long) burst.length * soFar);
            assertThat(echo.stats().count(DropReason.TRUNCATED)).isEqualTo((long) tooLong * soFar);
          });
    }

    assertThat(echo.stats().receiveErrors()).isZero();
    assertThat(echo.isDisposed()).isFalse();
  }

  @Test
  default void eachPeersDatagramsComeBackOnceAndInTheirOrderWhereCompletionsDo() {
    int datagrams = 20;
    int rounds = 10;
    RioConnection echo = testbed().echo(testbed().server());
    List<Peer> peers = IntStream.range(0, 5).mapToObj(i -> testbed().peer()).toList();

    for (int round = 0; round < rounds; round++) {
      List<List<String>> questions = new ArrayList<>();
      for (int p = 0; p < peers.size(); p++) {
        questions.add(new ArrayList<>());
      }
      for (int i = 0; i < datagrams; i++) {
        for (int p = 0; p < peers.size(); p++) {
          String question = round + ":" + i + " of peer " + p;
          questions.get(p).add(question);
          peers.get(p).send(question, echo.localAddress());
        }
      }
      for (int p = 0; p < peers.size(); p++) {
        Peer peer = peers.get(p);
        List<String> replies =
            IntStream.range(0, datagrams).mapToObj(i -> peer.receiveText()).toList();
        testbed().assertReceived(replies, questions.get(p).toArray());
      }
    }

    eventually(
        () -> assertThat(echo.stats().sent()).isEqualTo((long) rounds * datagrams * peers.size()));
  }
}
