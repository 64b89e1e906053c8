package io.rioreactive.test;

import static io.rioreactive.test.RioAssertions.assertThat;
import static io.rioreactive.test.RioAssertions.assertThatThrownBy;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Each assertion passes where it holds, and where it does not it shows what there is. */
@Timeout(60)
@RioTest(virtualTime = true)
class RioAssertionsTest {

  private static void assertFails(ThrowingCallable assertion, String... texts) {
    assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessageContainingAll(texts);
  }

  @Test
  void aFailureShowsStatisticsSlotsAndEvents(ManualPump pump, @Server RioConnection server) {
    server.receive().subscribe(Probe.requesting(3));
    pump.run();
    SimulatedSocket.of(server).deliver("one");

    assertFails(
        () -> assertThat(server).as("after one arrival").hasPosted(5),
        "[after one arrival] Expected udp 127.0.0.1:50000 to have 5 receives posted, but there are"
            + " 3",
        "statistics: demand 3, posted 3 of 1024; received 0",
        "socket 0 receive slots: with the kernel 2 (1-2), posted and not committed 0, completed and"
            + " not dequeued 1 (0), free 1021 (3-1023)",
        "socket 0 send slots: with the kernel 0",
        "last events:",
        "bind socket 0",
        "post socket 0: receives [0, 1, 2], sends []",
        "by hand: socket 0: deliver 3 bytes");
  }

  @Test
  void theSlotTableTellsWhoHasWhich(
      SimulatedKernel kernel, ManualPump pump, @Server RioConnection server) {
    SimulatedSocket socket = SimulatedSocket.of(server);
    server.receive().subscribe(Probe.requesting(5));
    pump.turn();
    kernel.holdCompletions();
    socket.holdSends();
    int first = socket.posted().getFirst();
    socket.complete(first, "held");
    pump.turn();

    assertThat(socket.slotTable().getFirst())
        .contains("with the kernel 4 (")
        .contains("completed and not dequeued 1 (" + first + ")")
        .endsWith("free 1019 (5-1023)");
    assertThat(socket.slotTable()).anyMatch(line -> line.contains("releaseSends()"));
    assertFails(
        () -> assertThat(server).hasReceived(1), "completions are held: SimulatedKernel.re");

    kernel.releaseCompletions();
    pump.turn();
    assertThat(server).hasReceived(1).hasDelivered(1).hasPosted(4).hasUnmetDemand(4);
  }

