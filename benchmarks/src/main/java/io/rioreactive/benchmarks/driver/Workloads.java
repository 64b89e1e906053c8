package io.rioreactive.benchmarks.driver;

import io.rioreactive.benchmarks.contender.Task;
import io.rioreactive.benchmarks.contender.Task.Kind;
import io.rioreactive.benchmarks.driver.Workload.Need;
import java.util.ArrayList;
import java.util.List;

/** All workloads, in the order of the results. */
final class Workloads {

  /** Linux grants twice that, where net.core.rmem_max allows it. */
  private static final int RECEIVE_BUFFER = 1 << 20;

  private static final int LARGE_RECEIVE_BUFFER = 4 << 20;

  /** Half of what net.core.rmem_default mostly is, since Linux doubles what is asked for. */
  private static final int SYSTEM_RECEIVE_BUFFER = 212_992 / 2;

  private static final int SMALL = 64;
  private static final int LARGE = 1_200;

  /** Of a second. Far less than any contender can do, so latency is that of an idle server. */
  private static final int PACE = 10_000;

  private Workloads() {}

  static List<Workload> all(Programs programs) {
    List<Workload> all = new ArrayList<>();
    addReceives(all);
    addEchoes(all);
    addSends(all);
    addManySockets(all);
    addSlowConsumer(all);
    addRealClients(all, programs);
    return all;
  }

  private static void addReceives(List<Workload> all) {
    for (int size : List.of(SMALL, LARGE)) {
      String title = "receive, " + size + " B, flooded";
      all.add(new Workload("receive-" + size, title, task(Kind.RECEIVE, size), Loads.flood(size)));
    }
    for (int size : List.of(SMALL, LARGE)) {
      all.add(
          new Workload(
                  "coalesced-" + size,
                  "receive, " + size + " B, flooded, several at once (UDP_GRO)",
                  task(Kind.RECEIVE, size),
                  Loads.flood(size))
              .variant("-" + Workload.COALESCED)
              .special(Workload.COALESCED));
    }
    all.add(
        new Workload(
            "peers",
            "receive, 64 B, from 4,096 peers, 2,048 waiting",
            new Task(Kind.RECEIVE, SMALL, 1, LARGE_RECEIVE_BUFFER, 0, 0),
            Loads.held(SMALL, 4_096, 1, 2_048).taking(asked -> 2 * asked)));
    all.add(
        new Workload(
                "slots",
                "receive, 64 B, flooded, by the number of receive slots",
                task(Kind.RECEIVE, SMALL),
                Loads.flood(SMALL))
            .special(Workload.SLOTS));
    all.add(
        new Workload(
                "metrics",
                "receive, 64 B, flooded, with meters that are scraped each second and without",
                task(Kind.RECEIVE, SMALL),
                Loads.flood(SMALL))
            .special(Workload.METRICS));
  }

  private static void addEchoes(List<Workload> all) {
    for (int inFlight : List.of(256, 16, 1)) {
      all.add(
          new Workload(
              "echo-" + inFlight,
              "echo, 64 B, " + inFlight + " in flight (service time)",
              task(Kind.ECHO, SMALL),
              Loads.inFlight(SMALL, inFlight)));
    }
    all.add(
        new Workload(
                "paced",
                "echo, 64 B, " + PACE + " a second (latency from the intended send)",
                task(Kind.ECHO, SMALL),
                Loads.paced(SMALL, PACE))
            .needs(Need.TWO_CORES));
    all.add(
        new Workload(
                "waits-1",
                "echo, 64 B, 1 in flight, by the way to wait (service time)",
                task(Kind.ECHO, SMALL),
                Loads.inFlight(SMALL, 1))
            .special(Workload.WAITS)
            .needs(Need.TWO_CORES));
    all.add(
        new Workload(
                "waits-paced",
                "echo, 64 B, " + PACE + " a second, by the way to wait (latency as above)",
                task(Kind.ECHO, SMALL),
                Loads.paced(SMALL, PACE))
            .special(Workload.WAITS)
            .needs(Need.TWO_CORES));
  }

  private static void addSends(List<Workload> all) {
    for (int peers : List.of(1, 1_000)) {
      all.add(
          new Workload(
                  "send-" + peers,
                  "send, 64 B, " + (peers == 1 ? "to one peer" : "to 1,000 peers in turn"),
                  task(Kind.SEND, SMALL),
                  Loads.sends(peers))
              .needs(Need.TWO_CORES));
    }
    for (int size : List.of(SMALL, LARGE)) {
      all.add(
          new Workload(
                  "runs-" + size,
                  "send, " + size + " B, in runs to one peer (UDP_SEGMENT)",
                  task(Kind.SEND, size),
                  Loads.sends(1))
              .variant("-segmented")
              .special("segmented")
              .needs(Need.TWO_CORES));
    }
  }

  private static void addManySockets(List<Workload> all) {
    all.add(sockets(1, 256));
    all.add(sockets(100, 16));
    for (int waiting : List.of(1, 4, 16)) {
      all.add(sockets(1_000, waiting));
    }
  }

  private static void addSlowConsumer(List<Workload> all) {
    String title = "a burst of 5,000, 64 B, to a consumer that takes 100 µs for each, ";
    Load burst = Loads.burst(SMALL, 5_000).taking(asked -> 1_050);
    Task sameBuffers = new Task(Kind.SLOW, SMALL, 1, SYSTEM_RECEIVE_BUFFER, 0, 0);
    Task ownDefault = new Task(Kind.SLOW, SMALL, 1, 0, 0, 0);
    all.add(new Workload("slow", title + "the system's default buffer", sameBuffers, burst));
    all.add(new Workload("slow-default", title + "buffers as each takes them", ownDefault, burst));
  }

  private static void addRealClients(List<Workload> all, Programs programs) {
    all.add(
        new Workload(
                "sockperf",
                "sockperf ping-pong, 64 B (round trip; the last bit of byte 9 is turned)",
                new Task(Kind.ECHO, SMALL, 1, RECEIVE_BUFFER, 9, 1),
                Loads.sockperf(SMALL).taking(Workloads::wholeSeconds))
            .needs(Need.SOCKPERF));
    all.add(
        new Workload(
                "dnsperf",
                "dnsperf, 100 questions under way (each is answered by itself, as a response)",
                new Task(Kind.ECHO, SMALL, 1, RECEIVE_BUFFER, 2, 0x80),
                Loads.dnsperf(programs.target().resolve("dnsperf.txt"))
                    .taking(Workloads::wholeSeconds))
            .needs(Need.DNSPERF));
  }

  private static Workload sockets(int count, int waiting) {
    return new Workload(
        "sockets-" + count + "x" + waiting,
        "receive, 64 B, "
            + (count == 1 ? "one socket, " : count + " sockets on one thread, ")
            + waiting
            + " waiting on each",
        new Task(Kind.RECEIVE, SMALL, count, RECEIVE_BUFFER, 0, 0),
        Loads.held(SMALL, count, waiting, count).taking(asked -> 2 * asked));
  }

  /** They count in seconds, from one on. */
  private static double wholeSeconds(double millis) {
    return Math.max(1_000, Math.floor(millis / 1_000) * 1_000);
  }

  private static Task task(Kind kind, int size) {
    return new Task(kind, size, 1, RECEIVE_BUFFER, 0, 0);
  }
}
