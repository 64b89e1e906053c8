package io.rioreactive.benchmarks.driver;

import io.rioreactive.benchmarks.load.Burst;
import io.rioreactive.benchmarks.load.Echoes;
import io.rioreactive.benchmarks.load.Flood;
import io.rioreactive.benchmarks.load.Held;
import io.rioreactive.benchmarks.load.InFlight;
import io.rioreactive.benchmarks.load.Paced;
import io.rioreactive.benchmarks.load.Program;
import io.rioreactive.benchmarks.load.Sink;
import io.rioreactive.benchmarks.load.Sockets;
import io.rioreactive.benchmarks.report.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** The loads, each with what is observed of a contender under it. */
final class Loads {

  private static final long LONGEST_LATENCY = TimeUnit.SECONDS.toNanos(10);

  private Loads() {}

  private static Histogram histogram() {
    return new Histogram(1, LONGEST_LATENCY, 3);
  }

  /** More than anybody can receive. */
  static Load flood(int size) {
    return contender -> {
      Flood flood = new Flood(contender.ports().getFirst(), size);
      long forEachDrop = contender.spec().isCoalescing() ? flood.datagramsForEachDrop() : 1;
      return new Load.Driven() {
        @Override
        public String shortcoming() {
          return flood.isSegmenting()
              ? ""
              : "the kernel refuses UDP_SEGMENT: the sender is slower than who receives, and"
                  + " measured instead";
        }

        @Override
        public Sample run(long nanos) throws IOException {
          Observation observation = Observation.begin(contender, forEachDrop);
          return observation.end(flood.run(nanos), histogram());
        }

        @Override
        public void close() {
          flood.close();
        }
      };
    };
  }

  /** A number of echoes under way. */
  static Load inFlight(int size, int count) {
    return contender -> {
      InFlight load = new InFlight(contender.ports().getFirst(), size, count);
      return echo(contender, load::run, load);
    };
  }

  /** Echoes by the clock. */
  static Load paced(int size, int perSecond) {
    return contender -> {
      Paced load = new Paced(contender.ports().getFirst(), size, perSecond);
      return echo(contender, load::run, load);
    };
  }

  private interface EchoRun {
    Echoes run(long nanos, Histogram times) throws IOException;
  }

  private static Load.Driven echo(Running contender, EchoRun run, AutoCloseable load) {
    return new Load.Driven() {
      @Override
      public Sample run(long nanos) throws IOException {
        Observation observation = Observation.begin(contender);
        Histogram times = histogram();
        Echoes echoes = run.run(nanos, times);
        return observation.end(echoes.sent(), times).missingReplies(echoes.received());
      }

      @Override
      public void close() {
        try {
          load.close();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }

  /** So many at once, and then as long as the contender needs for what it got. */
  static Load burst(int size, int count) {
    return contender -> {
      Burst burst = new Burst(contender.ports().getFirst(), size, count);
      return new Load.Driven() {
        @Override
        public Sample run(long nanos) throws IOException {
          Observation observation = Observation.begin(contender);
          burst.run();
          return observation.endOfSlow(count);
        }

        @Override
        public void close() {
          burst.close();
        }
      };
    };
  }

  /** Real sockperf, one message under way. Its warm-up is part of what is counted. */
  static Load sockperf(int size) {
    return contender ->
        program(
            contender,
            seconds ->
                List.of(
                    "sockperf",
                    "ping-pong",
                    "--full-rtt",
                    "--ip",
                    "127.0.0.1",
                    "--port",
                    Integer.toString(contender.ports().getFirst()),
                    "--time",
                    Long.toString(seconds),
                    "--msg-size",
                    Integer.toString(size)),
            report -> {
              long median = (long) (1e3 * report.number("percentile 50.000 ="));
              long high = (long) (1e3 * report.number("percentile 99.000 ="));
              long received = (long) report.number("ReceivedMessages=");
              long sent = (long) report.number("SentMessages=");
              // When its time is up it leaves without the answer to its last message.
              return new Report(sent, Math.min(received + 1, sent), median, high);
            });
  }

  /** Real dnsperf, a hundred questions under way; the answer to each is the question. */
  static Load dnsperf(Path questions) {
    return contender ->
        program(
            contender,
            seconds ->
                List.of(
                    "dnsperf",
                    "-s",
                    "127.0.0.1",
                    "-d",
                    questions.toString(),
                    "-q",
                    "100",
                    "-p",
                    Integer.toString(contender.ports().getFirst()),
                    "-l",
                    Long.toString(seconds)),
            report ->
                new Report(
                    (long) report.number("Queries sent:"),
                    (long) report.number("Queries completed:"),
                    0,
                    0));
  }

  private record Report(long sent, long received, long median, long high) {}

  private interface Command {
    List<String> of(long seconds);
  }

  private interface Reading {
    Report of(Program program) throws IOException;
  }

  private static Load.Driven program(Running contender, Command command, Reading reading) {
    return new Load.Driven() {
      @Override
      public Sample run(long nanos) throws IOException {
        long seconds = Math.max(1, TimeUnit.NANOSECONDS.toSeconds(nanos));
        Observation observation = Observation.begin(contender);
        Report report = reading.of(Program.run(seconds + 20, command.of(seconds)));
        Histogram times = histogram();
        if (report.median() > 0) { // as much of the distribution as it tells
          times.recordValueWithCount(report.median(), 98);
          times.recordValueWithCount(report.high(), 2);
        }
        return observation.end(report.sent(), times).missingReplies(report.received());
      }

      @Override
      public void close() {}
    };
  }

  /** The contender sends, to so many peers in turn, as fast as it can. */
  static Load sends(int peers) {
    return contender -> {
      Sink sink = new Sink();
      return new Load.Driven() {
        private int count = 1_000; // until it is known how fast it is

        @Override
        public Sample run(long nanos) throws IOException {
          Observation observation = Observation.begin(contender);
          long received = sink.received();
          long drops = Sockets.of(Set.of(sink.port())).drops();
          var answer = contender.ordered("send " + count + " " + sink.port() + " " + peers);
          sink.receiveUntil(answer::isDone);
          contender.awaited(answer);
          long arrived = sink.received() - received;
          long dropped = Sockets.of(Set.of(sink.port())).drops() - drops;
          Sample sample = observation.endOfSends(count, arrived, dropped);
          count = (int) Math.max(1_000, sample.perSecond() * nanos / 1e9);
          return sample;
        }

        @Override
        public void close() {
          sink.close();
        }
      };
    };
  }

  /**
   * Sockets that are filled while the contender holds. The load's own are opened for each run:
   * those for all contenders together may be more than a process may have.
   */
  static Load held(int size, int peers, int waiting, int perCycle) {
    return contender ->
        new Load.Driven() {
          @Override
          public Sample run(long nanos) throws IOException {
            try (Held held = new Held(contender.ports(), size, peers, waiting, perCycle)) {
              Observation observation = Observation.begin(contender);
              return observation.end(held.run(contender.cpu(), nanos));
            }
          }

          @Override
          public void close() {}
        };
  }
}
