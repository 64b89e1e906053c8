package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.contract.Testbed.LONG;
import static io.rioreactive.test.contract.Testbed.LOOPBACK;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.Membership;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Needs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Groups and broadcast, where it takes the system's sockets: families, ports and interfaces. */
interface GroupSocketContract extends OnTestbed {

  InetAddress GROUP = InetAddress.ofLiteral("239.255.72.1");

  /** Interface-local: no datagram to it ever leaves the machine. */
  InetAddress IPV6_GROUP = InetAddress.ofLiteral("ff01::7211");

  InetAddress IPV6_LOOPBACK = InetAddress.ofLiteral("::1");

  private Membership group() {
    return testbed().onLoopback(GROUP);
  }

  private RioUdpServer sender() {
    return testbed()
        .server()
        .host("0.0.0.0")
        .option(StandardSocketOptions.IP_MULTICAST_IF, Testbed.loopback())
        .option(StandardSocketOptions.IP_MULTICAST_TTL, 0);
  }

  private static void send(RioConnection from, InetAddress to, RioConnection portOf, String text) {
    InetSocketAddress target = new InetSocketAddress(to, portOf.localAddress().getPort());
    from.send(Mono.just(Datagram.to(target, text))).block(LONG);
  }

  private static String next(RioConnection connection) {
    return String.valueOf(connection.next().map(Datagram::asString).block(LONG));
  }

  @Test
  default void aConnectionSendsToAGroupOnTheInterfaceThatIsSet() {
    RioConnection member = testbed().bind(testbed().server().host("0.0.0.0").join(group()));
    RioConnection sender = testbed().bind(sender());

    send(sender, GROUP, member, "to all");

    assertThat(next(member)).isEqualTo("to all");
  }

  @Test
  default void eachOfSeveralSocketsOnAPortHearsWhatIsSentToTheGroup() {
    RioUdpServer sharing =
        testbed()
            .server()
            .host("0.0.0.0")
            .option(StandardSocketOptions.SO_REUSEADDR, true)
            .join(group());
    RioConnection first = testbed().bind(sharing);
    RioConnection second = testbed().bind(sharing.port(first.localAddress().getPort()));

    testbed().sendToGroup("to all", GROUP, first.localAddress().getPort());

    assertThat(next(first)).isEqualTo("to all");
    assertThat(next(second)).isEqualTo("to all");
  }

  @Test
  default void anIpv4GroupIsHeardOnADualStackSocketAndSentToFromOne() {
    Needs.ipv6();
    RioConnection member = testbed().bind(testbed().server().host("::").join(group()));
    RioConnection sender = testbed().bind(sender().host("::"));

    testbed().sendToGroup("from IPv4", GROUP, member.localAddress().getPort());
    Datagram received = member.next().block(LONG);
    send(sender, GROUP, member, "from a dual-stack socket");

    assertThat(received).isNotNull();
    assertThat(received.asString()).isEqualTo("from IPv4");
    assertThat(received.remoteAddress().getAddress()).isEqualTo(LOOPBACK);
    assertThat(next(member)).isEqualTo("from a dual-stack socket");
    member.block(group().from(LOOPBACK)).then(member.leave(group())).block(LONG);
    assertThat(member.stats().memberships()).isEmpty();
  }

  @Test
  default void anIpv6GroupIsJoinedAndLeftOnLoopback() {
    Needs.ipv6();
    Membership group = testbed().onLoopback(IPV6_GROUP);
    RioConnection member = testbed().bind(testbed().server().host("::").join(group));
    assertThat(member.stats().memberships()).containsExactly(group);

    member.leave(group).then(member.join(group)).block(LONG);

    assertThat(member.stats().memberships()).containsExactly(group);
  }

  @Test
  default void anIpv6GroupIsJoinedFromNamedSourcesAndSourcesAreBlockedInIt() {
    Needs.ipv6Sources(Testbed.loopback());
    Membership group = testbed().onLoopback(IPV6_GROUP);
    Membership source = group.from(IPV6_LOOPBACK);
    RioConnection member = testbed().bind(testbed().server().host("::").join(group));

    member.block(source).then(member.unblock(source)).then(member.leave(group)).block(LONG);
    member.join(source).block(LONG);

    assertThat(member.stats().memberships()).containsExactly(source);
    member.leave(source).block(LONG);
    assertThat(member.stats().memberships()).isEmpty();
  }

