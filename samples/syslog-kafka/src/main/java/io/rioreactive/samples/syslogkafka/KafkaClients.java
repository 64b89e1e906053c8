package io.rioreactive.samples.syslogkafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Kafka's clients with the settings that the collector relies on. Who asks for one closes it. */
final class KafkaClients {

  private final String servers;
  private final Map<String, Object> user = new HashMap<>();

  /**
   * Clients of one cluster.
   *
   * @param servers {@code bootstrap.servers}
   * @param file further settings of Kafka's clients, which are stronger than those here; null for
   *     none
   * @throws IOException if the file cannot be read
   */
  KafkaClients(String servers, @Nullable Path file) throws IOException {
    this.servers = servers;
    if (file != null) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      }
      properties.forEach((name, value) -> user.put(String.valueOf(name), value));
    }
  }

  /**
   * It never gives a record up by itself, so that a broker that comes back finds all of them; what
   * bounds them is the collector. Its own defaults are the rest of the promise: {@code acks=all},
   * and idempotence, by which a record that is sent again is in the topic once and in its place.
   */
  Producer<byte[], byte[]> producer() {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE); // 24 days
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Integer.MAX_VALUE);
    // Else send would block at once where the only broker is away, and fewer would be under way.
    settings.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
    // KAFKA-15591: of two requests to a new partition the first may be refused and the second not;
    // then the first is refused for ever.
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 1 << 16);
    return new KafkaProducer<>(
        with(settings), new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** It answers within a few seconds, if only that nobody is there. */
  Admin admin() {
    Map<String, Object> settings = new HashMap<>();
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 3_000);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 3_000);
    return Admin.create(with(settings));
  }

  /** One without a group: it is told what to read. */
  Consumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        with(new HashMap<>()), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private Map<String, Object> with(Map<String, Object> settings) {
    settings.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    settings.putAll(user);
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
    return settings;
  }
}
