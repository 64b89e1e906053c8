package io.rioreactive.samples.syslogkafka;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioInbound;
import io.rioreactive.RioUdpServer;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Datagrams in, Kafka records out: all of the I/O.
 *
 * <p>At most {@code inFlight} records wait for Kafka's acknowledgement, and at most {@code ahead}
 * datagrams for their turn. When Kafka is slow both fill up, then no receive is posted, datagrams
 * wait in the socket, and what does not fit there the kernel drops and counts. So memory has a
 * bound, and each datagram that was received is stored or counted as not stored.
 */
final class Collector {

  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final int ahead;
  private final int inFlight;
  private final Scheduler senders;
  private final Counts counts;

  /**
   * Sends with somebody else's producer, who closes it.
   *
   * @param ahead datagrams taken from the socket before the producer can take them: the most
   *     receives that are posted
   * @param inFlight records not yet acknowledged, on each socket
   * @param senders threads that may block: the producer waits there for metadata and for memory
   */
  Collector(
      Producer<byte[], byte[]> producer,
      String topic,
      int ahead,
      int inFlight,
      Scheduler senders,
      Counts counts) {
    this.producer = producer;
    this.topic = topic;
    this.ahead = ahead;
    this.inFlight = inFlight;
    this.senders = senders;
    this.counts = counts;
  }

  /** Binds. Nothing is received before {@code ready} has completed: it waits in the socket. */
  RioConnection bind(RioUdpServer server, Mono<Void> ready) {
    return server.handle((in, out) -> ready.thenMany(storeAll(in))).bindNow();
  }

  private Flux<Void> storeAll(RioInbound in) {
    return in.receive()
        .publishOn(senders, ahead) // off the pump, which must not block
        .flatMap(this::store, inFlight); // in the order of their arrival
  }

  /** Completes when Kafka has it, or has refused it. An error here would end the whole pipeline. */
  private Mono<Void> store(Datagram datagram) {
    return Mono.create(
        sink -> {
          try {
            Future<RecordMetadata> _ =
                producer.send(
                    record(datagram),
                    (where, failure) -> {
                      counts.ended(failure);
                      sink.success();
                    });
          } catch (RuntimeException failure) { // and then there is no callback
            counts.ended(failure);
            sink.success();
          }
        });
  }

  /** By its key, what one address sends goes to one partition, and stays in order. */
  private ProducerRecord<byte[], byte[]> record(Datagram datagram) {
    String source = datagram.remoteAddress().getAddress().getHostAddress();
    SyslogMessage message = SyslogMessage.parse(datagram.asString());
    counts.parsed(message.format());
    return new ProducerRecord<>(topic, source.getBytes(US_ASCII), message.json(source));
  }
}
