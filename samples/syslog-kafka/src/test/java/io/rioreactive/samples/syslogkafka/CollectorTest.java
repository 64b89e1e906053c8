package io.rioreactive.samples.syslogkafka;

import static io.rioreactive.test.RioAssertions.assertThat;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Client;
import io.rioreactive.test.RioTest;
import io.rioreactive.test.Server;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** The collector between a simulated network and a producer that acknowledges when told to. */
@RioTest
@Timeout(120)
class CollectorTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int AHEAD = 4;
  private static final int IN_FLIGHT = 3;

  private final Counts counts = new Counts();

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());

  private RioConnection bind(RioUdpServer server, Mono<Void> ready) {
    return new Collector(producer, "topic", AHEAD, IN_FLIGHT, Schedulers.boundedElastic(), counts)
        .bind(server, ready);
  }

  private static void send(RioUdpClient client, int count) {
    client
        .connectNow()
        .send(Flux.range(0, count).map(i -> Datagram.of("<13>message " + i)))
        .block(LONG);
  }

  private static List<String> messages(int count) {
    return IntStream.range(0, count).mapToObj(i -> "message " + i).toList();
  }

  private List<String> sent() {
    return producer.history().stream()
        .map(record -> new String(record.value(), UTF_8))
        .map(json -> json.replaceFirst("^.*\"text\":\"(.*)\"}$", "$1"))
        .toList();
  }

  private void acknowledge(int count) {
    for (int i = 0; i < count; i++) {
      await().atMost(LONG).pollInterval(Duration.ofMillis(1)).until(producer::completeNext);
    }
  }

  @Test
  void soManyAreUnderWayAndNotOneMoreAndTheRestWaitsInTheSocket(
      @Server RioUdpServer server, @Client RioUdpClient client) {
    RioConnection connection = bind(server, Mono.empty());
    send(client, 20);

    // Three are taken by the producer; so three of those ahead have been replaced.
    assertThat(connection).eventually(LONG).hasDelivered(IN_FLIGHT + AHEAD).hasPosted(0);
    assertThat(producer.history()).hasSize(IN_FLIGHT);
    for (int acknowledged = 1; acknowledged <= 20; acknowledged++) {
      acknowledge(1);
      assertThat(producer.history()).hasSizeLessThanOrEqualTo(acknowledged + IN_FLIGHT);
    }

    assertThat(connection).eventually(LONG).hasDelivered(20).conserves();
    assertThat(sent()).isEqualTo(messages(20)); // in order
    assertThat(counts.stored()).isEqualTo(20);
    assertThat(counts.notStored()).isZero();
  }

  @Test
  void aRecordHasTheSendersAddressAsItsKeyAndWhatItSaidAsJson(
      @Server RioUdpServer server, @Client RioUdpClient client) {
    bind(server, Mono.empty());
    send(client, 1);
    acknowledge(1);

    ProducerRecord<byte[], byte[]> record = producer.history().getFirst();
    assertThat(record.topic()).isEqualTo("topic");
    assertThat(record.partition()).isNull(); // by its key
    assertThat(new String(record.key(), US_ASCII)).isEqualTo("127.0.0.1");
    assertThat(new String(record.value(), UTF_8))
        .isEqualTo(
            "{\"source\":\"127.0.0.1\",\"format\":\"plain\",\"facility\":1,\"severity\":5,"
                + "\"text\":\"message 0\"}");
    assertThat(counts.plain()).isEqualTo(1);
  }

  @Test
  void whatKafkaRefusesIsCountedAndTheRestGoesOn(
      @Server RioUdpServer server, @Client RioUdpClient client) {
    RioConnection connection = bind(server, Mono.empty());
    send(client, 10);

    for (int i = 0; i < 10; i++) {
      boolean isRefused = i % 5 == 1;
      await()
          .atMost(LONG)
          .pollInterval(Duration.ofMillis(1))
          .until(
              () ->
                  isRefused
                      ? producer.errorNext(new RecordTooLargeException("too large"))
                      : producer.completeNext());
    }

    assertThat(connection).eventually(LONG).hasDelivered(10);
    assertThat(counts.stored()).isEqualTo(8);
    assertThat(counts.notStored()).isEqualTo(2);
    assertThat(counts.causes()).containsExactly(Map.entry("RecordTooLargeException", 2L));
    assertThat(connection.stats().handlerFailures()).isZero();
  }

  @Test
  void aProducerThatThrowsIsCountedAndTheRestGoesOn(
      @Server RioUdpServer server, @Client RioUdpClient client) {
    producer.sendException = new KafkaException("not now");
    RioConnection connection = bind(server, Mono.empty());
    send(client, 10);

    assertThat(connection).eventually(LONG).hasDelivered(10);
    await().atMost(LONG).until(() -> counts.notStored() == 10);
    producer.sendException = null;
    send(client, 1);
    acknowledge(1);

    assertThat(counts.stored()).isEqualTo(1);
    assertThat(connection.stats().handlerFailures()).isZero();
  }

  @Test
  void nothingIsReceivedBeforeKafkaIsReady(
      @Server RioUdpServer server, @Client RioUdpClient client) {
    Sinks.Empty<Void> ready = Sinks.empty();
    RioConnection connection = bind(server, ready.asMono());
    send(client, 3);
    assertThat(connection).hasPosted(0).hasReceived(0);
    assertThat(counts.stored()).isZero();

    ready.tryEmitEmpty().orThrow();
    acknowledge(3);

    assertThat(connection).eventually(LONG).hasReceived(3);
    assertThat(counts.stored()).isEqualTo(3);
  }

  @Test
  void theEndWaitsForWhatIsUnderWay(@Server RioUdpServer server, @Client RioUdpClient client)
      throws Exception {
    RioConnection connection = bind(server, Mono.empty());
    send(client, IN_FLIGHT);
    await().atMost(LONG).until(() -> producer.history().size() == IN_FLIGHT);

    CompletableFuture<Void> end = connection.shutdown(LONG).toFuture();
    await().atMost(LONG).until(connection::isDisposed);
    acknowledge(IN_FLIGHT - 1);
    assertThat(end).isNotDone();
    acknowledge(1);

    end.get(LONG.toSeconds(), TimeUnit.SECONDS);
    assertThat(counts.stored()).isEqualTo(IN_FLIGHT);
  }

  /** Such as what the producer is closed with, or what Kafka acknowledges at the last moment. */
  @Test
  void whatIsAcknowledgedAfterTheEndIsStillCounted(
      @Server RioUdpServer server, @Client RioUdpClient client) {
    Queue<Throwable> dropped = new ConcurrentLinkedQueue<>();
    Hooks.onErrorDropped(dropped::add);
    try {
      RioConnection connection = bind(server, Mono.empty());
      send(client, IN_FLIGHT);
      await().atMost(LONG).until(() -> producer.history().size() == IN_FLIGHT);
      connection.shutdown(Duration.ofMillis(1)).block(LONG);

      acknowledge(1);
      assertThat(producer.errorNext(new KafkaException("closed"))).isTrue();
      assertThat(producer.errorNext(new KafkaException("closed"))).isTrue();

      assertThat(counts.stored()).isEqualTo(1);
      assertThat(counts.notStored()).isEqualTo(2);
      assertThat(dropped).isEmpty();
    } finally {
      Hooks.resetOnErrorDropped();
    }
  }
}
