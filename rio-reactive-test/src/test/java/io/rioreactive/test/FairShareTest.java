package io.rioreactive.test;

import static io.rioreactive.test.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sockets of one pump that are all full take turns: each is served one system call at a time. */
@Timeout(60)
class FairShareTest {

  private static final int SOCKETS = 8;

  /** As many as the smallest receive buffer holds. */
  private static final int WAITING = 150;

  /** Datagrams a visit, and the same for one that the batch had no room for. */
  private static final int MOST_AHEAD = 2 * 64;

  @ParameterizedTest
  @ValueSource(strings = {"linux-mmsg", "nio"})
  void noneGetsAheadOfAnotherByMoreThanAVisitOrTwo(String provider) {
    Needs.provider(provider);
    PumpGroup pumps = PumpGroup.create().provider(provider);
    List<RioConnection> full = new ArrayList<>();
    List<Integer> served = Collections.synchronizedList(new ArrayList<>());
    RioUdpServer server = RioUdpServer.create().host("127.0.0.1").runOn(pumps);
    try (LoopbackPeer peer = new LoopbackPeer()) {
      for (int i = 0; i < SOCKETS; i++) {
        full.add(server.bindNow());
      }
      RioConnection start = server.bindNow();
      start.receive().subscribe(ignored -> subscribe(full, served)); // on the pump: all in one turn
      for (int i = 0; i < WAITING; i++) {
        full.forEach(each -> peer.send(new byte[64], each.localAddress()));
      }

      peer.send(new byte[1], start.localAddress());

      eventually(() -> assertThat(served).hasSize(SOCKETS * WAITING));
      assertThat(mostAhead(served)).isLessThanOrEqualTo(MOST_AHEAD);
    } finally {
      pumps.dispose();
    }
  }

  private static void subscribe(List<RioConnection> full, List<Integer> served) {
    for (int i = 0; i < full.size(); i++) {
      int number = i;
      full.get(i).receive().subscribe(datagram -> served.add(number));
    }
  }

  /** By how much one was ahead of another at most, while none was empty yet. */
  private static int mostAhead(List<Integer> served) {
    int[] counts = new int[SOCKETS];
    int most = 0;
    for (int number : served) {
      counts[number]++;
      int last = Arrays.stream(counts).min().orElseThrow();
      most = Math.max(most, counts[number] - last);
    }
    return most;
  }
}
