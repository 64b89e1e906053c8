package io.rioreactive.samples.syslogkafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/** Prints what a topic gets from now on, whoever writes it. A thread of its own. */
final class Tail implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(500);

  private final Consumer<byte[], byte[]> consumer;
  private final java.util.function.Consumer<String> says;
  private final Thread thread;

  /** Reads with the consumer, which it closes. Blocks until it knows where each partition ends. */
  Tail(
      Consumer<byte[], byte[]> consumer,
      List<TopicPartition> partitions,
      java.util.function.Consumer<String> says) {
    this.consumer = consumer;
    this.says = says;
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position); // seekToEnd alone would look at the first poll
    thread = Thread.ofPlatform().daemon().name("tail").start(this::read);
  }

  private void read() {
    try (consumer) {
      while (true) { // until close wakes it up
        for (ConsumerRecord<byte[], byte[]> each : consumer.poll(PAUSE)) {
          says.accept("p%d %s".formatted(each.partition(), new String(each.value(), UTF_8)));
        }
      }
    } catch (WakeupException closed) {
      // the end
    } catch (KafkaException failure) {
      says.accept("--tail ends: " + failure.getMessage());
    }
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
