package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.Truncation;
import io.rioreactive.test.Peer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A datagram that does not fit is dropped, or its beginning is delivered and says so. */
interface TruncationContract extends OnTestbed {

  int SIZE = 100;

  private RioConnection bind(Truncation truncation) {
    return testbed().bind(testbed().server().datagramSize(SIZE).truncation(truncation));
  }

  @Test
  default void whatDoesNotFitIsDroppedUnlessAskedFor() {
    RioConnection connection = bind(Truncation.DROP);
    List<Integer> lengths = new CopyOnWriteArrayList<>();
    connection.receive().map(Datagram::length).subscribe(lengths::add);
    Peer peer = testbed().peer();

    peer.send(Testbed.payload(SIZE + 1), connection.localAddress());
    eventually(() -> assertThat(connection.stats().count(DropReason.TRUNCATED)).isEqualTo(1));
    peer.send(Testbed.payload(SIZE), connection.localAddress());

    eventually(() -> assertThat(lengths).containsExactly(SIZE));
  }

  @Test
  default void theBeginningOfWhatDoesNotFitIsDeliveredWhereAskedFor() {
    RioConnection connection = bind(Truncation.DELIVER);
    List<Datagram> received = new CopyOnWriteArrayList<>();
    connection.receive().subscribe(received::add);
    Peer peer = testbed().peer();

    for (int length : new int[] {SIZE, SIZE + 1, 2_000, 0, SIZE - 1}) {
      int before = received.size();
      peer.send(Testbed.payload(length), connection.localAddress());
      eventually(() -> assertThat(received).hasSize(before + 1));
      Datagram datagram = received.getLast();
      assertThat(datagram.asByteArray())
          .isEqualTo(Arrays.copyOf(Testbed.payload(length), Math.min(length, SIZE)));
      assertThat(datagram.truncated()).isEqualTo(length > SIZE);
      assertThat(datagram.remoteAddress()).isEqualTo(peer.address());
      if (length <= SIZE || testbed().tellsTrueLength()) {
        assertThat(datagram.originalLength()).hasValue(length);
      } else {
        assertThat(datagram.originalLength()).isEmpty();
      }
    }

    eventually(() -> assertThat(connection.stats().delivered()).isEqualTo(5));
    assertThat(connection.stats().droppedTotal()).isZero();
    assertThat(received.get(1).reply("short").truncated()).isFalse();
  }

  @Test
  default void aDecoderSeesThatTheEndIsMissing() {
    RioConnection connection = bind(Truncation.DELIVER);
    List<String> seen = new CopyOnWriteArrayList<>();
    connection
        .receive(view -> view.length() + (view.truncated() ? " of a longer one" : ""))
        .subscribe(seen::add);
    Peer peer = testbed().peer();

    peer.send(Testbed.payload(2_000), connection.localAddress());
    eventually(() -> assertThat(seen).containsExactly("100 of a longer one"));
    peer.send(Testbed.payload(7), connection.localAddress());

    eventually(() -> assertThat(seen).containsExactly("100 of a longer one", "7"));
  }
}
