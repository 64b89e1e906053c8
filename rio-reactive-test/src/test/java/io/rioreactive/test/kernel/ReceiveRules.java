package io.rioreactive.test.kernel;

import static io.rioreactive.test.kernel.TestPump.loopback;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.Feature;
import io.rioreactive.test.Needs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of posted receives. */
interface ReceiveRules extends OnKernel {

  int SLOT = 600;
  int LARGEST = 65_507;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, SLOT - 1, SLOT})
  default void aDatagramUpToTheSizeOfTheSlotIsWhole(int length) throws IOException {
    String text = "w".repeat(length);
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(3, 1, SLOT);
      TestSocket peer = pump.open(1, 1, SLOT);
      socket.post(1).commit();
      peer.send(0, socket, text).commit();

      assertThat(socket.takeReceive())
          .isEqualTo(new Done(true, 1, CompletionStatus.OK, length, 0, text, peer.address()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {SLOT + 1, 2 * SLOT, LARGEST})
  default void aDatagramBeyondItIsTruncatedAndTheNextOneIsWhole(int length) throws IOException {
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(2, 1, SLOT);
      TestSocket peer = pump.open(1, 2, LARGEST);
      socket.post(0, 1).commit();
      peer.send(0, socket, "l".repeat(length)).commit();
      Done first = socket.takeReceive();
      peer.send(1, socket, "next").commit();

      assertThat(first)
          .returns(CompletionStatus.TRUNCATED, Done::status)
          .returns(can(Feature.TRUE_LENGTH) ? length : SLOT, Done::length)
          .returns("l".repeat(SLOT), Done::text)
          .returns(peer.address(), Done::sender);
      assertThat(socket.takeReceive())
          .returns(CompletionStatus.OK, Done::status)
          .returns("next", Done::text);
    }
  }

  @Test
  default void theLargestDatagramGoesBothWays() throws IOException {
    String text = "z".repeat(LARGEST);
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(1, 1, LARGEST);
      socket.post(0).send(0, socket, text).commit();

      assertThat(socket.takeReceive())
          .isEqualTo(new Done(true, 0, CompletionStatus.OK, LARGEST, 0, text, socket.address()));
      assertThat(socket.takeSend()).isEqualTo(Done.sent(0, text));
    }
  }

  @Test
  default void slotsArePostedInAnyOrderAndAgainAtOnce() throws IOException {
    int slots = 100;
    Random random = new Random(7);
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(slots, 1, 64);
      TestSocket peer = pump.open(1, slots, 64);
      List<Integer> order = new ArrayList<>(IntStream.range(0, slots).boxed().toList());
      for (int round = 0; round < 5; round++) {
        Collections.shuffle(order, random);
        order.forEach(socket::post);
        socket.commit();
        List<String> texts = new ArrayList<>();
        for (int slot = 0; slot < slots; slot++) {
          texts.add(round + ":" + slot);
          peer.send(slot, socket, texts.getLast());
        }
        peer.commit();

        List<Done> received = socket.takeReceives(slots);

        assertThat(received).extracting(Done::slot).doesNotHaveDuplicates();
        assertThat(received).extracting(Done::text).containsExactlyInAnyOrderElementsOf(texts);
        peer.takeSends(slots);
      }
    }
  }

  @Test
  default void postsBeforeAndAfterACommitAllTakePart() throws IOException {
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(4, 1, 64);
      TestSocket peer = pump.open(1, 4, 64);
      socket.post(0, 1).commit();
      socket.post(2);
      socket.commit();
      socket.commit(); // nothing is left to start
      peer.send(0, socket, "a").send(1, socket, "b").send(2, socket, "c").commit();
      assertThat(socket.takeReceives(3))
          .extracting(Done::text)
          .containsExactlyInAnyOrder("a", "b", "c");

      peer.send(3, socket, "d").commit(); // and it waits for a post
      peer.takeSends(4);
      socket.post(3).commit();
      assertThat(socket.takeReceive()).returns(3, Done::slot).returns("d", Done::text);
    }
  }

  @Test
  default void noMoreIsReceivedThanWasPosted() throws IOException {
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(8, 1, 64);
      TestSocket peer = pump.open(1, 8, 64);
      for (int slot = 0; slot < 8; slot++) {
        peer.send(slot, socket, "" + slot);
      }
      peer.commit();
      peer.takeSends(8);
      List<String> texts = new ArrayList<>();
      for (int posts : List.of(2, 0, 1, 5)) {
        socket.postFirst(posts).commit();
        socket.takeReceives(posts).forEach(done -> texts.add(done.text()));
        pump.dequeueAll(); // a completion without a post would fail here
      }
      assertThat(texts).containsExactlyInAnyOrder("0", "1", "2", "3", "4", "5", "6", "7");
    }
  }

  @Test
  default void aWithdrawnPostIsThePumpsAgainAndTheDatagramWaits() throws IOException {
    try (TestPump pump = open()) {
      TestSocket socket = pump.open(8, 1, 64);
      TestSocket peer = pump.open(1, 2, 64);
      socket.post(4, 2, 7).commit();
      if (!withdrawsPosts()) {
        assertThat(socket.withdraw(8)).isEmpty();
        peer.send(0, socket, "kept").commit();
        assertThat(socket.takeReceive().text()).isEqualTo("kept");
        return;
      }
      assertThat(socket.withdraw(0)).isEmpty();
      assertThat(socket.withdraw(2)).as("the most recent first").containsExactly(7, 2);
      assertThat(socket.withdraw(8)).containsExactly(4);
      assertThat(socket.withdraw(8)).isEmpty();

      peer.send(0, socket, "one").send(1, socket, "two").commit();
      peer.takeSends(2);
      pump.dequeueAll(); // what was withdrawn would complete here
      socket.post(2).commit();
      Done first = socket.takeReceive();
      socket.post(7).commit();
      Done second = socket.takeReceive();

      assertThat(List.of(first.slot(), second.slot())).containsExactly(2, 7);
      assertThat(List.of(first, second))
          .extracting(Done::text)
          .containsExactlyInAnyOrder("one", "two");
    }
  }

  @Test
  default void anIpv6SocketHearsIpv4AndAnswersIt() throws IOException {
    Needs.ipv6();
    try (TestPump pump = open()) {
      TestSocket socket =
          pump.open(new InetSocketAddress(InetAddress.ofLiteral("::"), 0), 2, 2, 64);
      TestSocket four = pump.open(1, 1, 64);
      TestSocket six = pump.open(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0), 1, 1, 64);
      int port = socket.address().getPort();
      socket.post(0, 1).commit();
      four.post(0).send(0, loopback(port), "four").commit();
      assertThat(socket.takeReceive())
          .returns("four", Done::text)
          .returns(four.address(), Done::sender);
      six.post(0).send(0, new InetSocketAddress(six.address().getAddress(), port), "six").commit();
      assertThat(socket.takeReceive())
          .returns("six", Done::text)
          .returns(six.address(), Done::sender);

      socket.send(0, four, "to four").send(1, six, "to six").commit();

      assertThat(four.takeReceive().text()).isEqualTo("to four");
      assertThat(six.takeReceive().text()).isEqualTo("to six");
    }
  }
}
