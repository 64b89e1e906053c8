package io.rioreactive.samples.syslogkafka;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The program: its options, and what is begun before what. The I/O is {@link Collector}'s. */
@Command(
    name = "syslog-kafka",
    sortOptions = false,
    description = {
      "Takes syslog messages (RFC 5424, RFC 3164) by UDP and stores them in a Kafka topic: a JSON"
          + " record for each, with the sender's address as its key.",
      "Without --bootstrap-servers it brings a broker of its own, on the loopback address."
    },
    footer = {
      "",
      "Try it, the second in another terminal:",
      "  samples/run syslog-kafka --tail",
      "  logger -d -n 127.0.0.1 -P 5514 --rfc5424 hello"
    })
final class SyslogKafka implements Runnable {

  private static final Duration DRAIN = Duration.ofSeconds(5);

  /** As many as the slots: a burst of so many leaves the socket before one of them is stored. */
  private static final int AHEAD = 1_024;

  @Option(names = "--host", paramLabel = "HOST", description = "Local address (${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(names = "--port", paramLabel = "PORT", description = "Local port (${DEFAULT-VALUE}).")
  private int port = 5514;

  @Option(
      names = "--pumps",
      paramLabel = "N",
      description = "Sockets on the port, each with a thread (${DEFAULT-VALUE}).")
  private int pumps = 1;

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      description = "Longest datagram (${DEFAULT-VALUE}, which RFC 5426 asks for).")
  private int size = 2_048;

  @Option(
      names = "--receive-buffer",
      paramLabel = "BYTES",
      description = "The socket's, SO_RCVBUF (room for all slots).")
  private @Nullable Integer receiveBuffer;

  @Option(
      names = "--provider",
      paramLabel = "NAME",
      description =
          "windows-rio, windows-iocp, linux-mmsg, linux-uring, nio or auto (${DEFAULT-VALUE}).")
  private String provider = "auto";

