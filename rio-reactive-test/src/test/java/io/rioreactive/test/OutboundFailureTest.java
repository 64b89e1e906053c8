package io.rioreactive.test;

import static io.rioreactive.test.SimulatedServer.PEER;
import static io.rioreactive.test.SimulatedServer.datagram;
import static io.rioreactive.test.SimulatedServer.datagrams;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.DatagramEncoder;
import io.rioreactive.Drop;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelException.Kind;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import reactor.core.publisher.Flux;
import reactor.test.subscriber.TestSubscriber;

/**
 * Datagrams that cannot be sent: each fails by name, and the rest goes on. That every accepted
 * datagram is accounted for is checked after each test.
 */
class OutboundFailureTest {

  private static final int CODE = 77;

  private static final List<InetSocketAddress> IMPOSSIBLE_TARGETS =
      List.of(
          new InetSocketAddress(PEER.getAddress(), 0),
          InetSocketAddress.createUnresolved("peer.invalid", 4711),
          new InetSocketAddress(InetAddress.ofLiteral("2001:db8::7"), 4711));

  @AutoClose private final SimulatedServer server = SimulatedServer.bind();
  private final RioConnection connection = server.connection();
  private final SimulatedSocket socket = server.socket();

  /** Encodes texts; the one called "bad" in the test's way. */
  private static DatagramEncoder<String> texts(DatagramEncoder<String> bad) {
    return (text, writer) -> {
      if (text.equals("bad")) {
        bad.encode(text, writer);
      } else {
        writer.remoteAddress(PEER).put(text);
      }
    };
  }

  private void sendWithABadOne(DatagramEncoder<String> bad) {
    TestSubscriber<Void> done =
        server.subscribe(connection.send(Flux.just("before", "bad", "after"), texts(bad)));
    server.run();
    assertTheRestWentOn(done);
  }

  private void assertTheRestWentOn(TestSubscriber<Void> done) {
    assertThat(server.sent()).containsExactly("before", "after");
    assertThat(done.isTerminatedComplete()).isTrue();
    assertThat(server.stats().failedTotal()).isEqualTo(1);
    assertThat(server.stats().sent()).isEqualTo(2);
    assertThat(server.stats().accepted()).isEqualTo(3);
  }

  private Drop onlyDrop(DropReason reason) {
    assertThat(server.stats().count(reason)).isEqualTo(1);
    assertThat(server.drops()).hasSize(1);
    Drop drop = server.drops().getFirst();
    assertThat(drop.reason()).isEqualTo(reason);
    assertThat(drop.direction()).isEqualTo(Drop.Direction.OUTBOUND);
    return drop;
  }

  @Test
  void anEncoderThatThrowsFailsItsElementAsEncoder() {
    IllegalStateException thrown = new IllegalStateException("from the encoder");
    sendWithABadOne(
        (text, writer) -> {
          writer.remoteAddress(PEER).putInt(1);
          throw thrown;
        });

    Drop drop = onlyDrop(DropReason.ENCODER);
    assertThat(drop.cause()).isSameAs(thrown);
    assertThat(drop.peer()).isEqualTo(PEER);
    assertThat(drop.length()).as("as far as it was written").isEqualTo(4);
  }

  @Test
  void anEncoderThatThrowsAnErrorOfTheJvmFailsItsElementToo() {
    sendWithABadOne(
        (text, writer) -> {
          throw new StackOverflowError("from the encoder");
        });

    assertThat(onlyDrop(DropReason.ENCODER).cause()).isInstanceOf(StackOverflowError.class);
  }

  @Test
  void anEncoderThatNamesNoTargetFailsItsElementAsEncoder() {
    sendWithABadOne((text, writer) -> writer.put(text));

    Drop drop = onlyDrop(DropReason.ENCODER);
    assertThat(drop.cause()).hasMessageContaining("named no target");
    assertThat(drop.peer()).isNull();
    assertThat(drop.length()).isEqualTo(3);
  }

  @Test
  void anEncoderThatNamesANullTargetFailsItsElementAsEncoder() {
    sendWithABadOne((text, writer) -> writer.remoteAddress(null));

    assertThat(onlyDrop(DropReason.ENCODER).peer()).isNull();
  }

  @Test
  void aDatagramLongerThanASlotFailsAsTooLarge() {
    TestSubscriber<Void> done =
        server.send(
            Flux.just(datagram("before"), Datagram.to(PEER, new byte[65]), datagram("after")));

    assertTheRestWentOn(done);
    Drop drop = onlyDrop(DropReason.TOO_LARGE);
    assertThat(drop.peer()).isEqualTo(PEER);
    assertThat(drop.length()).isEqualTo(65);
    assertThat(drop.cause()).hasMessageContaining("65").hasMessageContaining("datagramSize");
  }

