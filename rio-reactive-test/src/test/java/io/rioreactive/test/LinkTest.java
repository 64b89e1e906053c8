package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.Membership;
import io.rioreactive.RioConnection;
import io.rioreactive.RioSocketOptions;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What each link does to the datagrams of one client, in virtual time. */
@Timeout(30)
class LinkTest {

  private static final Duration MS = Duration.ofMillis(1);

  /** A packet of so many bytes has this payload, over IPv4. */
  private static final int HEADERS = 28;

  private final SimulatedNetwork network = SimulatedNetwork.create(4711).virtualTime();
  private final List<String> received = new ArrayList<>();
  private final List<Duration> times = new ArrayList<>();
  private RioConnection server;
  private RioConnection client;

  @BeforeEach
  void open() {
    server = RioUdpServer.create().host("10.0.0.1").port(53).runOn(network.pumps()).bindNow();
    server
        .receive()
        .subscribe(
            datagram -> {
              received.add(datagram.asString());
              times.add(network.now());
            });
    client = RioUdpClient.create().host("10.0.0.1").port(53).runOn(network.pumps()).connectNow();
  }

  @AfterEach
  void close() {
    NetworkLaw.assertThatItHolds(network);
    network.close();
    NetworkLaw.assertThatItHolds(network);
    LawAssert.assertThatLawHolds(server.stats());
    LawAssert.assertThatLawHolds(client.stats());
  }

  private void send(String... texts) {
    client.send(Flux.fromArray(texts).map(Datagram::of)).subscribe();
  }

  private void send(int count) {
    client.send(Flux.range(1, count).map(i -> Datagram.of("" + i))).subscribe();
  }

  private static List<String> numbers(int... numbers) {
    return IntStream.of(numbers).mapToObj(String::valueOf).toList();
  }

  @Test
  void aPerfectLinkDeliversAtOnceAndInOrder() {
    send(1_000);
    assertThat(received).isEqualTo(IntStream.rangeClosed(1, 1_000).mapToObj(i -> "" + i).toList());
    assertThat(network.now()).isZero();
  }

  @Test
  void latency() {
    network.link(Link.create().latency(MS.multipliedBy(5)));
    send("a");
    network.advance(MS);
    send("b");
    network.advance(MS.multipliedBy(10));

    assertThat(received).containsExactly("a", "b");
    assertThat(times).containsExactly(MS.multipliedBy(5), MS.multipliedBy(6));
  }

  @Test
  void jitterAddsUpToItsMostAndKeepsTheOrder() {
    network.link(Link.create().latency(MS.multipliedBy(5)).jitter(MS.multipliedBy(10)));
    for (int i = 0; i < 200; i++) {
      send("" + i);
      network.advance(MS.multipliedBy(20)); // so that none is held up by another
    }
    List<Long> delays =
        IntStream.range(0, 200).mapToObj(i -> times.get(i).toMillis() - 20L * i).toList();
    assertThat(delays).allMatch(delay -> delay >= 5 && delay <= 15);
    assertThat(delays.stream().distinct().count()).isGreaterThan(8);

    received.clear();
    send(500);
    network.advance(MS.multipliedBy(20));
    assertThat(received).isEqualTo(IntStream.rangeClosed(1, 500).mapToObj(i -> "" + i).toList());
  }

  @Test
  void lossByChance() {
    network.link(Link.create().loss(0.3));
    send(10_000);
    assertThat(received.size()).isCloseTo(7_000, within(200));
    assertThat(network.stats().lost(LossCause.LOSS)).isEqualTo(10_000 - received.size());
  }

  @Test
  void lossInBursts() {
    network.link(Link.create().lossInBursts(0.02, 10));
    send(50_000);

    List<Integer> lost = new ArrayList<>(IntStream.rangeClosed(1, 50_000).boxed().toList());
    lost.removeAll(new java.util.HashSet<>(received.stream().map(Integer::valueOf).toList()));
    long bursts =
        IntStream.range(0, lost.size())
            .filter(i -> i == 0 || lost.get(i) != lost.get(i - 1) + 1)
            .count();
    assertThat(lost.size() / (double) bursts).as("mean length").isCloseTo(10, within(1.5));
    assertThat(lost.size() / 50_000.0).as("share").isCloseTo(0.2 / 1.18, within(0.02));
  }

  @Test
  void everyNthIsLost() {
    network.link(Link.create().loseEvery(3));
    send(11);
    assertThat(received).isEqualTo(numbers(1, 2, 4, 5, 7, 8, 10, 11));
    network.link(Link.create().loseEvery(2)); // counts anew
    send("a", "b", "c");
    assertThat(received).endsWith("11", "a", "c");
  }

