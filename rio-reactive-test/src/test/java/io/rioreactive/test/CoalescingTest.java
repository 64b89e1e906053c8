package io.rioreactive.test;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.LawAssert.assertThatLawHolds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.RioSupport;
import io.rioreactive.RioSupport.Capability;
import io.rioreactive.RioUdpServer;
import io.rioreactive.Truncation;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/**
 * Demand where several datagrams come in one message: what one message brings beyond it waits, is
 * shown, and comes first.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class CoalescingTest {

  private static final Duration LONG = Duration.ofSeconds(10);
  private static final int MOST_IN_A_MESSAGE = 128;

  private RioConnection connection = linux(server -> server.coalescing(true));

  private static RioConnection linux(UnaryOperator<RioUdpServer> options) {
    Needs.provider("linux-mmsg");
    return options.apply(RioUdpServer.create().provider("linux-mmsg")).bindNow();
  }

  @AfterEach
  void close() {
    connection.disposeNow();
    assertThatLawHolds(connection.stats());
  }

  /** With other options. */
  private void bind(UnaryOperator<RioUdpServer> options) {
    connection.disposeNow();
    connection = linux(server -> options.apply(server.coalescing(true)));
  }

  private static List<String> texts(int first, int count) {
    return IntStream.range(first, first + count).mapToObj("%05d"::formatted).toList();
  }

  private Flux<Datagram> datagrams(List<String> texts) {
    InetSocketAddress to = connection.localAddress();
    return Flux.fromIterable(texts).map(text -> Datagram.to(to, text));
  }

  /** Sends "first" and so on, which leave together: a handler is subscribed within a turn. */
  private List<String> send(int first, int count) {
    List<String> texts = texts(first, count);
    RioConnection sender = linux(server -> server.handle((in, out) -> out.send(datagrams(texts))));
    sender.onDispose().block(LONG);
    return texts;
  }

  /** Asks for nothing by itself. */
  private static final class Paused extends BaseSubscriber<String> {
    private final List<String> got = new CopyOnWriteArrayList<>();

    @Override
    protected void hookOnSubscribe(Subscription subscription) {}

    @Override
    protected void hookOnNext(String text) {
      got.add(text);
    }
  }

  private Paused subscribe() {
    Paused subscriber = new Paused();
    connection.receive(view -> view.asString()).subscribe(subscriber);
    return subscriber;
  }

  @Test
  void aPausedSubscriberGetsWhatItAskedForAndTheSurplusWaits() {
    Paused subscriber = subscribe();
    List<String> sent = send(0, 8);

    subscriber.request(5);
    eventually(() -> assertThat(subscriber.got).isEqualTo(sent.subList(0, 5)));
    eventually(() -> assertThat(connection.stats().surplus()).isEqualTo(3));
    RioStats stats = connection.stats();
    assertThat(stats.received()).isEqualTo(5);
    assertThat(stats.posted()).isZero();
    assertThat(stats.demand()).isZero();
    assertThat(stats.toString()).contains("surplus 3");

    subscriber.request(2);
    eventually(() -> assertThat(subscriber.got).isEqualTo(sent.subList(0, 7)));
    eventually(() -> assertThat(connection.stats().surplus()).isEqualTo(1));
    subscriber.request(1);
    eventually(() -> assertThat(subscriber.got).isEqualTo(sent));
    eventually(() -> assertThat(connection.stats().surplus()).isZero());
  }

  @Test
  void noMoreThanTheSurplusOfOneMessageIsReadAndTheRestWaitsInTheSocket() {
    Paused subscriber = subscribe();
    List<String> sent = send(0, 640);
    for (int asked : new int[] {1, 2, 63, 64, 65, 127, 128, 129}) {
      int before = subscriber.got.size();
      subscriber.request(asked);
      int expected = Math.min(sent.size(), before + asked);
      eventually(() -> assertThat(subscriber.got).hasSize(expected));
      eventually(() -> assertThat(connection.stats().posted()).isZero());
      assertThat(connection.stats().surplus()).isLessThan(MOST_IN_A_MESSAGE);
      assertThat(connection.stats().received()).isEqualTo(expected);
    }
    subscriber.request(Long.MAX_VALUE);
    eventually(() -> assertThat(subscriber.got).isEqualTo(sent));
    eventually(() -> assertThat(connection.stats().surplus()).isZero());
  }

  @Test
  void theSurplusGoesToTheNextSubscriber() {
    List<String> sent = send(0, 10);

    assertThat(connection.next().map(Datagram::asString).block(LONG)).isEqualTo(sent.get(0));
    assertThat(connection.receive().map(Datagram::asString).take(4).collectList().block(LONG))
        .isEqualTo(sent.subList(1, 5));
    eventually(() -> assertThat(connection.stats().surplus()).isEqualTo(5));
    assertThat(connection.stats().count(DropReason.CANCELLED)).isZero();
    send(10, 1);
    assertThat(connection.receive().map(Datagram::asString).take(6).collectList().block(LONG))
        .containsExactly("00005", "00006", "00007", "00008", "00009", "00010");
  }

  /** One call may read all of what is asked for; then nobody does any more. */
  @Test
  void whatWasReadForSomebodyWhoHasCancelledIsSurplusToo() {
    bind(server -> server.receiveSlots(8_192));
    List<String> sent = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 2_000; i += 500) {
      sent.addAll(send(i, 500));
    }
    connection.receive().takeUntil(first -> true).blockLast(LONG);

    eventually(() -> assertThat(connection.stats().surplus()).isPositive());
    RioStats stats = connection.stats();
    assertThat(stats.delivered()).isEqualTo(1);
    assertThat(stats.received()).isEqualTo(1 + stats.count(DropReason.CANCELLED));
    List<String> rest = sent.subList((int) stats.received(), sent.size());
    assertThat(
            connection
                .receive()
                .map(Datagram::asString)
                .take(rest.size())
                .collectList()
                .block(LONG))
        .isEqualTo(rest);
  }

  @Test
  void whatAClosedConnectionHadLeftStaysShown() {
    List<String> sent = send(0, 10);
    assertThat(connection.next().map(Datagram::asString).block(LONG)).isEqualTo(sent.get(0));

    connection.disposeNow();

    assertThat(connection.stats().surplus()).isEqualTo(9);
    assertThat(connection.stats().received()).isEqualTo(1);
  }

  @Test
  void moreThanABatchComesInOrder() {
    bind(server -> server.receiveSlots(8_192));
    List<String> sent = new CopyOnWriteArrayList<>();
    Paused subscriber = subscribe();
    for (int i = 0; i < 2_000; i += 500) {
      sent.addAll(send(i, 500));
    }
    subscriber.request(Long.MAX_VALUE);

    eventually(() -> assertThat(subscriber.got).isEqualTo(sent));
    eventually(() -> assertThat(connection.stats().delivered()).isEqualTo(2_000));
  }

  @Test
  void eachIsHeldToTheDatagramSize() {
    bind(server -> server.datagramSize(3).truncation(Truncation.DELIVER));
    send(0, 5);

    List<Datagram> got = connection.receive().take(5).collectList().block(LONG);

    assertThat(got).extracting(Datagram::asString).containsOnly("000");
    assertThat(got).allMatch(Datagram::truncated);
    bind(server -> server.datagramSize(4));
    connection.receive().subscribe();
    send(0, 5);
    eventually(() -> assertThat(connection.stats().count(DropReason.TRUNCATED)).isEqualTo(5));
  }

  @Test
  void aWholeRunComesBackFromWhereItWasSent() {
    bind(server -> server.packetInfo(true).handle((in, out) -> out.send(in.receive())));
    List<String> sent = texts(0, 200);
    RioConnection sender = linux(server -> server);
    try {
      sender.send(datagrams(sent)).block(LONG);

      assertThat(sender.receive().map(Datagram::asString).take(200).collectList().block(LONG))
          .isEqualTo(sent);
    } finally {
      sender.disposeNow();
    }
  }

  @Test
  void aProviderThatCannotRefusesTheBindByName() {
    assertThatThrownBy(() -> RioUdpServer.create().provider("nio").coalescing(true).bindNow())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("coalescing is on, and the provider nio ");
    assertThat(RioSupport.providers())
        .filteredOn(provider -> provider.can(Capability.COALESCING))
        .extracting(RioSupport.Provider::name)
        .containsOnlyOnce("linux-mmsg");
  }
}
