package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelException.Kind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/** A client whose peer has another address, which the system may refuse. */
class ReconnectTest {

  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final int ENETUNREACH = 101;
  private static final InetSocketAddress FIRST = peer("192.0.2.1");
  private static final InetSocketAddress SECOND = peer("192.0.2.2");
  private static final InetSocketAddress THIRD = peer("192.0.2.3");

  private final AtomicReference<InetSocketAddress> address = new AtomicReference<>(FIRST);
  private final SimulatedKernel kernel = SimulatedKernel.withdrawingPosts();
  private VirtualTimeScheduler clock;
  private ManualPump pump;
  private CapturedLog log;
  private RioConnection client;

  @BeforeEach
  void connect() {
    clock = VirtualTimeScheduler.getOrSet();
    log = new CapturedLog();
    pump = ManualPump.over(kernel);
    TestSubscriber<RioConnection> connected = TestSubscriber.create();
    RioUdpClient.create()
        .remoteAddress(address::get)
        .resolveEvery(PERIOD)
        .runOn(pump.group())
        .connect()
        .subscribe(connected);
    clock.advanceTime();
    pump.run();
    client = connected.getReceivedOnNext().getFirst();
  }

  @AfterEach
  void close() {
    pump.close();
    log.close();
    VirtualTimeScheduler.reset();
    assertThat(kernel.violations()).isEmpty();
    assertThat(kernel.openSockets()).isZero();
  }

  private static InetSocketAddress peer(String host) {
    return new InetSocketAddress(InetAddress.ofLiteral(host), 53);
  }

  /** Its next look-up finds this. */
  private void resolveTo(InetSocketAddress found) {
    address.set(found);
    clock.advanceTimeBy(PERIOD);
    pump.run();
  }

  private void refuse(Kind kind) {
    kernel.lastSocket().refuseNextConnect(kind, ENETUNREACH);
  }

  @Test
  void aRefusalIsTriedAgainAndLoggedOnce() {
    for (int i = 0; i < 5; i++) {
      refuse(Kind.UNREACHABLE);
      resolveTo(SECOND);
    }
    assertThat(client.remoteAddress()).isEqualTo(FIRST);
    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains("to 192.0.2.1:53: cannot be connected to 192.0.2.2:53");

    resolveTo(SECOND);
    assertThat(client.remoteAddress()).isEqualTo(SECOND);
    assertThat(client.stats().reconnects()).isEqualTo(1);
  }

  @Test
  void eachAddressThatIsRefusedIsLogged() {
    refuse(Kind.UNREACHABLE);
    resolveTo(SECOND);
    refuse(Kind.UNREACHABLE);
    resolveTo(THIRD);
    assertThat(log.warnings()).hasSize(2).last().asString().contains("192.0.2.3:53");
  }

  @Test
  void thePeerThatItHadIsConnectedToAgainAfterARefusal() {
    refuse(Kind.UNREACHABLE);
    resolveTo(SECOND);
    resolveTo(FIRST);
    resolveTo(FIRST); // that is settled

    assertThat(kernel.lastSocket().connects()).containsExactly(FIRST, FIRST);
    assertThat(client.stats().reconnects()).isZero();
  }

  @Test
  void aLookUpThatFailsIsNotTheLast() {
    resolveTo(null);
    resolveTo(null);
    assertThat(client.remoteAddress()).isEqualTo(FIRST);
    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains("cannot be resolved again and stays as it was");

    resolveTo(SECOND);
    assertThat(client.remoteAddress()).isEqualTo(SECOND);
  }

  @Test
  void aSocketThatIsLostOnTheWayEndsTheConnectionThoughNothingIsPosted() {
    refuse(Kind.SOCKET_LOST);
    resolveTo(SECOND);

    assertThat(client.isDisposed()).isTrue();
    TestSubscriber<Void> closed = TestSubscriber.create();
    client.onDispose().subscribe(closed);
    assertThat(closed.expectTerminalError())
        .isInstanceOfSatisfying(
            KernelException.class, lost -> assertThat(lost.kind()).isEqualTo(Kind.SOCKET_LOST));
  }
}