  @Test
  void lossByRuleSeesTheDatagram() {
    List<Packet> seen = new ArrayList<>();
    network.link(
        Link.create()
            .lose(packet -> packet.asString().equals("2"))
            .lose(
                packet -> {
                  seen.add(packet);
                  return packet.number() == 4;
                }));
    send(5);

    assertThat(received).isEqualTo(numbers(1, 3, 5));
    Packet first = seen.getFirst();
    assertThat(first.from()).isEqualTo(client.localAddress());
    assertThat(first.to()).isEqualTo(server.localAddress());
    assertThat(first.bytes()).containsExactly('1');
    assertThat(seen).hasSize(5);
  }

  @Test
  void aRuleThatThrowsClosesTheSenderAndNobodyElse() {
    network.link(
        Link.create()
            .lose(
                packet -> {
                  throw new AssertionError("on purpose");
                }));
    send("a");
    assertThat(client.isDisposed()).isTrue();
    assertThat(server.isDisposed()).isFalse();
    assertThatThrownBy(() -> client.onDispose().block()).hasMessageContaining("on purpose");
    assertThat(network.stats().sent()).isZero();
  }

  @Test
  void duplicates() {
    network.link(Link.create().duplicate(1).latency(MS));
    send("a", "b");
    network.advance(MS);
    assertThat(received).containsExactly("a", "a", "b", "b");
    assertThat(network.stats().duplicated()).isEqualTo(2);
  }

  @Test
  void reorderedOnesAreOvertaken() {
    network.link(Link.create().reorder(0.2, MS.multipliedBy(10)));
    for (int i = 0; i < 100; i++) {
      send("" + i);
      network.advance(MS);
    }
    network.advance(MS.multipliedBy(10));

    assertThat(received).hasSize(100).doesNotHaveDuplicates();
    List<Integer> order = received.stream().map(Integer::valueOf).toList();
    List<Integer> late =
        IntStream.range(1, 100).filter(i -> order.get(i) < order.get(i - 1)).boxed().toList();
    assertThat(late.size()).isBetween(5, 35);
    for (int i : late) {
      assertThat(times.get(i).toMillis()).isEqualTo(order.get(i) + 10);
    }
  }

  @Test
  void mtuLosesInSilenceUnlessTheSenderForbidsFragments() {
    network.link(Link.create().mtu(100 + HEADERS));
    assertThat(client.pathMtu()).hasValue(128);
    assertThat(server.pathMtu()).isEmpty();
    send("x".repeat(100), "y".repeat(101));
    assertThat(received).containsExactly("x".repeat(100));
    assertThat(network.stats().lost(LossCause.MTU)).isEqualTo(1);
    assertThat(client.stats().sent()).isEqualTo(2);

    RioConnection told =
        RioUdpClient.create()
            .host("10.0.0.1")
            .port(53)
            .option(RioSocketOptions.IP_DONTFRAGMENT, true)
            .runOn(network.pumps())
            .connectNow();
    told.send(Flux.just("x".repeat(100), "y".repeat(101)).map(Datagram::of)).subscribe();
    assertThat(told.stats().count(DropReason.TOO_LARGE)).isEqualTo(1);
    assertThat(told.stats().sent()).isEqualTo(1);
    assertThat(network.stats().sent()).isEqualTo(3);
  }

  @Test
  void bandwidthHasAQueueThatDropsItsTail() {
    // 100 bytes a packet, 10 ms each; one is being sent and two wait
    network.link(Link.create().bandwidth(10_000, 300));
    for (int i = 1; i <= 5; i++) {
      send("" + i + "-".repeat(100 - HEADERS - 1));
    }
    network.advance(MS.multipliedBy(100));
    assertThat(received).extracting(text -> text.substring(0, 1)).isEqualTo(numbers(1, 2, 3));
    assertThat(times)
        .containsExactly(MS.multipliedBy(10), MS.multipliedBy(20), MS.multipliedBy(30));
    assertThat(network.stats().lost(LossCause.QUEUE)).isEqualTo(2);

    send("6".repeat(72));
    network.advance(MS.multipliedBy(10));
    assertThat(received).hasSize(4);
  }

  @Test
  void aQueueOfNothingLetsPassWhatFindsTheLinkIdle() {
    network.link(Link.create().bandwidth(10_000, 0));
    send("a".repeat(72), "b".repeat(72));
    network.advance(MS.multipliedBy(10));
    send("c".repeat(72));
    network.advance(MS.multipliedBy(10));
    assertThat(received).containsExactly("a".repeat(72), "c".repeat(72));
  }

