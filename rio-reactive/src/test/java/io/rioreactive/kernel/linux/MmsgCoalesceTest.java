package io.rioreactive.kernel.linux;

import static io.rioreactive.kernel.KernelHarness.loopback;
import static io.rioreactive.kernel.KernelHarness.postSend;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.PacketInfoRules;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Datagrams that come several in a message are told one by one, and no more than are posted. */
@EnabledOnOs(OS.LINUX)
@Timeout(20)
class MmsgCoalesceTest {

  private static final int SLOTS = 300;

  private static RequestQueue open(
      MmsgHarness harness, String host, int datagramSize, boolean coalescing, boolean packetInfo)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(host), 0);
    return harness.open(
        new SocketConfig(
            address, SLOTS, SLOTS, datagramSize, packetInfo, true, coalescing, Map.of()));
  }

  private static RequestQueue coalescing(MmsgHarness harness) throws IOException {
    return open(harness, "127.0.0.1", 100, true, false);
  }

  private static RequestQueue sender(MmsgHarness harness, String host) throws IOException {
    return open(harness, host, 65_507, false, false);
  }

  /** Texts of so many bytes, no two of them alike; an empty one for 0. */
  private static List<String> texts(int count, int size) {
    return IntStream.range(0, count).mapToObj(i -> text(i, size)).toList();
  }

  private static String text(int number, int size) {
    return (number + "," + "x".repeat(size)).substring(0, size);
  }

  /** Sends them in one turn: as few messages as it can be. */
  private static void send(
      MmsgHarness harness, RequestQueue from, InetSocketAddress to, List<String> texts)
      throws IOException {
    for (int slot = 0; slot < texts.size(); slot++) {
      postSend(from, slot, to, texts.get(slot).getBytes(UTF_8));
    }
    from.commit();
    assertThat(harness.take(texts.size())).noneMatch(Done::isReceive);
  }

  private static void post(RequestQueue socket, int count) {
    for (int i = 0; i < count; i++) {
      socket.postReceive(i);
    }
  }

  private static List<String> take(MmsgHarness harness, int count) throws IOException {
    return harness.take(count).stream().map(Done::text).toList();
  }

  // ---- the same with and without

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1, true",
    "127.0.0.1, 127.0.0.1, false",
    "::, ::1, true",
    "::, ::1, false",
    "::, 127.0.0.1, true",
    "::, 127.0.0.1, false"
  })
  void sizesInAnyOrderComeAsTheyWereSent(String bind, String host, boolean coalescing)
      throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness, bind, 65_507, coalescing, false);
      RequestQueue sender = sender(harness, host);
      InetSocketAddress to =
          new InetSocketAddress(InetAddress.ofLiteral(host), socket.localAddress().getPort());
      for (int[] sizes : new int[][] {{1}, {0}, {7, 7, 7, 3}, {0, 5, 5}, {1_000}, {900, 9}}) {
        List<String> texts =
            IntStream.range(0, 200).mapToObj(i -> text(i, sizes[i % sizes.length])).toList();
        send(harness, sender, to, texts);
        post(socket, 200);

        List<Done> done = harness.take(200);

        assertThat(done).extracting(Done::text).isEqualTo(texts);
        assertThat(done).extracting(Done::status).containsOnly(CompletionStatus.OK);
        assertThat(done)
            .extracting(Done::sender)
            .containsOnly(
                new InetSocketAddress(
                    InetAddress.ofLiteral(host), sender.localAddress().getPort()));
      }
      send(harness, sender, to, List.of(text(1, 65_507), text(2, 65_507)));
      post(socket, 2);
      assertThat(take(harness, 2)).containsExactly(text(1, 65_507), text(2, 65_507));
      assertThat(socket.surplus()).isZero();
    }
  }

  // ---- demand

  @Test
  void whatIsNotPostedForWaitsAndComesBeforeAnythingElseIsRead() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = coalescing(harness);
      RequestQueue sender = sender(harness, "127.0.0.1");
      send(harness, sender, socket.localAddress(), texts(8, 10));
      send(harness, sender, socket.localAddress(), List.of("next"));

      post(socket, 5);
      assertThat(take(harness, 5)).isEqualTo(texts(8, 10).subList(0, 5));
      assertThat(socket.surplus()).isEqualTo(3);
      int calls = harness.libc.receiveCalls;

      post(socket, 2);
      assertThat(harness.dequeue()).extracting(Done::text).isEqualTo(texts(8, 10).subList(5, 7));
      assertThat(socket.surplus()).isEqualTo(1);
      assertThat(harness.dequeue()).isEmpty();
      post(socket, 2);
      assertThat(socket.surplus()).as("what is posted for is none").isZero();
      assertThat(harness.dequeue()).extracting(Done::text).containsExactly(text(7, 10));
      assertThat(harness.libc.receiveCalls).isEqualTo(calls);

      assertThat(take(harness, 1)).containsExactly("next");
    }
  }

  @Test
  void onePostBringsOneMessageAtMost() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = coalescing(harness);
      send(harness, sender(harness, "127.0.0.1"), socket.localAddress(), texts(192, 10));
      for (int i = 0; i < 192; i++) {
        post(socket, 1);
        assertThat(take(harness, 1)).containsExactly(text(i, 10));
        assertThat(socket.surplus()).isEqualTo(63 - i % 64);
      }
      assertThat(harness.libc.receiveCalls).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "128, 1", "129, 2", "256, 2", "257, 3", "8065, 64", "16777216, 64"})
  void allMessagesButTheLastHoldLessThanIsPosted(int posted, int messages) {
    assertThat(CoalescedMessages.mostMessages(posted)).isEqualTo(messages);
  }

  /** Three messages, as many as are asked for; and two, after which the socket is empty. */
  @ParameterizedTest
  @ValueSource(ints = {150, 100})
  void whatDoesNotFitTheBatchComesInTheNextAndIsNoSurplus(int count) throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = coalescing(harness);
      send(harness, sender(harness, "127.0.0.1"), socket.localAddress(), texts(count, 10));
      post(socket, SLOTS);

      List<Done> done = harness.take(count, 7);

      assertThat(done).extracting(Done::text).isEqualTo(texts(count, 10));
      assertThat(socket.surplus()).isZero();
      assertThat(harness.libc.receiveCalls).as("three messages at once").isLessThan(3);
    }
  }

  /** Posts, withdrawals, arrivals and batches of any size, in any order. */
  @ParameterizedTest
  @CsvSource({"127.0.0.1, 1", "127.0.0.1, 129", "127.0.0.1, 300", "::1, 2", "::1, 300"})
  void eachPostBringsTheNextDatagramWhateverHappensInBetween(String host, int slots)
      throws IOException {
    for (int seed = 0; seed < 10; seed++) {
      Random random = new Random(seed);
      try (MmsgHarness harness = new MmsgHarness()) {
        RequestQueue socket = open(harness, host, 1_000, true, seed % 2 == 0);
        RequestQueue sender = sender(harness, host);
        ArrayDeque<String> sent = new ArrayDeque<>();
        Set<Integer> posted = new HashSet<>();
        for (int step = 0; step < 300; step++) {
          switch (random.nextInt(4)) {
            case 0 -> {
              if (sent.size() < 50) { // what the socket's buffer holds for certain
                int size = random.nextInt(40);
                int shorter = random.nextInt(size + 1);
                for (int slot = 0; slot < 100; slot++) {
                  String text = text(step * 100 + slot, random.nextInt(20) == 0 ? shorter : size);
                  postSend(sender, slot, socket.localAddress(), text.getBytes(UTF_8));
                  sent.add(text);
                }
                sender.commit();
              }
            }
            case 1 -> {
              int most = random.nextInt(slots + 1);
              for (int slot = 0; slot < slots && posted.size() < most; slot++) {
                if (posted.add(slot)) {
                  socket.postReceive(slot);
                }
              }
            }
            case 2 -> {
              int[] withdrawn = new int[slots];
              int count = socket.withdrawReceives(withdrawn, random.nextInt(slots + 1));
              for (int i = 0; i < count; i++) {
                assertThat(posted.remove(withdrawn[i])).isTrue();
              }
            }
            default -> {
              for (Done done : harness.dequeue(1 + random.nextInt(256))) {
                if (done.isReceive()) {
                  assertThat(posted.remove(done.slot())).as("slot, seed %d", seed).isTrue();
                  assertThat(done.text()).as("step %d, seed %d", step, seed).isEqualTo(sent.poll());
                  assertThat(done.sender()).isEqualTo(sender.localAddress());
                }
              }
            }
          }
          assertThat(socket.surplus()).isLessThanOrEqualTo(sent.size());
        }
        assertThat(socket.kernelDrops()).hasValue(0);
      }
    }
  }

  @Test
  void withdrawnPostsLeaveTheSurplusToTheNext() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = coalescing(harness);
      send(harness, sender(harness, "127.0.0.1"), socket.localAddress(), texts(4, 10));
      post(socket, 1);
      take(harness, 1);
      post(socket, 2);
      assertThat(socket.withdrawReceives(new int[2], 2)).isEqualTo(2);

      assertThat(harness.dequeue()).isEmpty();
      assertThat(socket.surplus()).isEqualTo(3);
      post(socket, 3);
      assertThat(take(harness, 3)).isEqualTo(texts(4, 10).subList(1, 4));
    }
  }

  @Test
  void aPostForTheSurplusOfAnEmptySocketIsServed() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = coalescing(harness);
      send(harness, sender(harness, "127.0.0.1"), socket.localAddress(), texts(20, 10));
      post(socket, SLOTS);
      assertThat(harness.take(5, 5)).hasSize(5); // asked for three messages, and got one
      socket.withdrawReceives(new int[SLOTS], SLOTS);
      assertThat(harness.dequeue()).isEmpty();
      assertThat(socket.surplus()).isEqualTo(15);

      post(socket, 15);

      assertThat(harness.dequeue()).extracting(Done::text).isEqualTo(texts(20, 10).subList(5, 20));
    }
  }

  @Test
  void socketsKeepTheirSurplusApart() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue first = coalescing(harness);
      RequestQueue second = coalescing(harness);
      RequestQueue sender = sender(harness, "127.0.0.1");
      List<String> others = Collections.nCopies(20, "another");
      send(harness, sender, first.localAddress(), texts(20, 10));
      send(harness, sender, second.localAddress(), others);
      post(first, 1);
      post(second, 1);
      harness.take(2);
      post(first, 19);
      post(second, 19);

      List<Done> done = harness.take(38);

      assertThat(done)
          .filteredOn(d -> d.socket() == first.index())
          .extracting(Done::text)
          .isEqualTo(texts(20, 10).subList(1, 20));
      assertThat(done)
          .filteredOn(d -> d.socket() == second.index())
          .extracting(Done::text)
          .isEqualTo(others.subList(1, 20));
    }
  }

  @Test
  void aCloseLosesTheSurplusAndSaysHowMuch() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = coalescing(harness);
      send(harness, sender(harness, "127.0.0.1"), socket.localAddress(), texts(9, 10));
      post(socket, 2);
      take(harness, 2);

      assertThat(harness.close(socket)).isEmpty();
      assertThat(socket.surplus()).isEqualTo(7);
    }
  }

  // ---- each by itself

  @Test
  void eachIsHeldToTheSizeOfADatagram() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = coalescing(harness);
      List<String> texts = List.of(text(1, 101), text(2, 101), text(3, 100));
      send(harness, sender(harness, "127.0.0.1"), socket.localAddress(), texts);
      post(socket, 3);

      assertThat(harness.take(3))
          .extracting(Done::status, Done::length)
          .containsExactly(
              tuple(CompletionStatus.TRUNCATED, 101),
              tuple(CompletionStatus.TRUNCATED, 101),
              tuple(CompletionStatus.OK, 100));
    }
  }

  @Test
  void eachTellsWhereItCameTo() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness, "0.0.0.0", 100, true, true);
      InetSocketAddress to = PacketInfoRules.at(PacketInfoRules.V4_SECOND, socket);
      send(harness, sender(harness, "127.0.0.1"), to, texts(5, 10));
      post(socket, 5);

      assertThat(take(harness, 5)).isEqualTo(texts(5, 10));
      PacketInfoRules.Info info = PacketInfoRules.info(socket, 0); // all stand in the first place
      assertThat(info.local()).isEqualTo(to);
      assertThat(info.origin()).isEqualTo(PacketInfo.ADDRESS);
    }
  }

  @Test
  void aSystemWithoutItRefusesTheSocket() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      harness.libc.isOld = true;
      assertThatThrownBy(() -> coalescing(harness))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("UDP_GRO failed: ENOPROTOOPT (92): ");
      assertThat(harness.open(1, 1, 10).localAddress()).isNotEqualTo(loopback(0));
    }
  }
}
