package io.rioreactive.test.contract;

import static io.rioreactive.test.contract.Testbed.LONG;
import static io.rioreactive.test.contract.Testbed.LOOPBACK;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.Membership;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Groups: joined and left, before and after the bind, from anybody and from one source. */
interface MulticastContract extends OnTestbed {

  InetAddress GROUP = InetAddress.ofLiteral("239.255.71.1");
  InetAddress OTHER_GROUP = InetAddress.ofLiteral("239.255.71.2");

  /** For source-specific multicast, and not routed. */
  InetAddress SOURCED_GROUP = InetAddress.ofLiteral("232.255.71.3");

  InetAddress NOBODY = InetAddress.ofLiteral("127.0.0.9");

  private Membership group() {
    return testbed().onLoopback(GROUP);
  }

  private RioUdpServer onAnyAddress() {
    return testbed().server().host("0.0.0.0");
  }

  private void assertHears(RioConnection connection, InetAddress group) {
    Mono<String> next = connection.next().map(Datagram::asString);
    testbed().sendToGroup("to " + group.getHostAddress(), group, port(connection));
    assertThat(next.block(LONG)).isEqualTo("to " + group.getHostAddress());
  }

  /** What is sent to one socket after it overtakes nothing. */
  private void assertDoesNotHear(RioConnection connection, InetAddress group) {
    testbed().sendToGroup("to " + group.getHostAddress(), group, port(connection));
    testbed().peer().send("not to a group", new InetSocketAddress(LOOPBACK, port(connection)));
    assertThat(connection.next().map(Datagram::asString).block(LONG)).isEqualTo("not to a group");
  }

  private static int port(RioConnection connection) {
    return connection.localAddress().getPort();
  }

  private static void assertRefused(
      Mono<Void> change, Class<? extends Throwable> type, String... words) {
    StepVerifier.create(change)
        .expectErrorSatisfies(
            failure -> assertThat(failure).isInstanceOf(type).hasMessageContainingAll(words))
        .verify(LONG);
  }

  @Test
  default void aGroupJoinedAtBindIsHeard() {
    RioConnection connection = testbed().bind(onAnyAddress().join(group()));

    assertHears(connection, GROUP);
    assertThat(connection.stats().memberships()).containsExactly(group());
    assertThat(connection.stats().toString()).contains("joined [" + group() + "]");
  }

  @Test
  default void aGroupIsHeardFromTheJoinToTheLeave() {
    RioConnection connection = testbed().bind(onAnyAddress());
    assertDoesNotHear(connection, GROUP);

    connection.join(group()).block(LONG);
    assertThat(connection.stats().memberships()).containsExactly(group());
    assertHears(connection, GROUP);

    connection.leave(group()).block(LONG);
    assertThat(connection.stats().memberships()).isEmpty();
    assertDoesNotHear(connection, GROUP);

    connection.join(group()).block(LONG);
    assertHears(connection, GROUP);
  }

  @Test
  default void nothingIsDoneUntilSomebodySubscribes() {
    RioConnection connection = testbed().bind(onAnyAddress());
    Mono<Void> join = connection.join(group());

    assertDoesNotHear(connection, GROUP);
    assertThat(connection.stats().memberships()).isEmpty();
    join.block(LONG);
    assertThat(connection.stats().memberships()).containsExactly(group());
  }

  @Test
  default void severalGroupsAreJoinedAndLeftEachByItself() {
    Membership other = testbed().onLoopback(OTHER_GROUP);
    RioConnection connection = testbed().bind(onAnyAddress().join(group()).join(other));
    assertHears(connection, GROUP);
    assertHears(connection, OTHER_GROUP);

    connection.leave(group()).block(LONG);

    assertThat(connection.stats().memberships()).containsExactly(other);
    assertDoesNotHear(connection, GROUP);
    assertHears(connection, OTHER_GROUP);
  }

  @Test
  default void whatAnotherSocketHasJoinedIsNotHeard() {
    testbed().needGroupsOfOthersUnheard();
    testbed().bind(onAnyAddress().join(group()));
    RioConnection connection =
        testbed().bind(onAnyAddress().join(testbed().onLoopback(OTHER_GROUP)));

    assertDoesNotHear(connection, GROUP);
    assertHears(connection, OTHER_GROUP);
  }

  @Test
  default void aGroupJoinedFromASourceIsHeardUntilTheLeave() {
    Membership membership = testbed().onLoopback(SOURCED_GROUP).from(LOOPBACK);
    RioConnection connection = testbed().bind(onAnyAddress().join(membership));
    assertThat(connection.stats().memberships()).containsExactly(membership);
    assertHears(connection, SOURCED_GROUP);

    connection.leave(membership).block(LONG);
    assertThat(connection.stats().memberships()).isEmpty();
    assertDoesNotHear(connection, SOURCED_GROUP);
  }

  @Test
  default void ofAGroupJoinedFromASourceTheSourceAloneIsHeard() {
    testbed().needSourcesOfGroups();
    Membership group = testbed().onLoopback(SOURCED_GROUP);
    RioConnection connection = testbed().bind(onAnyAddress().join(group.from(NOBODY)));
    assertDoesNotHear(connection, SOURCED_GROUP);

    connection.join(group.from(LOOPBACK)).block(LONG);
    assertThat(connection.stats().memberships())
        .containsExactly(group.from(NOBODY), group.from(LOOPBACK));
    assertHears(connection, SOURCED_GROUP);

    connection.leave(group.from(LOOPBACK)).block(LONG);
    assertThat(connection.stats().memberships()).containsExactly(group.from(NOBODY));
    assertDoesNotHear(connection, SOURCED_GROUP);
  }

