package io.rioreactive.samples.syslogkafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/** The topic: made where it is missing, waited for where no broker answers. Any thread. */
final class Topic {

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Admin admin;
  private final String servers;
  private final String name;
  private final int partitions;
  private volatile boolean isKnown;

  /**
   * Somebody else's client, who closes it.
   *
   * @param servers for what is said
   * @param partitions of the topic, if it is to be made
   */
  Topic(Admin admin, String servers, String name, int partitions) {
    this.admin = admin;
    this.servers = servers;
    this.name = name;
    this.partitions = partitions;
  }

  /**
   * Completes when the topic is there. As long as it may yet come it tries again each second, and
   * says so once for each kind of failure; it fails with a {@link KafkaException} if Kafka refuses.
   */
  Mono<Void> ready(Consumer<String> says) {
    return Mono.defer(
        () -> {
          Set<Class<?>> said = new HashSet<>();
          return Mono.<Void>fromRunnable(this::make)
              .subscribeOn(Schedulers.boundedElastic()) // it blocks
              .retryWhen(
                  Retry.fixedDelay(Long.MAX_VALUE, PAUSE)
                      .filter(Topic::mayPass)
                      .doBeforeRetry(
                          signal -> {
                            if (isNews(signal.failure()) && said.add(signal.failure().getClass())) {
                              says.accept(
                                  reason(signal.failure())
                                      + ": trying again each second; until then datagrams wait in"
                                      + " the socket, and what does not fit there is dropped and"
                                      + " counted");
                            }
                          }))
              .onErrorMap(KafkaException.class, this::refusal);
        });
  }

  private static boolean mayPass(Throwable failure) {
    return failure instanceof RetriableException
        || failure instanceof InvalidReplicationFactorException; // its brokers are still starting
  }

  /** But for a topic that has just been made. */
  private static boolean isNews(Throwable failure) {
    return !(failure instanceof UnknownTopicOrPartitionException);
  }

  private String reason(Throwable failure) {
    return failure instanceof TimeoutException
        ? "no Kafka broker answers at " + servers
        : "Kafka at " + servers + " has no topic for us yet (" + failure.getMessage() + ")";
  }

  private KafkaException refusal(KafkaException failure) {
    return new KafkaException(
        "Kafka at " + servers + " refuses topic \"" + name + "\": " + failure.getMessage(),
        failure);
  }

  private void make() {
    try {
      describe();
    } catch (UnknownTopicOrPartitionException missing) {
      create();
      describe(); // it may take a moment until every broker knows it
    }
  }

  private void create() {
    NewTopic topic = new NewTopic(name, Optional.of(partitions), Optional.empty());
    try {
      get(admin.createTopics(List.of(topic)).all());
    } catch (TopicExistsException madeMeanwhile) {
      // by another collector
    }
  }

  private TopicDescription describe() {
    Map<String, TopicDescription> topics = get(admin.describeTopics(List.of(name)).allTopicNames());
    TopicDescription topic = topics.get(name);
    if (topic == null) {
      throw new UnknownTopicOrPartitionException(name);
    }
    isKnown = true;
    return topic;
  }

  /** Whether Kafka has ever said that it is there. */
  boolean isKnown() {
    return isKnown;
  }

  /** Its partitions. Blocks, a few seconds at most. */
  List<TopicPartition> partitions() {
    return describe().partitions().stream()
        .map(partition -> new TopicPartition(name, partition.partition()))
        .toList();
  }

  /** How many records it has taken since it was made. Blocks, a few seconds at most. */
  long size() {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    partitions().forEach(partition -> ends.put(partition, OffsetSpec.latest()));
    return get(admin.listOffsets(ends).all()).values().stream()
        .mapToLong(ListOffsetsResultInfo::offset)
        .sum();
  }

  /** The client itself gives up after some seconds, so this waits for it without a limit. */
  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof KafkaException known
          ? known
          : new KafkaException(failure.getCause());
    } catch (InterruptedException interrupt) {
      throw new InterruptException(interrupt); // which sets the flag again
    }
  }
}
