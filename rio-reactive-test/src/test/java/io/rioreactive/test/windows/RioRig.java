package io.rioreactive.test.windows;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.LawAssert.assertThatLawHolds;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.Notification;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.CapturedLog;
import io.rioreactive.test.LoopbackPeer;
import io.rioreactive.test.Needs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Servers on {@code windows-rio} over the double, and their peers. Each test begins with the double
 * in its ordinary modes. Its end closes what the test has opened; then the law of conservation must
 * hold, no rule of the contract may have been broken, and no object may live that did not before.
 */
final class RioRig implements BeforeEachCallback, AfterEachCallback {

  static final String PROVIDER = "windows-rio";

  /** Longer than anything takes; a test that needs all of it has failed. */
  static final Duration LONG = Duration.ofSeconds(10);

  private final List<RioConnection> connections = new ArrayList<>();
  private final List<PumpGroup> groups = new ArrayList<>();
  private final List<LoopbackPeer> peers = new ArrayList<>();
  private long liveBefore;
  private CapturedLog log;

  @Override
  public void beforeEach(ExtensionContext context) {
    Needs.provider(PROVIDER); // tried out before any fault is set
    requireNoViolation("before this test");
    RioDouble.control("reset");
    liveBefore = RioDouble.count("live");
    log = new CapturedLog();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (log == null) {
      return; // the test did not begin, and has said why
    }
    log.close();
    context.getExecutionException().ifPresent(failure -> System.err.print(log.text()));
    long violations = RioDouble.count("violations");
    String report = RioDouble.report();
    RioDouble.control("reset"); // lets go of what the test held back, if it did not get that far
    connections.forEach(RioConnection::disposeNow);
    groups.forEach(PumpGroup::dispose);
    peers.forEach(LoopbackPeer::close);
    assertThat(violations).as("rules broken: %s", report).isZero();
    requireNothingIsLeft();
    requireNoViolation("when everything was closed");
    connections.forEach(connection -> requireNothingLost(connection.stats()));
  }

  /** What has been logged since the test began. */
  CapturedLog log() {
    return log;
  }

  /** Ends all modes and faults, and counts from 0 again. */
  void reset() {
    requireNoViolation("so far");
    RioDouble.control("reset");
  }

  /** A server at a free port of 127.0.0.1. */
  RioUdpServer server(Notification notification) {
    return RioUdpServer.create()
        .host("127.0.0.1")
        .provider(PROVIDER)
        .notification(notification)
        .receiveSlots(64)
        .sendSlots(64);
  }

  /** The same on a pump that several share. */
  RioUdpServer server(PumpGroup pumps) {
    return RioUdpServer.create().host("127.0.0.1").runOn(pumps).receiveSlots(64).sendSlots(64);
  }

  RioConnection bind(RioUdpServer server) {
    RioConnection connection = server.bindNow();
    connections.add(connection);
    return connection;
  }

  RioConnection echo(RioUdpServer server) {
    return bind(server.handle((in, out) -> out.send(in.receive())));
  }

  /** One pump. */
  PumpGroup pumps(Notification notification) {
    PumpGroup group = PumpGroup.create().provider(PROVIDER).notification(notification);
    groups.add(group);
    return group;
  }

  LoopbackPeer peer() {
    LoopbackPeer peer = new LoopbackPeer();
    peers.add(peer);
    return peer;
  }

  /** All that a connection receives from now on, as texts. */
  static List<String> textsOf(RioConnection connection) {
    List<String> texts = new CopyOnWriteArrayList<>();
    connection.receive().map(Datagram::asString).subscribe(texts::add);
    return texts;
  }

  /** Queues and registrations, without the requests that come and go. */
  static long liveObjects() {
    return RioDouble.count("live.cq")
        + RioDouble.count("live.rq")
        + RioDouble.count("live.buffers");
  }

  /** Waits until all objects of the double are gone that were not there when the test began. */
  void requireNothingIsLeft() {
    eventually(
        () ->
            assertThat(RioDouble.count("live"))
                .as("live objects: %s", RioDouble.report())
                .isEqualTo(liveBefore));
  }

  private static void requireNoViolation(String when) {
    assertThat(RioDouble.count("violations"))
        .as("rules broken %s: %s", when, RioDouble.report())
        .isZero();
  }

  private static void requireNothingLost(RioStats stats) {
    assertThatLawHolds(stats);
    assertThat(stats.posted()).as("posted in %s", stats).isZero();
    assertThat(stats.inFlight()).as("in flight in %s", stats).isZero();
  }
}