  @Test
  default void aBlockedSourceIsNotHeardUntilItIsUnblocked() {
    RioConnection connection = testbed().bind(onAnyAddress().join(group()));
    assertHears(connection, GROUP);

    connection.block(group().from(LOOPBACK)).block(LONG);
    assertDoesNotHear(connection, GROUP);

    connection.unblock(group().from(LOOPBACK)).block(LONG);
    assertHears(connection, GROUP);
  }

  @Test
  default void othersThanTheBlockedSourceAreHeard() {
    testbed().needSourcesOfGroups();
    RioConnection connection = testbed().bind(onAnyAddress().join(group()));

    connection.block(group().from(NOBODY)).block(LONG);

    assertHears(connection, GROUP);
  }

  @Test
  default void whatWasBlockedIsForgottenByTheLeave() {
    RioConnection connection = testbed().bind(onAnyAddress().join(group()));
    connection.block(group().from(LOOPBACK)).block(LONG);

    connection.leave(group()).then(connection.join(group())).block(LONG);

    assertHears(connection, GROUP);
    connection.block(group().from(LOOPBACK)).block(LONG);
    assertDoesNotHear(connection, GROUP);
  }

  @Test
  default void aChangeThatIsNoneIsRefusedAndTheSocketGoesOn() {
    Membership other = testbed().onLoopback(OTHER_GROUP);
    Membership source = group().from(LOOPBACK);
    RioConnection connection = testbed().bind(onAnyAddress().join(group()));
    Class<IllegalStateException> state = IllegalStateException.class;

    assertRefused(connection.join(group()), state, "join " + group(), "joined already");
    assertRefused(connection.join(source), state, "join " + source, "leave that first", "block");
    assertRefused(connection.leave(other), state, "leave " + other, "not joined", "[" + group());
    assertRefused(connection.leave(source), state, "leave " + source, "not joined");
    assertRefused(connection.unblock(source), state, "unblock " + source, "not blocked");
    assertRefused(connection.block(other.from(LOOPBACK)), state, "block " + other, "not joined");
    assertRefused(
        connection.block(group()), IllegalArgumentException.class, "block " + group(), "from(…)");
    connection.block(source).block(LONG);
    assertRefused(connection.block(source), state, "block " + source, "blocked already");
    connection.unblock(source).block(LONG);
    connection.leave(group()).block(LONG);
    connection.join(source).block(LONG);
    assertRefused(connection.join(group()), state, "join " + group(), "leave that first");

    assertThat(connection.stats().memberships()).containsExactly(source);
    assertHears(connection, GROUP);
  }

  @Test
  default void anInterfaceIsNamedByItsIndexOrAddressAsWell() {
    RioConnection connection = testbed().bind(onAnyAddress());
    Membership byAddress = Membership.of(GROUP).on(LOOPBACK);
    Membership byIndex = Membership.of(GROUP).on(testbed().loopbackIndex());

    connection.join(byAddress).block(LONG);
    assertRefused(connection.join(byIndex), IllegalStateException.class, "joined already");
    assertHears(connection, GROUP);
    connection.leave(byIndex).block(LONG);

    assertThat(connection.stats().memberships()).isEmpty();
  }

  @Test
  default void anInterfaceThatIsMissingIsRefusedByName() {
    Membership missing = Membership.of(GROUP).on("nosuch7");

    StepVerifier.create(onAnyAddress().join(missing).bind())
        .expectErrorSatisfies(
            failure ->
                assertThat(failure)
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("nosuch7", "it has"))
        .verify(LONG);
    RioConnection connection = testbed().bind(onAnyAddress());
    assertRefused(connection.join(missing), IOException.class, "nosuch7", "it has");
    assertRefused(
        connection.join(Membership.of(GROUP).on("192.0.2.77")),
        IOException.class,
        "192.0.2.77",
        "it has");
  }

  @Test
  default void aSocketThatWouldHearNoGroupIsToldSoAndItsPortIsFreeAgain() {
    RioConnection before = testbed().bind(testbed().server());
    int port = port(before);
    before.disposeNow();
    RioUdpServer deaf = testbed().server().port(port).join(group());

    StepVerifier.create(deaf.bind())
        .expectErrorSatisfies(
            failure ->
                assertThat(failure)
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll(
                        "join " + group(), "bound to 127.0.0.1", "host(\"0.0.0.0\")"))
        .verify(LONG);
    RioConnection connection = testbed().bind(onAnyAddress().port(port));
    assertRefused(
        connection.join(testbed().onLoopback(InetAddress.ofLiteral("ff05::7117"))),
        IOException.class,
        "the socket is IPv4 and the group IPv6",
        "host(\"::\")");
  }

  @Test
  default void aConnectionThatIsClosedJoinsNothing() {
    RioConnection connection = testbed().bind(onAnyAddress().join(group()));
    connection.disposeNow();

    assertThat(connection.stats().memberships()).isEmpty();
    StepVerifier.create(connection.join(testbed().onLoopback(OTHER_GROUP)))
        .expectError(ClosedChannelException.class)
        .verify(LONG);
  }
}