  @Test
  void tooLargeStaysTooLargeAlsoWhenTheEncoderCatchesTheException() {
    sendWithABadOne(
        (text, writer) -> {
          writer.remoteAddress(PEER).put(new byte[60]);
          try {
            writer.putLong(1);
          } catch (RuntimeException caught) {
            writer.putByte(1);
          }
        });

    Drop drop = onlyDrop(DropReason.TOO_LARGE);
    assertThat(drop.length()).as("what it wanted to be").isEqualTo(68);
  }

  @Test
  void aDatagramOfTheSlotsSizeAndAnEmptyOneAreSent() {
    server.send(Flux.just(Datagram.to(PEER, new byte[64]), Datagram.to(PEER, new byte[0])));

    assertThat(socket.sent()).extracting(it -> it.bytes().length).containsExactly(64, 0);
    assertThat(server.stats().bytesSent()).isEqualTo(64);
    assertThat(server.drops()).isEmpty();
  }

  @ParameterizedTest
  @FieldSource("IMPOSSIBLE_TARGETS")
  void anImpossibleTargetFailsAsBadAddress(InetSocketAddress target) {
    TestSubscriber<Void> done =
        server.send(Flux.just(datagram("before"), Datagram.to(target, "bad"), datagram("after")));

    assertTheRestWentOn(done);
    Drop drop = onlyDrop(DropReason.BAD_ADDRESS);
    assertThat(drop.peer()).isEqualTo(target);
    assertThat(drop.cause()).hasMessageContaining(target.toString());
  }

  @ParameterizedTest
  @FieldSource("IMPOSSIBLE_TARGETS")
  void anImpossibleTargetFailsAlsoWhenTheEncoderCatchesTheException(InetSocketAddress target) {
    sendWithABadOne(
        (text, writer) -> {
          try {
            writer.remoteAddress(target);
          } catch (RuntimeException caught) {
            writer.put(text);
          }
        });

    assertThat(onlyDrop(DropReason.BAD_ADDRESS).peer()).isEqualTo(target);
  }

  @Test
  void anIpv6SocketReachesBothFamilies() {
    try (SimulatedServer six = SimulatedServer.bind(it -> it.host("::"))) {
      InetSocketAddress target = new InetSocketAddress(InetAddress.ofLiteral("2001:db8::7"), 4711);
      six.send(Flux.just(Datagram.to(target, "six"), datagram("four")));

      assertThat(six.socket().sent())
          .extracting(SentDatagram::target)
          .containsExactly(target, PEER);
    }
  }

  @Test
  void aLinkLocalTargetKeepsItsScope() throws UnknownHostException {
    try (SimulatedServer six = SimulatedServer.bind(it -> it.host("::"))) {
      six.send(Flux.just(linkLocal(1), linkLocal(2), linkLocal(1)));

      assertThat(six.socket().sent())
          .extracting(it -> ((Inet6Address) it.target().getAddress()).getScopeId())
          .containsExactly(1, 2, 1);
    }
  }

  private static Datagram linkLocal(int scope) throws UnknownHostException {
    byte[] bytes = InetAddress.ofLiteral("fe80::7").getAddress();
    return Datagram.to(
        new InetSocketAddress(Inet6Address.getByAddress(null, bytes, scope), 4711), "x");
  }

  @ParameterizedTest
  @CsvSource({
    "TOO_LARGE, TOO_LARGE",
    "BAD_ADDRESS, BAD_ADDRESS",
    "UNREACHABLE, UNREACHABLE",
    "NOT_PERMITTED, NOT_PERMITTED",
    "TRANSIENT, SYSTEM",
    "OTHER, SYSTEM"
  })
  void aSendThatTheKernelFailsIsDroppedByItsKind(Kind kind, DropReason reason) {
    socket.holdSends();
    TestSubscriber<Void> done =
        server.send(Flux.just(datagram("before"), datagram("bad"), datagram("after")));
    socket.failSend(socket.sendsHeld().get(1), kind, CODE);
    socket.releaseSends();
    server.run();

    assertTheRestWentOn(done);
    assertDropOfTheKernel(onlyDrop(reason), kind);
  }

  @ParameterizedTest
  @CsvSource({
    "TOO_LARGE, TOO_LARGE",
    "BAD_ADDRESS, BAD_ADDRESS",
    "UNREACHABLE, UNREACHABLE",
    "NOT_PERMITTED, NOT_PERMITTED",
    "TRANSIENT, SYSTEM",
    "OTHER, SYSTEM"
  })
  void aSendThatTheKernelRefusesIsDroppedByItsKind(Kind kind, DropReason reason) {
    socket.refuseNextSend(kind, CODE);
    TestSubscriber<Void> done =
        server.send(Flux.just(datagram("bad"), datagram("before"), datagram("after")));

    assertTheRestWentOn(done);
    assertDropOfTheKernel(onlyDrop(reason), kind);
  }

