package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.rioreactive.Notification;
import io.rioreactive.PumpGroup;
import io.rioreactive.RateLimit;
import io.rioreactive.RioConnection;
import io.rioreactive.RioSocketOptions;
import io.rioreactive.RioUdpServer;
import java.net.InetAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** What a builder refuses, and that it never changes. */
class OptionsTest {

  private static final int MOST_SLOTS = 16_777_216;

  static final List<Arguments> IMPOSSIBLE_NUMBERS =
      List.of(
          impossible(it -> it.port(-1), "port", "-1", "0 to 65535"),
          impossible(it -> it.port(70_000), "port", "70000", "0 to 65535"),
          impossible(it -> it.port(65_536), "port", "65536", "0 to 65535"),
          impossible(it -> it.receiveSlots(0), "receiveSlots", "0", "1 to 16777216"),
          impossible(it -> it.receiveSlots(-5), "receiveSlots", "-5", "1 to 16777216"),
          impossible(
              it -> it.receiveSlots(MOST_SLOTS + 1), "receiveSlots", "16777217", "1 to 16777216"),
          impossible(it -> it.sendSlots(0), "sendSlots", "0", "1 to 16777216"),
          impossible(it -> it.sendSlots(-1), "sendSlots", "-1", "1 to 16777216"),
          impossible(
              it -> it.sendSlots(Integer.MAX_VALUE), "sendSlots", "2147483647", "1 to 16777216"),
          impossible(it -> it.refusedSourcePorts(7, -1), "refusedSourcePorts", "-1", "0 to 65535"),
          impossible(
              it -> it.refusedSourcePorts(65_536), "refusedSourcePorts", "65536", "0 to 65535"),
          impossible(it -> it.datagramSize(0), "datagramSize", "0", "1 to 65507"),
          impossible(it -> it.datagramSize(-1), "datagramSize", "-1", "1 to 65507"),
          impossible(it -> it.datagramSize(65_508), "datagramSize", "65508", "1 to 65507"),
          impossible(
              it -> it.option(StandardSocketOptions.SO_RCVBUF, 0),
              "SO_RCVBUF",
              "0",
              "1 to 2147483647"),
          impossible(
              it -> it.option(StandardSocketOptions.SO_SNDBUF, -1),
              "SO_SNDBUF",
              "-1",
              "1 to 2147483647"),
          impossible(
              it -> it.option(StandardSocketOptions.IP_TOS, 256), "IP_TOS", "256", "0 to 255"),
          impossible(it -> it.option(StandardSocketOptions.IP_TOS, -1), "IP_TOS", "-1", "0 to 255"),
          impossible(
              it -> it.option(StandardSocketOptions.IP_MULTICAST_TTL, 256),
              "IP_MULTICAST_TTL",
              "256",
              "0 to 255"),
          impossible(
              it -> it.option(StandardSocketOptions.IP_MULTICAST_TTL, -1),
              "IP_MULTICAST_TTL",
              "-1",
              "0 to 255"),
          impossible(it -> it.option(RioSocketOptions.IP_TTL, 0), "IP_TTL", "0", "1 to 255"),
          impossible(it -> it.option(RioSocketOptions.IP_TTL, 256), "IP_TTL", "256", "1 to 255"));

  static final List<UnaryOperator<RioUdpServer>> LEAST_AND_MOST =
      List.of(
          it -> it.port(0),
          it -> it.port(65_535),
          it -> it.receiveSlots(1),
          it -> it.receiveSlots(MOST_SLOTS),
          it -> it.sendSlots(1),
          it -> it.sendSlots(MOST_SLOTS),
          it -> it.datagramSize(1),
          it -> it.datagramSize(65_507),
          it -> it.option(StandardSocketOptions.SO_RCVBUF, 1),
          it -> it.option(StandardSocketOptions.IP_TOS, 255),
          it -> it.option(StandardSocketOptions.IP_MULTICAST_TTL, 0),
          it -> it.option(StandardSocketOptions.IP_MULTICAST_TTL, 255),
          it -> it.option(StandardSocketOptions.IP_MULTICAST_LOOP, false),
          it -> it.option(RioSocketOptions.IP_TTL, 1),
          it -> it.option(RioSocketOptions.IP_TTL, 255),
          it -> it.option(RioSocketOptions.IP_DONTFRAGMENT, true),
          it -> it.option(StandardSocketOptions.SO_REUSEADDR, true),
          it -> it.option(StandardSocketOptions.SO_REUSEPORT, true),
          it -> it.option(StandardSocketOptions.SO_BROADCAST, true),
          it -> it.refusedSourcePorts(0, 65_535),
          it -> it.rateLimit(new RateLimit(1, 1, 1, 0, 0)),
          it -> it.rateLimit(new RateLimit(1_000_000, 1_000_000, 1 << 20, 32, 128)));