  @Option(names = "--topic", paramLabel = "NAME", description = "Kafka's topic (${DEFAULT-VALUE}).")
  private String topicName = "syslog";

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description = "Of the topic, if it has to be made (${DEFAULT-VALUE}).")
  private int partitions = 8;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      description =
          "Records not yet acknowledged, at most, for each socket (${DEFAULT-VALUE}). More costs"
              + " CPU: whenever one ends, all that are under way are looked at.")
  private int inFlight = 1_024;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT,…",
      description = "Brokers of a cluster, in place of the one that this program brings.")
  private @Nullable String bootstrapServers;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Further settings of Kafka's clients, such as security.protocol.")
  private @Nullable Path config;

  @Option(
      names = "--broker-port",
      paramLabel = "PORT",
      description = "Of the broker it brings (9092; 0 picks a free one).")
  private @Nullable Integer brokerPort;

  @Option(
      names = "--broker-data",
      paramLabel = "DIR",
      description = "Where that keeps its data (a folder that is deleted at the end).")
  private @Nullable Path brokerData;

  @Option(
      names = "--broker-only",
      description = "Runs that broker and no collector: others name it in --bootstrap-servers.")
  private boolean brokerOnly;

  @Option(names = "--tail", description = "Prints what the topic gets.")
  private boolean tail;

  @Option(
      names = "--status",
      description = "Prints the status into a file or pipe too, each second.")
  private boolean everySecond;

  @Option(names = "--help", usageHelp = true, description = "Prints this.")
  @SuppressWarnings("unused") // picocli reads it
  private boolean help;

  private final StatusLine line =
      new StatusLine(new PrintWriter(System.out, true, System.out.charset()));

  SyslogKafka() {}

  /** Exit status: 0 ended as asked, 1 failed, 2 wrong options. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new SyslogKafka())
        .setParameterExceptionHandler((wrong, args) -> sayWhat(wrong.getCommandLine(), wrong))
        .setExecutionExceptionHandler(SyslogKafka::sayWhy);
  }

  /** One line about an option that is wrong, be it by its form or by its value. */
  private static int sayWhat(CommandLine command, Exception wrong) {
    command
        .getErr()
        .println(
            command.getCommandName() + ": " + wrong.getMessage() + "; --help lists the options");
    return ExitCode.USAGE;
  }

  /** One line instead of a stack trace for what a user can mend. */
  private static int sayWhy(Exception failure, CommandLine command, Object parsed)
      throws Exception {
    // Kafka's clients tell what is wrong with a setting only in the cause.
    Exception why = failure.getCause() instanceof ConfigException wrong ? wrong : failure;
    if (why instanceof IllegalArgumentException || why instanceof ConfigException) {
      return sayWhat(command, why);
    }
    if (failure instanceof UncheckedIOException || failure instanceof KafkaException) {
      command.getErr().println(command.getCommandName() + ": " + failure.getMessage());
      return ExitCode.SOFTWARE;
    }
    throw failure;
  }

  @Override
  public void run() {
    RioUdpServer server = server(); // which checks its options
    checkRange("--partitions", partitions, 1, 10_000);
    checkRange("--in-flight", inFlight, 1, 1_000_000);
    checkRange("--broker-port", brokerPort == null ? 0 : brokerPort, 0, 65_535);
    checkBroker();
    Ends ends = new Ends(line::say);
    try {
      String servers = bootstrapServers;
      if (servers == null) {
        servers = startBroker(ends);
      }
      if (brokerOnly) {
        Mono.never().block(); // a signal ends it
      } else {
        collect(server, servers, ends);
      }
    } catch (IOException failure) {
      ends.run();
      throw new UncheckedIOException(failure.getMessage(), failure);
    } catch (RuntimeException failure) {
      ends.run();
      throw failure;
    }
  }

  private RioUdpServer server() {
    RioUdpServer server =
        RioUdpServer.create()
            .host(host)
            .port(port)
            .pumps(pumps)
            .datagramSize(size)
            .receiveSlots(AHEAD)
            .provider(provider);
    return receiveBuffer == null
        ? server
        : server.option(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
  }

  private static void checkRange(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          option + " is " + value + ": allowed is " + least + " to " + most);
    }
  }

  private void checkBroker() {
    if (bootstrapServers != null && (brokerPort != null || brokerData != null || brokerOnly)) {
      throw new IllegalArgumentException(
          "--bootstrap-servers names brokers that are there, and --broker-port, --broker-data and"
              + " --broker-only are about one that is brought: use one or the other");
    }
  }

  private String startBroker(Ends ends) throws IOException {
    EmbeddedBroker broker = new EmbeddedBroker(brokerPort == null ? 9_092 : brokerPort, brokerData);
    ends.add(
        () -> {
          broker.close();
          line.say("the broker has ended");
        });
    line.say("starting a Kafka broker …");
    broker.start();
    line.say(
        "broker on %s, data in %s%s"
            .formatted(
                broker.address(),
                broker.data(),
                broker.isTemporary() ? ", which is deleted at the end" : ""));
    return broker.address();
  }

  private void collect(RioUdpServer server, String servers, Ends ends) throws IOException {
    KafkaClients clients = clients(servers);
    Admin admin = clients.admin();
    ends.add(() -> admin.close(Duration.ZERO));
    Producer<byte[], byte[]> producer = clients.producer();
    ends.add(() -> producer.close(Duration.ZERO));
    Topic topic = new Topic(admin, servers, topicName, partitions);
    Mono<Void> ready = topic.ready(line::say).cache(); // for each socket, and for this thread
    Counts counts = new Counts();
    Scheduler senders =
        Schedulers.newBoundedElastic(pumps, Integer.MAX_VALUE, "kafka-send", 60, true);
    RioConnection connection =
        new Collector(producer, topicName, AHEAD, inFlight, senders, counts)
            .bind(server, ready.onErrorResume(failure -> Mono.never())); // this thread throws it
    Status status = new Status(connection, counts);
    ends.add(
        () -> {
          producer.close(Duration.ZERO); // what is still under way is given up, and counted
          line.say("total: " + status.totals(size(topic)));
        });
    ends.add(() -> drain(connection, topic));

    line.say(
        "listening on %s, %s, %d slots of %d bytes"
            .formatted(
                text(connection.localAddress()),
                connection.provider(),
                connection.stats().receiveSlots(),
                connection.datagramSize()));
    ready.block();
    if (tail) {
      Tail reading = new Tail(clients.consumer(), topic.partitions(), line::say);
      ends.add(reading::close);
    }
    line.say("storing in topic %s of %s".formatted(topicName, servers));
    Flux.interval(Duration.ofSeconds(1))
        .takeUntilOther(connection.onDispose().onErrorComplete())
        .subscribe(second -> show(status));
    connection.onDispose().block();
  }

  private KafkaClients clients(String servers) throws IOException {
    try {
      return new KafkaClients(servers, config);
    } catch (NoSuchFileException missing) {
      throw new IllegalArgumentException("--config is " + config + ": there is no such file");
    }
  }

  /** What was received goes to Kafka yet, as far as it takes it within some seconds. */
  private void drain(RioConnection connection, Topic topic) {
    if (!topic.isKnown()) {
      connection.disposeNow(); // nothing was received
    } else if (!connection.isDisposed()) {
      line.say("draining, " + DRAIN.toSeconds() + " s at most …");
      connection.shutdown(DRAIN).block();
    }
  }

  private static String size(Topic topic) {
    if (!topic.isKnown()) {
      return "the topic was never reached";
    }
    try {
      return String.format(Locale.ROOT, "the topic has taken %,d records", topic.size());
    } catch (KafkaException failure) {
      return "how many records the topic has taken is unknown (" + failure.getMessage() + ")";
    }
  }

  private void show(Status status) {
    String news = status.news();
    if (news != null) {
      line.say(news);
    }
    if (everySecond || line.isTerminal()) {
      line.show(status.second());
    }
  }

  private static String text(InetSocketAddress address) {
    String local = address.getAddress().getHostAddress();
    return (local.contains(":") ? "[" + local + "]" : local) + ":" + address.getPort();
  }
}
