package io.rioreactive.test;

import static io.rioreactive.DropReason.FILTERED;
import static io.rioreactive.DropReason.TRUNCATED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Drop;
import io.rioreactive.RioUdpServer;
import io.rioreactive.SourceView;
import io.rioreactive.Truncation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("What the source filter does not want is counted, and nobody ever sees it")
class SourceFilterTest {

  private static final InetSocketAddress STRANGER =
      new InetSocketAddress(InetAddress.ofLiteral("198.51.100.7"), 4711);

  private static RioUdpServer noStrangers(RioUdpServer server) {
    return server.sourceFilter(SourceView.in("192.0.2.0/24"));
  }

  private static Rig rig(Posts posts, UnaryOperator<RioUdpServer> options) {
    return Rig.over(posts.kernel(), options);
  }

  private static void arrive(Rig rig, InetSocketAddress from, String... texts) {
    for (String text : texts) {
      rig.socket().deliver(text.getBytes(UTF_8), from);
    }
    rig.run();
  }

  private static Probe<String> subscribe(Rig rig, long demand) {
    Probe<String> probe = Probe.requesting(demand);
    rig.texts().subscribe(probe);
    rig.run();
    return probe;
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("it uses no demand: what is posted is what is still wanted")
  void usesNoDemand(Posts posts) {
    try (Rig rig = rig(posts, SourceFilterTest::noStrangers)) {
      Probe<String> probe = subscribe(rig, 3);

      arrive(rig, STRANGER, "a", "b", "c", "d", "e", "f", "g", "h", "i");

      rig.assertPosted(3);
      assertThat(rig.dropped(FILTERED)).isEqualTo(9);
      rig.receive("1", "2", "3");
      assertThat(probe.values()).containsExactly("1", "2", "3");
      rig.assertPosted(0);
      assertThat(rig.stats().received()).isEqualTo(12);
      assertThat(rig.stats().bytesReceived()).isEqualTo(3);
    }
  }

  @Test
  @DisplayName("one that would not fit either is filtered, not truncated")
  void beforeTheLength() {
    for (Truncation truncation : Truncation.values()) {
      try (Rig rig = rig(Posts.WITHDRAWN, it -> noStrangers(it).truncation(truncation))) {
        Probe<String> probe = subscribe(rig, 8);

        arrive(rig, STRANGER, "longer than sixteen bytes");

        assertThat(rig.dropped(FILTERED)).isEqualTo(1);
        assertThat(rig.dropped(TRUNCATED)).isZero();
        assertThat(probe.values()).isEmpty();
      }
    }
  }

  @Test
  @DisplayName("doOnDrop is told who it was, and how long")
  void told() {
    try (Rig rig = rig(Posts.WITHDRAWN, SourceFilterTest::noStrangers)) {
      subscribe(rig, 8);

      arrive(rig, STRANGER, "abc");

      assertThat(rig.drops()).containsExactly(new Drop(FILTERED, STRANGER, 3, null));
    }
  }

  @Test
  @DisplayName("the decoder is not called")
  void notDecoded() {
    List<String> decoded = new ArrayList<>();
    try (Rig rig = rig(Posts.WITHDRAWN, SourceFilterTest::noStrangers)) {
      rig.connection().receive(view -> decoded.add(view.asString())).subscribe();
      rig.run();

      arrive(rig, STRANGER, "unwanted");
      rig.receive("wanted");

      assertThat(decoded).containsExactly("wanted");
    }
  }

  @Test
  @DisplayName("it is asked once for each datagram, with its sender, IPv4 and IPv6")
  void seesTheSender() {
    List<String> seen = new ArrayList<>();
    InetSocketAddress six = new InetSocketAddress(InetAddress.ofLiteral("2001:db8::7"), 53);
    try (Rig rig =
        rig(
            Posts.WITHDRAWN,
            server ->
                server
                    .host("::")
                    .sourceFilter(
                        source -> {
                          seen.add(
                              source.isIpv4()
                                  ? Integer.toHexString(source.ipv4()) + " " + source.port()
                                  : Long.toHexString(source.high()) + " " + source.low());
                          return true;
                        }))) {
      subscribe(rig, 8);

      arrive(rig, STRANGER, "1");
      arrive(rig, six, "2");

      assertThat(seen).containsExactly("c6336407 4711", "20010db800000000 7");
    }
  }

  @Test
  @DisplayName("of several, each has to accept, and the first refusal is enough")
  void several() {
    List<String> asked = new ArrayList<>();
    try (Rig rig =
        rig(
            Posts.WITHDRAWN,
            server ->
                noStrangers(server)
                    .sourceFilter(
                        source -> {
                          asked.add(source.toString());
                          return false;
                        }))) {
      subscribe(rig, 8);

      arrive(rig, STRANGER, "1");
      rig.receive("2");

      assertThat(rig.dropped(FILTERED)).isEqualTo(2);
      assertThat(asked).containsExactly("SourceView[192.0.2.7:4711]");
    }
  }

  @Test
  @DisplayName("one that throws lets nobody in, is one WARN, and the stream goes on")
  void throwing() {
    try (CapturedLog log = new CapturedLog();
        Rig rig =
            rig(
                Posts.WITHDRAWN,
                server ->
                    server.sourceFilter(
                        source -> {
                          if (source.port() != Rig.PEER.getPort()) {
                            throw new IllegalArgumentException("not for the log");
                          }
                          return true;
                        }))) {
      Probe<String> probe = subscribe(rig, 8);

      arrive(rig, new InetSocketAddress(STRANGER.getAddress(), 1), "1", "2", "3");
      rig.receive("4");

      assertThat(probe.values()).containsExactly("4");
      assertThat(rig.dropped(FILTERED)).isEqualTo(3);
      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("the source filter threw", "dropped as FILTERED");
      assertThat(log.text())
          .contains("java.lang.IllegalArgumentException")
          .doesNotContain("not for the log");
    }
  }

  @Test
  @DisplayName("what was asked for is no news: nothing is logged")
  void notLogged() {
    try (CapturedLog log = new CapturedLog();
        Rig rig = Rig.over(Posts.WITHDRAWN.kernel(), SourceFilterTest::noStrangers)) {
      subscribe(rig, 8);

      arrive(rig, STRANGER, "1", "2", "3");

      assertThat(log.text()).isEmpty();
    }
  }

  @Test
  @DisplayName("its view does not outlive the call")
  void viewIsClosed() {
    List<SourceView> kept = new ArrayList<>();
    try (Rig rig = rig(Posts.WITHDRAWN, server -> server.sourceFilter(kept::add))) {
      subscribe(rig, 8);

      rig.receive("1");

      assertThat(kept).hasSize(1);
      assertThat(kept.getFirst()).hasToString("SourceView[not usable here]");
    }
  }
}