  static final List<Consumer<RioUdpServer>> NULLS =
      List.of(
          it -> it.host(null),
          it -> it.bindAddress(null),
          it -> it.provider(null),
          it -> it.notification(null),
          it -> it.busyPoll(null),
          it -> it.runOn(null),
          it -> it.option(null, 1),
          it -> it.option(StandardSocketOptions.SO_RCVBUF, null),
          it -> it.handle(null),
          it -> it.handlerRetry(null),
          it -> it.sourceFilter(null),
          it -> it.rateLimit(null),
          it -> it.refusedSourcePorts((int[]) null),
          it -> it.doOnDrop(null),
          it -> it.doOnBind(null),
          it -> it.doOnBound(null),
          it -> it.doOnUnbound(null));

  private static Arguments impossible(
      UnaryOperator<RioUdpServer> call, String option, String value, String range) {
    return Arguments.of(call, option, value, range);
  }

  @ParameterizedTest(name = "{1} {2}")
  @FieldSource("IMPOSSIBLE_NUMBERS")
  void anImpossibleNumberIsRefusedAtTheCallByNameValueAndRange(
      UnaryOperator<RioUdpServer> call, String option, String value, String range) {
    RioUdpServer server = RioUdpServer.create();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> call.apply(server))
        .withMessageContaining(option + " is " + value + ":")
        .withMessageContaining(range);
  }

  @ParameterizedTest
  @FieldSource("LEAST_AND_MOST")
  void theLeastAndTheMostAreAllowed(UnaryOperator<RioUdpServer> call) {
    assertThat(call.apply(RioUdpServer.create())).isNotNull();
  }

  @ParameterizedTest
  @FieldSource("NULLS")
  void nullIsRefusedAtTheCall(Consumer<RioUdpServer> call) {
    RioUdpServer server = RioUdpServer.create();

    assertThatNullPointerException().isThrownBy(() -> call.accept(server));
  }

  @Test
  void slotsThatAreMoreThanATerabyteAreRefusedWhicheverIsSetLast() {
    RioUdpServer server = RioUdpServer.create();
    for (Runnable each :
        List.<Runnable>of(
            () -> server.receiveSlots(MOST_SLOTS).sendSlots(MOST_SLOTS).datagramSize(65_507),
            () -> server.datagramSize(65_507).receiveSlots(MOST_SLOTS).sendSlots(MOST_SLOTS),
            () -> server.sendSlots(MOST_SLOTS).datagramSize(65_507).receiveSlots(MOST_SLOTS))) {
      assertThatIllegalArgumentException()
          .isThrownBy(each::run)
          .withMessageContaining("receiveSlots 16777216 + sendSlots 16777216")
          .withMessageContaining("datagramSize 65507")
          .withMessageContaining("at most 1099511627776");
    }
  }

  @Test
  void anUnknownProviderIsRefusedWithTheNamesThereAre() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RioUdpServer.create().provider("linux-epoll"))
        .withMessageContaining("\"linux-epoll\"")
        .withMessageContaining("auto, ")
        .withMessageContaining("nio");
  }

  @Test
  void aBlankHostIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RioUdpServer.create().host(" "))
        .withMessageContaining("host is blank");
  }

  @Test
  void anUnsupportedSocketOptionIsRefusedWithThoseThatAreSupported() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RioUdpServer.create().option(StandardSocketOptions.TCP_NODELAY, true))
        .withMessageContaining("TCP_NODELAY is not supported")
        .withMessageContaining("SO_RCVBUF")
        .withMessageContaining("IP_TOS");
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void aValueOfTheWrongTypeIsRefused() {
    SocketOption option = StandardSocketOptions.SO_RCVBUF;

    assertThatIllegalArgumentException()
        .isThrownBy(() -> RioUdpServer.create().option(option, "plenty"))
        .withMessageContaining("SO_RCVBUF is plenty")
        .withMessageContaining("Integer");
  }

  @Test
  void eachCallAnswersANewServerAndLeavesTheOldOneAsItWas() {
    RioUdpServer server = RioUdpServer.create();
    String before = server.toString();

    RioUdpServer changed = server.port(5_050).receiveSlots(7).datagramSize(9).host("192.0.2.1");

    assertThat(changed).isNotSameAs(server);
    assertThat(changed).hasToString("RioUdpServer[192.0.2.1:5050, 7 slots of 9 bytes]");
    assertThat(server).hasToString(before);
  }

  @Test
  void aServerThatHasBoundIsNotChangedByLaterCalls() {
    SimulatedKernel kernel = SimulatedKernel.withdrawingPosts();
    try (ManualPump pump = ManualPump.over(kernel)) {
      RioUdpServer server = RioUdpServer.create().receiveSlots(3).runOn(pump.group());
      Mono<RioConnection> bind = server.bind();
      RioUdpServer _ = server.receiveSlots(5);
      TestSubscriber<RioConnection> bound = TestSubscriber.create();
      bind.subscribe(bound);
      pump.run();

      assertThat(bound.getReceivedOnNext().getFirst().stats().receiveSlots()).isEqualTo(3);
    }
  }

  @Test
  void theDefaultsAreThoseOfTheTable() {
    SimulatedKernel kernel = SimulatedKernel.withdrawingPosts();
    try (ManualPump pump = ManualPump.over(kernel)) {
      TestSubscriber<RioConnection> bound = TestSubscriber.create();
      RioUdpServer.create().runOn(pump.group()).bind().subscribe(bound);
      pump.run();
      RioConnection connection = bound.getReceivedOnNext().getFirst();

      assertThat(connection.stats().receiveSlots()).isEqualTo(1_024);
      assertThat(connection.stats().sendSlots()).isEqualTo(256);
      assertThat(connection.datagramSize()).isEqualTo(2_048);
      assertThat(connection.localAddress().getAddress())
          .isEqualTo(InetAddress.getLoopbackAddress());
    }
  }

  @Test
  void aGroupRefusesImpossibleSettingsAtTheCall() {
    Map<Runnable, String> calls =
        Map.of(
            () -> PumpGroup.create().size(0), "size is 0: allowed are 1 to 1024",
            () -> PumpGroup.create().size(1_025), "size is 1025: allowed are 1 to 1024",
            () -> PumpGroup.create().provider("no such"), "provider \"no such\" is unknown");

    calls.forEach(
        (call, message) ->
            assertThatIllegalArgumentException()
                .isThrownBy(call::run)
                .withMessageContaining(message));
    assertThatNullPointerException().isThrownBy(() -> PumpGroup.create().name(null));
    assertThatNullPointerException().isThrownBy(() -> PumpGroup.create().provider(null));
    assertThatNullPointerException().isThrownBy(() -> PumpGroup.create().notification(null));
  }

  @Test
  void theSettingsOfAGroupCannotBeChangedAfterItsFirstBind() {
    try (ManualPump pump = ManualPump.over(SimulatedKernel.withdrawingPosts())) {
      PumpGroup group = pump.group();
      RioUdpServer.create().runOn(group).bind().subscribe();
      pump.run();

      for (Runnable each :
          List.<Runnable>of(
              () -> group.name("late"),
              () -> group.size(2),
              () -> group.provider("nio"),
              () -> group.notification(Notification.POLLED),
              () -> group.busyPoll(Duration.ofNanos(1)),
              () -> group.cpuAffinity(0))) {
        assertThatIllegalStateException()
            .isThrownBy(each::run)
            .withMessageContaining("after the first bind");
      }
    }
  }

  @Test
  void aTimeToPollForIsRefusedWhereItIsNone() {
    Duration negative = Duration.ofNanos(-1);
    for (Runnable each :
        List.<Runnable>of(
            () -> RioUdpServer.create().busyPoll(negative),
            () -> PumpGroup.create().busyPoll(negative))) {
      assertThatIllegalArgumentException()
          .isThrownBy(each::run)
          .withMessageContaining("busyPoll is PT-0.000000001S")
          .withMessageContaining("zero");
    }
  }

  @Test
  void aTimeToPollForAndNeverToSleepExcludeEachOther() {
    Duration some = Duration.ofNanos(50_000);
    for (Runnable each :
        List.<Runnable>of(
            () -> RioUdpServer.create().busyPoll(some).notification(Notification.POLLED),
            () -> RioUdpServer.create().notification(Notification.POLLED).busyPoll(some),
            () -> PumpGroup.create().busyPoll(some).notification(Notification.POLLED),
            () -> PumpGroup.create().notification(Notification.POLLED).busyPoll(some))) {
      assertThatIllegalStateException()
          .isThrownBy(each::run)
          .withMessageContaining("busyPoll is PT0.00005S")
          .withMessageContaining("POLLED");
    }
    RioUdpServer.create().notification(Notification.POLLED).busyPoll(Duration.ZERO);
    PumpGroup.create().busyPoll(some).notification(Notification.EVENT).busyPoll(Duration.ZERO);
  }

  @Test
  void theTimeToPollForIsTheGroups() {
    RioUdpServer polling = RioUdpServer.create().busyPoll(Duration.ZERO);
    RioUdpServer shared = RioUdpServer.create().runOn(PumpGroup.create());

    assertThatIllegalStateException()
        .isThrownBy(() -> polling.runOn(PumpGroup.create()))
        .withMessageContaining("busyPoll belongs to the pump");
    assertThatIllegalStateException()
        .isThrownBy(() -> shared.busyPoll(Duration.ZERO))
        .withMessageContaining("busyPoll belongs to the pump");
  }
}
