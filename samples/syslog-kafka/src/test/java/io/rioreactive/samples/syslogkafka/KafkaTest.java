package io.rioreactive.samples.syslogkafka;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rioreactive.RioStats;
import io.rioreactive.RioUdpServer;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The collector, a real broker that comes and goes, and the syslog client of a Linux. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Kafka's broker does not support it")
class KafkaTest {

  private static final Duration LONG = Duration.ofSeconds(90);

  private EmbeddedBroker broker;

  @BeforeAll
  void startBroker() throws IOException {
    broker = new EmbeddedBroker(0, null);
    broker.start();
  }

  @AfterAll
  void endBroker() {
    broker.close();
  }

  private static RioUdpServer server() {
    return RioUdpServer.create().host("127.0.0.1");
  }

  private static List<String> messages(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "message " + i).toList();
  }

  @Test
  void bothFormsOfLoggerAreInTheTopic() throws Exception {
    Program.need("logger", "logger", "--version");
    try (Rig rig = new Rig(broker.address(), "logger", 2, 64, server())) {
      log(rig, "--rfc5424", "hello 5424");
      log(rig, "--rfc3164", "hello 3164");
      await().atMost(LONG).until(() -> rig.counts.stored() == 2);

      List<ConsumerRecord<byte[], byte[]>> records = rig.read();
      assertThat(records).hasSize(2);
      assertThat(records.stream().map(each -> new String(each.key(), US_ASCII)))
          .containsOnly("127.0.0.1");
      List<String> values = records.stream().map(each -> new String(each.value(), UTF_8)).toList();
      assertThat(values.getFirst())
          .contains("\"format\":\"rfc5424\",\"facility\":16,\"severity\":4,\"time\":\"2")
          .contains("\"application\":\"tester\"")
          .endsWith(",\"text\":\"hello 5424\"}");
      assertThat(values.getLast())
          .contains("\"format\":\"rfc3164\",\"facility\":16,\"severity\":4,\"time\":\"")
          .contains("\"application\":\"tester\"")
          .endsWith(",\"text\":\"hello 3164\"}");
      assertThat(rig.counts.plain()).isZero();
    }
  }

  private static void log(Rig rig, String form, String text) throws Exception {
    try (Program logger =
        new Program(
            "logger",
            "--udp",
            "--server",
            "127.0.0.1",
            "--port",
            String.valueOf(rig.port()),
            form,
            "--tag",
            "tester",
            "--priority",
            "local0.warning",
            text)) {
      assertThat(logger.exitCode()).as(logger.toString()).isZero();
    }
  }

  /** Fewer receives, then counted drops; what was acknowledged is there; then all goes on. */
  @Test
  void aBrokerThatStopsAndReturns() throws Exception {
    int inFlight = 64;
    RioUdpServer small = server().option(StandardSocketOptions.SO_RCVBUF, 16_384);
    try (Rig rig = new Rig(broker.address(), "stopped", 2, inFlight, small);
        Source source = new Source("127.0.0.1", rig.port())) {
      assumeTrue(
          rig.connection.stats().kernelDrops().isPresent(), "the provider here tells no drops");
      source.send(30);
      await().atMost(LONG).until(() -> rig.isSettled(source.sent()));
      long storedBefore = rig.counts.stored();

      broker.stop();
      try {
        await()
            .atMost(LONG)
            .pollInterval(Duration.ofMillis(10))
            .until(
                () -> {
                  source.send(10);
                  RioStats now = rig.connection.stats();
                  return now.posted() == 0 && now.kernelDrops().orElseThrow() > 100;
                });
        RioStats stalled = rig.connection.stats();
        assertThat(stalled.delivered() - storedBefore)
            .isBetween((long) inFlight, (long) inFlight + Rig.AHEAD);
        assertThat(rig.counts.stored()).isEqualTo(storedBefore); // nothing is claimed
      } finally {
        broker.start();
      }

      await().atMost(LONG).until(() -> rig.isSettled(source.sent()));
      source.send(20);
      await().atMost(LONG).until(() -> rig.isSettled(source.sent()));
      assertThat(rig.counts.notStored()).isZero();
      assertThat(rig.size()).isEqualTo(rig.counts.stored());
      assertThat(rig.texts())
          .hasSize(Math.toIntExact(rig.counts.stored()))
          .doesNotHaveDuplicates() // whatever was sent again
          .isSubsetOf(messages(0, source.sent()))
          .containsSubsequence(messages(0, 30))
          .endsWith(messages(source.sent() - 20, source.sent()).toArray(String[]::new));
      assertThat(rig.said).isEmpty();
    }
  }

  @Test
  void aBrokerThatIsNotThereAtTheStart() throws Exception {
    broker.stop();
    try (Rig rig = new Rig(broker.address(), "absent", 1, 64, server());
        Source source = new Source("127.0.0.1", rig.port())) {
      try {
        source.send(10);
        await().atMost(LONG).until(() -> !rig.said.isEmpty());

        assertThat(rig.said)
            .singleElement()
            .asString()
            .startsWith("no Kafka broker answers at " + broker.address() + ": trying again");
        assertThat(rig.connection.stats().received()).isZero();
        assertThat(rig.counts.stored()).isZero();
      } finally {
        broker.start();
      }

      await().atMost(LONG).until(() -> rig.counts.stored() == 10);
      assertThat(rig.texts()).isEqualTo(messages(0, 10));
    }
  }

  @Test
  void aTopicThatKafkaRefusesIsNotWaitedFor() throws Exception {
    List<String> said = new ArrayList<>();
    try (Admin admin = new KafkaClients(broker.address(), null).admin()) {
      Topic topic = new Topic(admin, broker.address(), "no such name", 1);

      assertThatThrownBy(() -> topic.ready(said::add).block(LONG))
          .isInstanceOf(KafkaException.class)
          .hasMessageStartingWith(
              "Kafka at " + broker.address() + " refuses topic \"no such name\": ");
      assertThat(said).isEmpty();
    }
  }

  /** Scale-out: what one address sends stays in order, and in one partition. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "it needs more than one address of its own")
  void twoCollectorsOnOneTopic() throws Exception {
    List<Source> sources = new ArrayList<>();
    try (Rig one = new Rig(broker.address(), "both", 4, 64, server());
        Rig other = new Rig(broker.address(), "both", 4, 64, server())) {
      for (int i = 0; i < 8; i++) {
        sources.add(new Source("127.0.1." + (i + 1), i % 2 == 0 ? one.port() : other.port()));
      }
      for (int i = 0; i < 50; i++) {
        for (Source each : sources) {
          each.send(1);
        }
      }
      await().atMost(LONG).until(() -> one.counts.stored() + other.counts.stored() == 8 * 50);

      Map<String, List<ConsumerRecord<byte[], byte[]>>> bySource = new TreeMap<>();
      for (ConsumerRecord<byte[], byte[]> each : one.read()) {
        bySource
            .computeIfAbsent(new String(each.key(), US_ASCII), _ -> new ArrayList<>())
            .add(each);
      }
      assertThat(one.counts.stored()).isEqualTo(other.counts.stored()).isEqualTo(4 * 50);
      assertThat(bySource).hasSize(8);
      assertThat(bySource.values())
          .allSatisfy(
              records -> {
                assertThat(records.stream().map(Rig::text))
                    .containsExactlyElementsOf(messages(0, 50));
                assertThat(records.stream().map(ConsumerRecord::partition).distinct()).hasSize(1);
              });
    } finally {
      sources.forEach(Source::close);
    }
  }
}