  @Test
  void anUnreachableTargetIsToldToAConnectedSenderAfterTheWayThereAndBack() {
    network.link(Link.create().latency(MS.multipliedBy(5)).unreachable());
    send("a");
    network.advance(MS.multipliedBy(10).minusNanos(1));
    assertThat(client.stats().unreachable()).isZero();
    network.advance(Duration.ofNanos(1));
    assertThat(client.stats().unreachable()).isEqualTo(1);
    assertThat(network.stats().lost(LossCause.UNREACHABLE)).isEqualTo(1);

    server.send(Mono.just(Datagram.to(client.localAddress(), "not connected"))).subscribe();
    network.advance(MS.multipliedBy(10));
    assertThat(server.stats().unreachable()).isZero();
    assertThat(client.isDisposed()).isFalse();
  }

  @Test
  void nobodyAtTheTargetIsToldToo() {
    network.link(Link.create().latency(MS));
    server.disposeNow();
    send("a");
    network.advance(MS.multipliedBy(2));
    assertThat(client.stats().unreachable()).isEqualTo(1);
    assertThat(network.stats().lost(LossCause.NO_SOCKET)).isEqualTo(1);
  }

  @Test
  void theNewsIsForThePeerItIsAbout() {
    network.link(Link.create().latency(MS));
    RioUdpClient fixed =
        RioUdpClient.create()
            .bindAddress(new InetSocketAddress(InetAddress.ofLiteral("10.0.0.9"), 1_000))
            .port(53)
            .runOn(network.pumps());
    RioConnection gone = fixed.host("10.0.0.8").connectNow();
    gone.send(Mono.just(Datagram.of("to nobody"))).subscribe();
    gone.disposeNow();
    RioConnection next = fixed.host("10.0.0.1").connectNow();

    network.advance(MS.multipliedBy(3));

    assertThat(network.stats().lost(LossCause.NO_SOCKET)).isEqualTo(1);
    assertThat(next.stats().unreachable()).isZero();
  }

  @Test
  void theNewsDoesNotPassAPartition() {
    server.disposeNow();
    network.link(Link.create().latency(MS));
    send("a");
    network.partition("10.0.0.1", "127.0.0.1");
    network.advance(MS.multipliedBy(5));
    assertThat(client.stats().unreachable()).isZero();
  }

  @Test
  void aLinkIsForOneDirection() {
    network.link("10.0.0.1", "127.0.0.1", Link.create().loss(1));
    List<Datagram> answers = new ArrayList<>();
    client.receive().subscribe(answers::add);

    send("there");
    server.send(Mono.just(Datagram.to(client.localAddress(), "back"))).subscribe();

    assertThat(received).containsExactly("there");
    assertThat(answers).isEmpty();
    network.link(server.localAddress(), client.localAddress(), Link.create());
    server.send(Mono.just(Datagram.to(client.localAddress(), "back"))).subscribe();
    assertThat(answers).hasSize(1);
  }

  @Test
  void theLinkThatWasNamedLastCountsAndANamedOneStaysWhenTheRestChanges() {
    network
        .link("127.0.0.1", "10.0.0.1", Link.create().loss(1))
        .link("127.0.0.1", "10.0.0.1:53", Link.create())
        .link(Link.create().loss(1));
    send("a");
    assertThat(received).containsExactly("a");
    network.link("127.0.0.1", "10.0.0.1", Link.create().loss(1));
    send("b");
    assertThat(received).containsExactly("a");
  }

  @Test
  void partitionsCutBothWaysAndHeal() {
    List<Datagram> answers = new ArrayList<>();
    client.receive().subscribe(answers::add);
    Runnable both =
        () -> {
          send("there");
          server.send(Mono.just(Datagram.to(client.localAddress(), "back"))).subscribe();
        };

    network.partition("10.0.0.1", "127.0.0.1");
    both.run();
    assertThat(network.stats().lost(LossCause.PARTITION)).isEqualTo(2);
    network.heal("127.0.0.1", "10.0.0.1");
    both.run();
    assertThat(received).hasSize(1);
    assertThat(answers).hasSize(1);

    network.partition(client.localAddress(), server.localAddress());
    both.run();
    network.heal();
    both.run();
    assertThat(received).hasSize(2);
    assertThat(network.stats().lost(LossCause.PARTITION)).isEqualTo(4);
  }

