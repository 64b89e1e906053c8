package io.rioreactive.samples.syslogkafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.RioUdpServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A collector on real sockets with Kafka's real clients, and what it said. */
final class Rig implements AutoCloseable {

  static final int AHEAD = 16;

  final Counts counts = new Counts();
  final List<String> said = new CopyOnWriteArrayList<>();
  final RioConnection connection;

  private final KafkaClients clients;
  private final Admin admin;
  private final Producer<byte[], byte[]> producer;
  private final Topic topic;

  /** Binds at once; the topic is made when its broker is there. */
  Rig(String servers, String topicName, int partitions, int inFlight, RioUdpServer server)
      throws IOException {
    clients = new KafkaClients(servers, null);
    admin = clients.admin();
    producer = clients.producer();
    topic = new Topic(admin, servers, topicName, partitions);
    Mono<Void> ready = topic.ready(said::add).cache();
    connection =
        new Collector(producer, topicName, AHEAD, inFlight, Schedulers.boundedElastic(), counts)
            .bind(server, ready);
  }

  int port() {
    return connection.localAddress().getPort();
  }

  /** Whether of so many sent each is either stored or was dropped by the kernel. */
  boolean isSettled(long sent) {
    RioStats stats = connection.stats();
    return stats.received() + stats.kernelDrops().orElse(0) == sent
        && counts.stored() == stats.received();
  }

  long size() {
    return topic.size();
  }

  /** All that is in the topic, each partition in its order. */
  List<ConsumerRecord<byte[], byte[]>> read() {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (Consumer<byte[], byte[]> consumer = clients.consumer()) {
      List<TopicPartition> partitions = topic.partitions();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
        assertThat(System.nanoTime() - end).as("read so far: %s", records.size()).isNegative();
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  /** The texts of all records. */
  List<String> texts() {
    return read().stream().map(Rig::text).toList();
  }

  static String text(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.value(), UTF_8).replaceFirst("^.*\"text\":\"(.*)\"}$", "$1");
  }

  @Override
  public void close() {
    connection.disposeNow();
    producer.close(Duration.ZERO);
    admin.close(Duration.ZERO);
  }
}
