package io.rioreactive.benchmarks.driver;

import io.netty.channel.uring.IoUring;
import io.rioreactive.RioSupport;
import io.rioreactive.benchmarks.report.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Who takes part, and who is left out and why. */
record Contenders(List<ContenderSpec> all, List<String> leftOut) {

  private static final List<String> PROVIDERS = List.of("linux-mmsg", "linux-uring", "nio");
  private static final String SLEEP = "sleep";
  private static final String SINGLE = "single";
  private static final String NO_IO_URING = "io_uring";

  /** All that this machine can run. */
  static Contenders here(Programs programs) {
    List<ContenderSpec> all = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    addCeilings(programs, all, leftOut);
    addOurs(programs, all, leftOut);
    addPeers(all, leftOut);
    return new Contenders(all, leftOut);
  }

  private static void addCeilings(
      Programs programs, List<ContenderSpec> all, List<String> leftOut) {
    ContenderSpec ceiling;
    if (programs.hasC()) {
      ceiling = ContenderSpec.c("c", "C", Role.CEILING, "");
    } else {
      leftOut.add(
          "C: there was no compiler (cc) when this was built; everybody is compared with"
              + " DatagramChannel instead");
      ceiling = ContenderSpec.java("channel", "DatagramChannel", Role.CEILING, "Channels");
    }
    all.add(ceiling);
    all.add(ceiling.as(Role.CEILING_AGAIN, ceiling.name() + "-again", ceiling.label() + " again"));
  }

  private static void addOurs(Programs programs, List<ContenderSpec> all, List<String> leftOut) {
    for (String provider : PROVIDERS) {
      String reason = reasonAgainst(provider);
      if (!reason.isEmpty()) {
        leftOut.add("rio " + provider + ": " + reason);
        continue;
      }
      String name = "rio-" + provider.replace("linux-", "");
      String label = "rio " + provider;
      List<ContenderSpec> ours =
          List.of(
              ContenderSpec.java(name + "-decoder", label + " decoder", Role.OURS, "RioDecoder")
                  .arguments(provider, "0", SLEEP, SINGLE),
              ContenderSpec.java(name + "-value", label + " value", Role.OURS, "RioValue")
                  .arguments(provider, "0", SLEEP, SINGLE));
      for (ContenderSpec spec : ours) {
        if (programs.base() == null) {
          all.add(spec);
        } else {
          all.add(spec.rival(spec.name() + "-base"));
          all.add(spec.ofBase());
        }
      }
      if (provider.equals("linux-mmsg")) { // the others have no UDP_GRO
        addCoalescing(provider, name, label, all);
        addMetrics(provider, name, label, all);
      }
      if (provider.startsWith("linux-")) {
        addSlots(provider, name, label, all);
        addWaits(provider, name, label, all);
      }
    }
  }

  private static void addCoalescing(
      String provider, String name, String label, List<ContenderSpec> all) {
    for (String path : List.of("Decoder", "Value")) {
      String lower = path.toLowerCase(Locale.ROOT);
      all.add(
          ContenderSpec.java(
                  name + "-" + lower + ":" + Workload.COALESCED,
                  label + " " + lower + ", coalescing",
                  Role.OURS,
                  "Rio" + path)
              .arguments(provider, "0", SLEEP, Workload.COALESCED));
    }
  }

  /** The one without twice, for what differs by chance. */
  private static void addMetrics(
      String provider, String name, String label, List<ContenderSpec> all) {
    String without = name + "-without:" + Workload.METRICS;
    ContenderSpec plain =
        ContenderSpec.java(without, label + " decoder, no meters", Role.OURS, "RioDecoder")
            .arguments(provider, "0", SLEEP, SINGLE)
            .rival("-");
    all.add(plain);
    all.add(
        plain
            .as(Role.OURS, name + "-again:" + Workload.METRICS, plain.label() + ", again")
            .rival(without));
    all.add(
        plain
            .as(Role.OURS, name + "-with:" + Workload.METRICS, label + " decoder, meters")
            .flag("-Dbenchmarks.metrics=true")
            .rival(without));
  }

  private static void addSlots(
      String provider, String name, String label, List<ContenderSpec> all) {
    String few = name + "-64:" + Workload.SLOTS;
    for (int slots : List.of(64, 1_024, 100_000)) {
      String own = name + "-" + slots + ":" + Workload.SLOTS;
      all.add(
          ContenderSpec.java(own, label + " decoder, " + slots + " slots", Role.OURS, "RioDecoder")
              .arguments(provider, Integer.toString(slots), SLEEP, SINGLE)
              .rival(own.equals(few) ? "-" : few));
    }
  }

  private static void addWaits(
      String provider, String name, String label, List<ContenderSpec> all) {
    String first = name + "-" + SLEEP + ":" + Workload.WAITS;
    for (String wait : List.of(SLEEP, "PT0.00005S", "polled")) {
      String own = name + "-" + wait + ":" + Workload.WAITS;
      String how =
          switch (wait) {
            case SLEEP -> "sleeps";
            case "polled" -> "POLLED";
            default -> "busyPoll 50 µs";
          };
      all.add(
          ContenderSpec.java(own, label + " value, " + how, Role.OURS, "RioValue")
              .arguments(provider, "0", wait, SINGLE)
              .rival(own.equals(first) ? "-" : first));
    }
  }

  private static String reasonAgainst(String provider) {
    return RioSupport.providers().stream()
        .filter(known -> known.name().equals(provider))
        .findFirst()
        .map(known -> known.available() ? "" : known.reason())
        .orElse("this version of the library has no such provider");
  }

  private static void addPeers(List<ContenderSpec> all, List<String> leftOut) {
    ContenderSpec uring =
        peer("rn-default", "reactor-netty, default with io_uring", "ReactorNettyDefault");
    if (IoUring.isAvailable()) {
      all.add(uring);
    } else {
      leftOut.add(uring.label() + ": Netty finds none here, and its default is epoll then");
    }
    all.add(
        peer("rn-nio", "reactor-netty, NIO", "ReactorNettyDefault")
            .flag("-Dreactor.netty.native=false"));
    all.add(peer("rn-epoll", "reactor-netty, epoll", "ReactorNettyDefault").without(NO_IO_URING));
    all.add(
        peer("rn-tuned", "reactor-netty, epoll tuned", "ReactorNettyEpollTuned")
            .without(NO_IO_URING));
    all.add(peer("netty-tuned", "Netty, epoll tuned", "NettyEpollTuned"));
    all.add(peer("vertx", "Vert.x, epoll", "VertxEpoll").without(NO_IO_URING));
    all.add(
        peer("netty:segmented", "Netty, segmented, one buffer again", "NettyEpollSegmented")
            .arguments("repeats")
            .without(NO_IO_URING));
    all.add(
        peer("netty-gathers:segmented", "Netty, segmented, gathered", "NettyEpollSegmented")
            .arguments("gathers")
            .without(NO_IO_URING));
    all.add(
        peer("netty:" + Workload.COALESCED, "Netty, epoll with UDP_GRO", "NettyEpollCoalesced")
            .without(NO_IO_URING));
    all.add(
        peer(
                "rn:" + Workload.COALESCED,
                "reactor-netty, epoll with UDP_GRO",
                "ReactorNettyEpollCoalesced")
            .without(NO_IO_URING));
    if (all.stream().noneMatch(spec -> spec.name().equals("channel"))) {
      all.add(ContenderSpec.java("channel", "DatagramChannel", Role.PLAIN, "Channels"));
    }
  }

  private static ContenderSpec peer(String name, String label, String main) {
    return ContenderSpec.java(name, label, Role.PEER, main);
  }
}
