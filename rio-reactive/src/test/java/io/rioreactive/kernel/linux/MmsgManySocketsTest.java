package io.rioreactive.kernel.linux;

import static io.rioreactive.kernel.KernelHarness.config;
import static io.rioreactive.kernel.KernelHarness.postReceives;
import static io.rioreactive.kernel.KernelHarness.postSend;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What epoll watches, and that a turn costs by those who have something to do. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class MmsgManySocketsTest {

  private static final int MANY = 1_000;
  private static final byte[] X = {'x'};

  @ParameterizedTest
  @EnumSource(WaitMode.class)
  void aThousandSocketsReceiveTheirOwn(WaitMode waitMode) throws IOException {
    try (MmsgHarness harness = new MmsgHarness(waitMode)) {
      List<RequestQueue> sockets = harness.openMany(MANY);
      for (int round = 0; round < 2; round++) {
        for (RequestQueue socket : sockets) {
          harness.sendTo(socket, ("for " + socket.index()).getBytes(UTF_8));
        }
        List<Done> done = harness.take(MANY);
        assertThat(done).allMatch(d -> d.text().equals("for " + d.socket()));
        assertThat(done).extracting(Done::socket).doesNotHaveDuplicates();
        done.forEach(d -> sockets.get(d.socket()).postReceive(d.slot()));
      }
    }
  }

  @Test
  void socketsOfBothFamiliesTakeTurnsAtTheSamePlaces() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue v4 = harness.open(4, 1, 64);
      RequestQueue v6 = open(harness, "::1", 4);
      RequestQueue sender = open(harness, "::1", 1);
      for (int round = 0; round < 3; round++) {
        postReceives(v4, 1);
        harness.sendTo(v4, X);
        assertThat(harness.take(1)).extracting(Done::sender).containsOnly(harness.peerAddress());

        postReceives(v6, 1);
        postSend(sender, 0, v6.localAddress(), X);
        sender.commit();
        assertThat(harness.take(2))
            .filteredOn(Done::isReceive)
            .extracting(Done::sender)
            .containsExactly(sender.localAddress());
      }
    }
  }

  private static RequestQueue open(MmsgHarness harness, String host, int receiveSlots)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(host), 0);
    return harness.open(config(address, receiveSlots, 1, 64, Map.of()));
  }

  @Test
  void aTurnIsToldOfThoseWhoHaveSomething() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      List<RequestQueue> sockets = harness.openMany(MANY);
      for (int i = 0; i < 100; i++) {
        RequestQueue busy = sockets.get(i * 7);
        harness.sendTo(busy, X);
        assertThat(harness.take(1)).extracting(Done::socket).containsExactly(busy.index());
        busy.postReceive(0);
      }
      assertThat(harness.libc.polledEvents).isEqualTo(100);
      assertThat(harness.libc.receiveCalls).as("a full batch is asked for more").isLessThan(201);
      assertThat(harness.libc.interestChanges).isZero();
    }
  }

  @Test
  void pingPongChangesNothingInEpoll() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(4, 1, 64);
      postReceives(socket, 4);
      for (int i = 0; i < 100; i++) {
        harness.sendTo(socket, X);
        Done received = harness.take(1).getFirst();
        socket.postReceive(received.slot());
        harness.send(socket, 0, "y");
        socket.commit();
        assertThat(harness.dequeue()).containsExactly(Done.sent(socket, 0, "y"));
        harness.receiveAtPeer();
      }
      assertThat(harness.libc.interestChanges).isZero();
      assertThat(harness.libc.receiveCalls).isEqualTo(100);
      assertThat(harness.libc.sendCalls).isEqualTo(100);
      assertThat(harness.libc.pollCalls).isEqualTo(100);
    }
  }

  @Test
  void whatNobodyAskedForIsToldOnceAndNotForgotten() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      for (int round = 1; round <= 3; round++) {
        int told = harness.libc.polledEvents;
        harness.sendTo(socket, X, X);
        for (int i = 0; i < 5; i++) {
          assertQuiet(harness);
        }
        assertThat(harness.libc.interestChanges).isEqualTo(2 * round - 1);
        assertThat(harness.libc.polledEvents - told).as("and wake-ups").isLessThanOrEqualTo(6);

        for (int i = 0; i < 2; i++) {
          socket.postReceive(0);
          assertThat(harness.take(1)).extracting(Done::text).containsExactly("x");
        }
        socket.postReceive(0);
        assertQuiet(harness); // finds it empty
        assertQuiet(harness); // watches it again
        socket.withdrawReceives(new int[1], 1);
        assertThat(harness.libc.interestChanges).isEqualTo(2 * round);
      }
      socket.postReceive(0);
      harness.sendTo(socket, X);
      harness.await("though there is a datagram");
      assertThat(harness.dequeue()).hasSize(1);
    }
  }

  private static void assertQuiet(MmsgHarness harness) throws IOException {
    harness.queue.wake();
    harness.queue.await();
    assertThat(harness.dequeue()).isEmpty();
  }

  @Test
  void aBlockedSendIsWatchedWhileItIs() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(1, 3, 64);
      for (int round = 1; round <= 3; round++) {
        harness.libc.failSend(Errno.EAGAIN);
        harness.sendThree(socket);
        assertThat(harness.take(3)).extracting(Done::status).containsOnly(CompletionStatus.OK);
        assertQuiet(harness);
        assertThat(harness.libc.interestChanges).isEqualTo(2 * round);
      }
    }
  }

  @Test
  void anErrorThatNobodyWouldMeetIsTakenAway() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      harness.open(1, 1, 64);
      harness.libc.answerPoll(Constants.EPOLLERR);
      harness.queue.await();
      assertThat(harness.libc.clearedErrors).isEqualTo(1);
    }
  }

  @Test
  void aSocketThatCannotBeWatchedIsNotOpened() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      harness.libc.failControl(Errno.ENOSPC);
      assertThatThrownBy(() -> harness.open(1, 1, 64))
          .hasMessageStartingWith("epoll_ctl ADD failed: ENOSPC (28): ");
      assertThat(harness.open(1, 1, 64).index()).isZero();
    }
  }

  /** One socket always has more, and more others have one than one wait of epoll tells of. */
  @Test
  void aFloodedSocketLeavesAThousandTheirTurn() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue flooded = harness.open(MANY, 1, 64);
      postReceives(flooded, MANY);
      List<RequestQueue> sockets = harness.openMany(MANY);
      for (int i = 0; i < 300; i++) {
        harness.sendTo(flooded, X);
      }
      harness.queue.await();
      assertThat(harness.dequeue(16)).extracting(Done::socket).containsOnly(flooded.index());
      for (RequestQueue socket : sockets) {
        harness.sendTo(socket, X);
      }
      BitSet served = new BitSet();
      int turns = 0;
      while (served.cardinality() < MANY) {
        for (int i = 0; i < 16; i++) {
          harness.sendTo(flooded, X);
        }
        for (Done done : harness.dequeue(64)) {
          if (done.socket() == flooded.index()) {
            flooded.postReceive(done.slot());
          } else {
            served.set(done.socket());
          }
        }
        assertThat(++turns).isLessThan(1_000);
      }
    }
  }

  @Test
  void socketsComeAndGoUnderLoad() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue busy = harness.open(64, 1, 64);
      postReceives(busy, 64);
      Deque<RequestQueue> others = new ArrayDeque<>();
      int[] got = new int[64];
      for (int i = 0; i < 2_000; i++) {
        RequestQueue opened = harness.open(2, 1, 64);
        postReceives(opened, 1);
        harness.sendTo(opened, ("number " + i).getBytes(UTF_8));
        harness.sendTo(busy, X);
        others.add(opened);
        got[opened.index()] = -1;
        while (got[opened.index()] < 0) {
          for (Done done : harness.take(1)) {
            if (done.socket() == busy.index()) {
              busy.postReceive(done.slot());
            } else {
              assertThat(done.text()).isEqualTo("number " + i);
              assertThat(done.socket()).isEqualTo(opened.index());
              got[done.socket()] = i;
            }
          }
        }
        harness.sendTo(opened, X); // waits in it when it goes
        if (others.size() == 20) {
          RequestQueue gone = i % 2 == 0 ? others.pollFirst() : others.pollLast();
          gone.close();
          repost(busy, harness.dequeue());
          harness.release(gone);
        }
      }
    }
  }

  private static void repost(RequestQueue busy, List<Done> done) {
    done.stream().filter(d -> d.socket() == busy.index()).forEach(d -> busy.postReceive(d.slot()));
  }
}