  private RioUdpServer ipv6Sender(NetworkInterface on) {
    return testbed()
        .server()
        .host("::")
        .option(StandardSocketOptions.IP_MULTICAST_IF, on)
        .option(StandardSocketOptions.IP_MULTICAST_TTL, 0);
  }

  @Test
  default void anIpv6GroupIsHeardFromTheJoinToTheLeave() {
    NetworkInterface local = Needs.ipv6MulticastInterface();
    Membership group = Membership.of(IPV6_GROUP).on(local);
    RioConnection member = testbed().bind(testbed().server().host("::"));
    RioConnection sender = testbed().bind(ipv6Sender(local));

    send(sender, IPV6_GROUP, member, "not joined yet");
    eventually(() -> assertThat(sender.stats().sent()).isEqualTo(1));
    member.join(group).block(LONG);
    send(sender, IPV6_GROUP, member, "joined");
    assertThat(next(member)).isEqualTo("joined");
    member.leave(group).block(LONG);
    send(sender, IPV6_GROUP, member, "left");
    send(sender, IPV6_LOOPBACK, member, "to one");

    assertThat(next(member)).isEqualTo("to one");
  }

  /** Over an interface that is not loopback: what loopback carries always comes back. */
  @Test
  @DisabledOnOs(
      value = OS.WINDOWS,
      disabledReason = "there the option is the receiver's, and on unless it is switched off")
  default void withoutLoopbackNobodyOnTheMachineHearsIt() {
    NetworkInterface local = Needs.ipv6MulticastInterface();
    RioConnection member =
        testbed().bind(testbed().server().host("::").join(Membership.of(IPV6_GROUP).on(local)));
    RioConnection sender =
        testbed().bind(ipv6Sender(local).option(StandardSocketOptions.IP_MULTICAST_LOOP, false));

    send(sender, IPV6_GROUP, member, "to all");
    send(sender, IPV6_LOOPBACK, member, "to one");

    assertThat(next(member)).isEqualTo("to one");
  }

  @Test
  default void theSystemPicksAnInterfaceOrSaysThatItCannot() {
    Membership anywhere = Membership.of(GROUP);
    RioConnection connection = testbed().bind(testbed().server().host("0.0.0.0"));

    StepVerifier.create(
            connection
                .join(anywhere)
                .then(Mono.fromSupplier(() -> connection.stats().memberships().toString()))
                .onErrorResume(IOException.class, e -> Mono.justOrEmpty(e.getMessage())))
        .assertNext(
            text ->
                assertThat(text)
                    .matches(
                        "\\Q[" + anywhere + "]\\E|join \\Q" + anywhere + "\\E failed: .*route.*"))
        .verifyComplete();
  }

  @Test
  default void anInterfaceThatIsDownIsRefusedAndSaysSo() {
    NetworkInterface down = Needs.interfaceThatIsDown();
    Membership membership = Membership.of(GROUP).on(down);

    StepVerifier.create(testbed().server().host("0.0.0.0").join(membership).bind())
        .expectErrorSatisfies(
            failure ->
                assertThat(failure)
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll(membership.toString(), "is down"))
        .verify(LONG);
  }

  @Test
  default void broadcastNeedsItsOption() {
    InetAddress broadcast = Needs.loopbackBroadcast();
    RioConnection receiver = testbed().bind(testbed().server().host("0.0.0.0"));
    RioConnection forbidden = testbed().bind(testbed().server());
    RioConnection allowed =
        testbed().bind(testbed().server().option(StandardSocketOptions.SO_BROADCAST, true));

    send(forbidden, broadcast, receiver, "forbidden");
    send(allowed, broadcast, receiver, "allowed");

    assertThat(next(receiver)).isEqualTo("allowed");
    assertThat(forbidden.stats().count(DropReason.NOT_PERMITTED)).isEqualTo(1);
    assertThat(allowed.stats().failedTotal()).isZero();
  }
}