  @Test
  void receiving(ManualPump pump, @Server RioUdpServer options) {
    RioConnection server = options.datagramSize(4).bindNow();
    server.receive(view -> view.length() == 0 ? null : view.length()).subscribe();
    pump.run();
    SimulatedSocket socket = SimulatedSocket.of(server);
    List.of("", "ok", "too long").forEach(socket::deliver);
    pump.run();

    assertThat(server)
        .hasPosted(1024)
        .hasUnboundedDemand()
        .hasUnmetDemand(Long.MAX_VALUE)
        .hasReceived(3)
        .hasDelivered(1)
        .hasSkipped(1)
        .hasDropped(DropReason.TRUNCATED, 1)
        .hasDropped(DropReason.DECODER, 0)
        .hasKernelDrops(0)
        .conserves()
        .isOpen();
    assertFails(
        () -> assertThat(server).hasReceived(2), "to have 2 datagrams received, but there are 3");
    assertFails(() -> assertThat(server).hasUnmetDemand(1), "but there are unbounded");
    assertFails(() -> assertThat(server).hasDelivered(2), "datagrams delivered");
    assertFails(() -> assertThat(server).hasSkipped(2), "datagrams skipped");
    assertFails(
        () -> assertThat(server).hasDropped(DropReason.TRUNCATED, 2),
        "datagrams dropped: TRUNCATED");
    assertFails(() -> assertThat(server).hasDroppedNothing(), "to have 0 datagrams dropped");
    assertFails(() -> assertThat(server).hasKernelDrops(2), "2 datagrams dropped by the kernel");
    assertFails(() -> assertThat(server).isClosed(), "to be closed, but it is open");
    assertThatThrownBy(() -> assertThat(server).hasDropped(DropReason.ENCODER, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("use hasFailed for it");
  }

  @Test
  void sending(ManualPump pump, @Server RioConnection server, @Client RioUdpClient options) {
    RioConnection client = options.datagramSize(4).connectNow();
    SimulatedSocket socket = SimulatedSocket.of(client);
    socket.holdSends();
    client.send(Flux.just("a", "b", "too long").map(Datagram::of)).subscribe();
    pump.run();
    assertThat(client).hasInFlight(2).hasFailed(DropReason.TOO_LARGE, 1).conserves();
    socket.failSend(socket.sendsHeld().getFirst(), DropReason.NOT_PERMITTED);
    socket.releaseSends();
    pump.run();

    assertThat(client).hasInFlight(0).hasSent(1).hasFailed(DropReason.NOT_PERMITTED, 1).conserves();
    assertThat(client).hasRemoteAddress(server.localAddress()).hasUnreachable(0);
    assertThat(server).hasLocalAddress(server.localAddress());
    InetSocketAddress other = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    assertFails(() -> assertThat(client).hasSent(2), "datagrams sent");
    assertFails(() -> assertThat(client).hasInFlight(2), "datagrams in flight");
    assertFails(
        () -> assertThat(client).hasFailed(DropReason.SYSTEM, 2), "datagrams failed: SYSTEM");
    assertFails(() -> assertThat(client).hasUnreachable(2), "times unreachable");
    assertFails(() -> assertThat(client).hasUnboundedDemand(), "unbounded demand");
    assertFails(() -> assertThat(client).hasRemoteAddress(other), "but it is to");
    assertFails(() -> assertThat(client).hasLocalAddress(other), "but it is to");
    assertThatThrownBy(() -> assertThat(client).hasFailed(DropReason.TRUNCATED, 1))
        .hasMessageContaining("use hasDropped for it");
  }

  @Test
  void aRefusedSendIsCountedForItsReasonAndARefusedReceiveIsTriedAgain(
      ManualPump pump, @Client(port = 9) RioConnection client) {
    SimulatedSocket socket = SimulatedSocket.of(client);
    socket.refuseNextSend(DropReason.UNREACHABLE);
    client.send(Mono.just(Datagram.of("refused"))).subscribe();
    socket.refuseNextReceive(105);
    client.receive().subscribe(Probe.requesting(1));
    pump.turn();
    assertThat(client).hasFailed(DropReason.UNREACHABLE, 1).hasPosted(0);
    pump.run();
    assertThat(client).hasPosted(1);
    assertThatThrownBy(() -> socket.refuseNextSend(DropReason.CLOSED))
        .hasMessageContaining("allowed are TOO_LARGE, BAD_ADDRESS");
  }

  @Test
  void aReceiveThatFailsIsNoDatagram(ManualPump pump, @Server RioConnection server) {
    server.receive().subscribe(Probe.requesting(2));
    pump.run();
    SimulatedSocket socket = SimulatedSocket.of(server);
    socket.fail(socket.posted().getFirst(), 5);
    pump.run();

    assertThat(server.stats().receiveErrors()).isEqualTo(1);
    assertThat(server).hasPosted(2).hasReceived(0).conserves();
  }

  @Test
  void closedIsWhenNothingIsLeft(ManualPump pump, @Server RioConnection server) {
    server.dispose();
    assertFails(() -> assertThat(server).isClosed(), "but it is only ending");
    assertFails(() -> assertThat(server).isOpen(), "to be open, but it is closed or ending");
    pump.run();
    assertThat(server).isClosed();
  }

  @Test
  @RioTest
  void eventuallyWaitsForAThread(@Server RioConnection server, @Client RioConnection client) {
    server.receive().subscribe();
    client.send(Flux.range(0, 100).map(i -> Datagram.of("" + i))).subscribe();

    assertThat(server).eventually(Duration.ofSeconds(20)).hasReceived(100).conserves();
    assertFails(
        () -> assertThat(server).eventually(Duration.ofMillis(10)).hasReceived(1),
        "within PT0.01S");
    assertThatThrownBy(() -> assertThat(server).eventually(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @RioTest(real = true)
  void onRealSocketsThereAreStatisticsAlone(@Server RioConnection server) {
    assertThatThrownBy(() -> assertThat(server).hasPosted(1))
        .hasMessageContaining("statistics: ")
        .hasMessageNotContaining("slots:");
    assertThatThrownBy(() -> SimulatedSocket.of(server))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it runs on " + server.provider() + ": bind it with runOn(");
  }

  @Test
  void aNetwork(
      SimulatedNetwork network, @Server RioConnection server, @Client RioConnection client) {
    network.link(Link.create().loseEvery(2));
    client.send(Flux.range(0, 10).map(i -> Datagram.of("" + i))).block();

    assertThat(network)
        .hasSent(10)
        .hasDelivered(5)
        .hasLost(LossCause.LOSS, 5)
        .hasInFlight(0)
        .conserves();
    assertFails(
        () -> assertThat(network).hasLostNothing(),
        "Expected SimulatedNetwork.create(",
        "to have 0 datagrams lost, but there are 5",
        "last events:",
        "1 bytes: LOSS");
    assertFails(() -> assertThat(network).hasSent(1), "datagrams sent");
    assertFails(() -> assertThat(network).hasDelivered(1), "datagrams delivered");
    assertFails(() -> assertThat(network).hasInFlight(1), "datagrams in flight");
    assertFails(() -> assertThat(network).hasLost(LossCause.MTU, 1), "datagrams lost: MTU");
  }

  @Test
  void patienceMayBeLongerThanALongOfNanoseconds(
      @Server RioConnection server, @Client RioConnection client) {
    server.receive().subscribe();
    Thread me = Thread.currentThread();
    Thread.startVirtualThread(
        () -> {
          while (me.getState() != Thread.State.TIMED_WAITING) { // until it has looked once
            Thread.onSpinWait();
          }
          client.send(Mono.just(Datagram.of("late"))).subscribe();
        });

    assertThat(server).eventually(Duration.ofSeconds(Long.MAX_VALUE)).hasDelivered(1);
  }
}
