package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.WINDOWS)
class RioConnectTest {

  @Test
  void aSendThatEndsForEarlierOnesIsMadeAgainAndEachIsNews() throws IOException {
    assumeTrue(RioDouble.isThere(), "needs the double");
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      socket.connect(harness.peerAddress());
      RioDouble.control("fault send 10054 times 3");
      harness.send(socket, 0, "again");
      socket.commit();

      List<Done> done = harness.take(4);

      assertThat(done).contains(Done.sent(socket, 0, "again"));
      assertThat(news(done)).containsExactly(10054, 10054, 10054);
      assertThat(harness.receiveAtPeer()).isEqualTo("again");
    }
  }

  @Test
  void aSendThatMeetsNothingElseFails() throws IOException {
    assumeTrue(RioDouble.isThere(), "needs the double");
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      socket.connect(harness.peerAddress());
      RioDouble.control("fault send 10054 times " + RioRequestQueue.MOST_ATTEMPTS);
      harness.send(socket, 0, "x");
      socket.commit();

      List<Done> done = harness.take(RioRequestQueue.MOST_ATTEMPTS);

      assertThat(news(done)).hasSize(RioRequestQueue.MOST_ATTEMPTS - 1).containsOnly(10054);
      assertThat(done.getLast())
          .returns(false, Done::isReceive)
          .returns(CompletionStatus.FAILED, Done::status);
      harness.send(socket, 0, "next");
      socket.commit();
      assertThat(harness.take(1)).containsExactly(Done.sent(socket, 0, "next"));
    }
  }

  @Test
  void aSendThatIsRefusedForEarlierOnesIsMadeAgain() throws IOException {
    assumeTrue(RioDouble.isThere(), "needs the double");
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      socket.connect(harness.peerAddress());
      RioDouble.control("fault post-send 10054 times 7");
      harness.send(socket, 0, "again");
      socket.commit();
      assertThat(harness.take(1)).containsExactly(Done.sent(socket, 0, "again"));
    }
  }

  private static List<Integer> news(List<Done> done) {
    return done.stream().filter(d -> d.slot() < 0).map(Done::code).toList();
  }
}