  @Test
  void whatIsUnderWayIsNotTouchedByAChange() {
    network.link(Link.create().latency(MS.multipliedBy(5)));
    send("old");
    network.link(Link.create()).partition("10.0.0.1", "127.0.0.1");
    network.advance(MS.multipliedBy(5));
    assertThat(received).containsExactly("old");
  }

  @Test
  void whatIsDueAtOnceArrivesInTheOrderItWasSent() {
    RioConnection near =
        RioUdpClient.create().host("10.0.0.1").port(53).runOn(network.pumps()).connectNow();
    network.link(near.localAddress(), server.localAddress(), Link.create().latency(MS));
    network.link(
        client.localAddress(), server.localAddress(), Link.create().latency(MS.multipliedBy(2)));

    send("first");
    network.advance(MS);
    near.send(Mono.just(Datagram.of("second"))).subscribe();
    network.advance(MS);

    assertThat(received).containsExactly("first", "second");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.01, 1.5, Double.NaN, Double.POSITIVE_INFINITY})
  void probabilitiesAreFromNoneToAll(double wrong) {
    Link link = Link.create();
    for (Runnable call :
        List.<Runnable>of(
            () -> link.loss(wrong),
            () -> link.duplicate(wrong),
            () -> link.reorder(wrong, MS),
            () -> link.lossInBursts(wrong, 2))) {
      assertThatThrownBy(call::run)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(" is " + wrong)
          .hasMessageContaining("0 (never) to 1 (always)");
    }
  }

  @Test
  void impossibleLinksFailAtTheCall() {
    Link link = Link.create();
    assertRefused(() -> link.latency(MS.negated()), "latency is PT-0.001S", "1 day");
    assertRefused(() -> link.latency(Duration.ofDays(2)), "latency is PT48H", "1 day");
    assertRefused(() -> link.jitter(MS.negated()), "jitter is PT-0.001S", "1 day");
    assertRefused(() -> link.reorder(0.5, MS.negated()), "reorder: delay", "1 day");
    assertRefused(() -> link.lossInBursts(0.5, 0.9), "meanLength is 0.9", "1 or more");
    assertRefused(() -> link.loseEvery(0), "loseEvery is 0", "1 (all) or more");
    assertRefused(() -> link.mtu(67), "mtu is 67", "68 to 65535");
    assertRefused(() -> link.mtu(65_536), "mtu is 65536", "68 to 65535");
    assertRefused(() -> link.bandwidth(0, 1), "bandwidth is 0", "1 or more");
    assertRefused(() -> link.bandwidth(1, -1), "queueBytes is -1", "0 or more");
    assertRefused(() -> network.receiveBuffer(-1), "receiveBuffer is -1", "0 or more");
  }

  @Test
  void addressesAreLiteral() {
    Link link = Link.create();
    for (String wrong :
        List.of("localhost", "", "10.0.0.1:0", "10.0.0.1:70000", "10.0.0.256", "[::1")) {
      assertRefused(() -> network.link(wrong, "10.0.0.1", link), "\"" + wrong + "\"", "literal");
      assertRefused(() -> network.partition("10.0.0.1", wrong), "\"" + wrong + "\"", "literal");
    }
    assertRefused(() -> network.link("0.0.0.0", "10.0.0.1", link), "0.0.0.0", "wildcard");
    assertRefused(
        () -> network.link(InetSocketAddress.createUnresolved("a", 1), server.localAddress(), link),
        "not resolved",
        "literal");
    assertRefused(() -> network.heal("10.0.0.1", "10.0.0.2"), "no partition", "heal()");
    network.link("2001:db8::1", "[2001:db8::2]:53", link).partition("::1", "[::1]:53");
  }

  private static void assertRefused(Runnable call, String what, String allowed) {
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(what)
        .hasMessageContaining(allowed);
  }

  @Test
  void aLinkSaysWhatItDoes() {
    assertThat(Link.create()).hasToString("Link[perfect]");
    assertThat(Link.create().latency(MS).loss(0.3).mtu(1500))
        .hasToString("Link[latency PT0.001S, loss 0.3, mtu 1500]");
  }

  @Test
  void burstsOfOneAreLossByChance() {
    network.link(Link.create().lossInBursts(0.5, 1));
    send(10_000);
    assertThat(received.size()).isCloseTo(5_000, within(200));
  }

  @Test
  void withoutAnMtuTheLargestDatagramPassesOverIpv6Too() {
    assertThat(passingOverIpv6(65_507, 0)).containsExactly(65_507, 0);
  }

  @Test
  void theHeadersOfIpv6AreLarger() {
    network.link(Link.create().mtu(1_280));
    assertThat(passingOverIpv6(1_280 - 48, 1_280 - 47)).containsExactly(1_280 - 48);
    assertThat(network.stats().lost(LossCause.MTU)).isEqualTo(1);
  }

  private List<Integer> passingOverIpv6(Integer... lengths) {
    String host = "2001:db8::1";
    List<Integer> passed = new ArrayList<>();
    RioUdpServer.create()
        .host(host)
        .port(53)
        .datagramSize(65_507)
        .runOn(network.pumps())
        .bindNow()
        .receive()
        .subscribe(datagram -> passed.add(datagram.length()));
    RioUdpClient.create()
        .host(host)
        .port(53)
        .datagramSize(65_507)
        .runOn(network.pumps())
        .connectNow()
        .send(Flux.just(lengths).map(length -> Datagram.of(new byte[length])))
        .subscribe();
    return passed;
  }

  @Test
  void jitterKeepsTheOrderOfThoseThatAreHeldBackToo() {
    for (Duration held : List.of(Duration.ZERO, MS)) {
      received.clear();
      network.link(Link.create().jitter(MS.multipliedBy(10)).reorder(1, held));
      send(500);
      network.advance(MS.multipliedBy(20));
      assertThat(received).isEqualTo(IntStream.rangeClosed(1, 500).mapToObj(i -> "" + i).toList());
    }
  }

  @Test
  void anotherLinkBeginsAnew() {
    Link slow = Link.create().bandwidth(1_000, 10_000);
    network.link(slow);
    send("x".repeat(1_000 - HEADERS), "y".repeat(1_000 - HEADERS));
    network.link(slow.mtu(1_500)); // its queue is empty, and it keeps no order with the other
    send("z".repeat(1_000 - HEADERS));
    network.advance(Duration.ofSeconds(1));
    assertThat(received).extracting(text -> text.charAt(0)).containsExactly('x', 'z');
    network.advance(Duration.ofSeconds(1));

    received.clear();
    network.link(Link.create().lossInBursts(1, 1e9));
    send("in a burst");
    network.link(Link.create().lossInBursts(1e-9, 1e9));
    send("in none");
    assertThat(received).containsExactly("in none");
  }

  @Test
  void aRuleDoesNotShiftWhatChanceDoesToTheOthers() {
    Link lossy = Link.create().loss(0.3);
    network.link(lossy);
    send(1_000);
    List<String> withoutRule = new ArrayList<>(received);
    received.clear();
    try (SimulatedNetwork same = SimulatedNetwork.create(network.seed()).link(lossy.loseEvery(5))) {
      RioUdpServer.create()
          .host("10.0.0.1")
          .port(53)
          .runOn(same.pumps())
          .bindNow()
          .receive()
          .subscribe(datagram -> received.add(datagram.asString()));
      RioUdpClient.create()
          .host("10.0.0.1")
          .port(53)
          .runOn(same.pumps())
          .connectNow()
          .send(Flux.range(1, 1_000).map(i -> Datagram.of("" + i)))
          .subscribe();
    }

    withoutRule.removeIf(text -> Integer.parseInt(text) % 5 == 0);
    assertThat(received).isEqualTo(withoutRule);
  }

  private static final InetSocketAddress GROUP =
      new InetSocketAddress(InetAddress.ofLiteral("239.1.2.3"), 5353);

  private RioConnection member() {
    return RioUdpServer.create()
        .host("0.0.0.0")
        .port(GROUP.getPort())
        .packetInfo(true)
        .join(Membership.of(GROUP.getAddress()))
        .runOn(network.pumps())
        .bindNow();
  }

  private void sendTo(InetSocketAddress target, String text) {
    RioConnection sender = RioUdpServer.create().runOn(network.pumps()).bindNow();
    sender.send(Mono.just(Datagram.to(target, text))).subscribe();
  }

  @Test
  void duplicatesForAGroupAreForThoseWhoAreInItWhenTheyArrive() {
    RioConnection member = member();
    network.link(Link.create().latency(MS).duplicate(1));
    sendTo(GROUP, "twice");
    member.leave(Membership.of(GROUP.getAddress())).subscribe();
    network.advance(MS);
    assertThat(network.stats().lost(LossCause.NO_SOCKET)).isEqualTo(2);
  }

  @Test
  void aDatagramHasNothingOfThoseBeforeIt() {
    member().receive().subscribe();
    sendTo(GROUP, "to the group, which is told where it came to");
    sendTo(server.localAddress(), "to the server");
    assertThat(received).containsExactly("to the server");
    assertThat(network.stats().delivered()).isEqualTo(2);
  }
}