  @Test
  void aSendThatIsRefusedSinceTheSocketIsLostEndsTheConnection() {
    TestSubscriber<Void> disposed = TestSubscriber.create();
    connection.onDispose().subscribe(disposed);
    for (int i = 0; i < 3; i++) {
      socket.refuseNextSend(Kind.SOCKET_LOST, CODE);
    }
    try (CapturedLog log = new CapturedLog()) {
      server.send(datagrams("d", 3));

      assertThat(log.errors()).singleElement().asString().contains("the socket failed");
    }

    assertThat(disposed.expectTerminalError())
        .isInstanceOfSatisfying(
            KernelException.class, failure -> assertThat(failure.code()).isEqualTo(CODE));
    assertThat(server.stats().failedTotal() + server.stats().discarded()).isEqualTo(3);
  }

  private static void assertDropOfTheKernel(Drop drop, Kind kind) {
    assertThat(drop.peer()).isEqualTo(PEER);
    assertThat(drop.length()).isEqualTo(3);
    assertThat(drop.cause())
        .isInstanceOfSatisfying(
            KernelException.class,
            cause -> {
              assertThat(cause.kind()).isEqualTo(kind);
              assertThat(cause.code()).isEqualTo(CODE);
            });
  }

  @Test
  void failuresTakeNoSlotAway() {
    for (int i = 0; i < 20; i++) {
      socket.refuseNextSend(Kind.OTHER, CODE);
    }
    server.send(datagrams("refused", 20));
    server.send(Flux.just(Datagram.to(PEER, new byte[65])).repeat(20));
    socket.holdSends();

    server.send(datagrams("d", 4));

    assertThat(socket.sendsHeld()).hasSize(4);
    assertThat(server.stats().failedTotal()).isEqualTo(41);
  }

  @Test
  void aSocketThatFailsEndsItsSendsAndAccountsForThem() {
    TestSubscriber<Void> disposed = TestSubscriber.create();
    connection.onDispose().subscribe(disposed);
    socket.holdSends();
    TestSubscriber<Void> done = server.send(datagrams("d", 10));

    socket.failSocket(Kind.OTHER, CODE);
    try (CapturedLog log = new CapturedLog()) {
      server.run();
      assertThat(log.errors()).singleElement().asString().contains("the socket failed");
    }

    assertThat(done.expectTerminalError()).isInstanceOf(ClosedChannelException.class);
    assertThat(disposed.expectTerminalError())
        .isInstanceOfSatisfying(
            KernelException.class, failure -> assertThat(failure.code()).isEqualTo(CODE));
    assertThat(server.stats().count(DropReason.SYSTEM)).isEqualTo(4);
    assertThat(server.stats().inFlight()).isZero();
    assertThat(socket.isReleased()).isTrue();
  }

  @Test
  void whatDoOnDropThrowsIsLoggedAndTheRestGoesOn() {
    try (CapturedLog log = new CapturedLog();
        SimulatedServer other =
            SimulatedServer.bind(
                it ->
                    it.doOnDrop(
                        drop -> {
                          throw new IllegalStateException("from doOnDrop");
                        }))) {
      TestSubscriber<Void> done =
          other.send(Flux.just(Datagram.to(PEER, new byte[65]), datagram("after")));

      assertThat(other.sent()).containsExactly("after");
      assertThat(done.isTerminatedComplete()).isTrue();
      assertThat(log.errors()).singleElement().asString().contains("doOnDrop threw");
    }
  }

  @Test
  void theFirstOfEachReasonIsOneWarningWithTheRemedyAndLaterOnesAreCounted() {
    try (CapturedLog log = new CapturedLog()) {
      Datagram tooLarge = Datagram.to(PEER, new byte[65]);
      Datagram badAddress = Datagram.to(IMPOSSIBLE_TARGETS.getFirst(), "x");
      server.send(Flux.just(tooLarge, badAddress, tooLarge, badAddress, tooLarge));

      assertThat(log.warnings()).hasSize(2);
      assertThat(log.warnings().get(0))
          .contains("TOO_LARGE", "raise datagramSize, at most 65507. Later ones", "stats()");
      assertThat(log.warnings().get(1)).contains("BAD_ADDRESS", "port 0");
    }
    assertThat(server.stats().count(DropReason.TOO_LARGE)).isEqualTo(3);
    assertThat(server.stats().count(DropReason.BAD_ADDRESS)).isEqualTo(2);
    assertThat(server.drops()).hasSize(5);
  }
}
