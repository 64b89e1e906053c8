package io.rioreactive.samples.syslogkafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker in this process: one node that is its own controller (KRaft). For trying things
 * out and for tests: one copy of each record, no authentication, and so on the loopback address
 * alone. It can be stopped and started again with the same address and the same data. Any thread.
 */
final class EmbeddedBroker implements AutoCloseable {

  private static final String HOST = "127.0.0.1";
  private static final int NODE = 1;
  private static final int MEBIBYTE = 1 << 20;

  private final int port;
  private final Path data;
  private final boolean isTemporary;
  private final Properties settings;
  private @Nullable KafkaRaftServer server;

  /**
   * A broker to be started.
   *
   * @param port 0 picks a free one
   * @param data a folder for what it stores; null for one that is deleted at the end
   * @throws IOException if the port is taken, or there is no such folder and it cannot be made
   */
  EmbeddedBroker(int port, @Nullable Path data) throws IOException {
    this.port = free(port);
    this.isTemporary = data == null;
    this.data =
        data == null ? Files.createTempDirectory("syslog-kafka-") : folder(data.toAbsolutePath());
    this.settings = settings(this.port, free(0), this.data);
  }

  /** What clients take as {@code bootstrap.servers}. */
  String address() {
    return HOST + ":" + port;
  }

  Path data() {
    return data;
  }

  boolean isTemporary() {
    return isTemporary;
  }

  /** Returns when it serves, which takes some seconds. */
  synchronized void start() {
    if (server != null) {
      return;
    }
    try {
      if (Files.notExists(data.resolve("meta.properties"))) {
        format();
      }
    } catch (Exception failure) { // as its method declares
      throw new IllegalStateException("cannot prepare " + data + " for a broker", failure);
    }
    KafkaRaftServer starting =
        new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
    starting.startup();
    server = starting;
  }

  private void format() throws Exception {
    new Formatter()
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
        .setNodeId(NODE)
        .setClusterId(Uuid.randomUuid().toString())
        .setControllerListenerName("CONTROLLER")
        .setDirectories(List.of(data.toString()))
        .run();
  }

  /** Returns when it has ended; what it has acknowledged is there when it starts again. */
  synchronized void stop() {
    KafkaRaftServer ending = server;
    if (ending != null) {
      server = null;
      ending.shutdown();
      ending.awaitShutdown();
    }
  }

  /** {@link #stop}, and a temporary folder is gone. */
  @Override
  public synchronized void close() {
    stop();
    if (isTemporary) {
      delete(data);
    }
  }

  private static Path folder(Path data) throws IOException {
    try {
      return Files.createDirectories(data);
    } catch (IOException failure) {
      throw new IOException(
          "no folder " + data + " can be made for a broker (" + failure + "): name another",
          failure);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException leftBehind) {
      // the system clears that folder
    }
  }

  /** A port, if nobody has it: Kafka itself would say so with a stack trace. */
  private static int free(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.ofLiteral(HOST))) {
      return socket.getLocalPort();
    } catch (IOException taken) {
      throw new IOException(
          "port "
              + port
              + " is taken, perhaps by a broker: use that with --bootstrap-servers "
              + HOST
              + ":"
              + port
              + ", or another port with --broker-port",
          taken);
    }
  }

  private static Properties settings(int port, int controllerPort, Path data) {
    Properties settings = new Properties();
    settings.setProperty("node.id", String.valueOf(NODE));
    settings.setProperty("process.roles", "broker,controller");
    settings.setProperty(
        "listeners",
        "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
    settings.setProperty("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port);
    settings.setProperty(
        "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.setProperty("inter.broker.listener.name", "PLAINTEXT");
    settings.setProperty("controller.listener.names", "CONTROLLER");
    settings.setProperty("controller.quorum.voters", NODE + "@" + HOST + ":" + controllerPort);
    settings.setProperty("log.dirs", data.toString());
    settings.setProperty("auto.create.topics.enable", "false");
    settings.setProperty("server.max.startup.time.ms", "60000");

    // One copy of everything, for there is one broker.
    settings.setProperty("default.replication.factor", "1");
    settings.setProperty("offsets.topic.replication.factor", "1");
    settings.setProperty("offsets.topic.num.partitions", "1");
    settings.setProperty("transaction.state.log.replication.factor", "1");
    settings.setProperty("transaction.state.log.min.isr", "1");
    settings.setProperty("group.initial.rebalance.delay.ms", "0");

    // Small, beside a collector: threads, and what the log cleaner takes at the start, 128 MiB.
    settings.setProperty("num.network.threads", "2");
    settings.setProperty("num.io.threads", "2");
    settings.setProperty("background.threads", "2");
    settings.setProperty("log.cleaner.dedupe.buffer.size", String.valueOf(2 * MEBIBYTE));

    // A sample must not fill a disk: of each partition the newest 160 MiB at most.
    settings.setProperty("log.segment.bytes", String.valueOf(32 * MEBIBYTE));
    settings.setProperty("log.retention.bytes", String.valueOf(128 * MEBIBYTE));
    settings.setProperty("log.retention.check.interval.ms", "10000");
    return settings;
  }
}
