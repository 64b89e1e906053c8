package io.rioreactive.micrometer;

import io.micrometer.core.instrument.Tags;
import io.rioreactive.Drop;
import io.rioreactive.DropReason;
import io.rioreactive.RioStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * A meter of what only grows.
 *
 * @param tags its own, besides those that all have
 * @param unit what is counted
 * @param value of one socket
 */
record CounterDefinition(
    String name, Tags tags, String unit, String description, ToLongFunction<RioStats> value) {

  private static final String DATAGRAMS = "datagrams";

  /** In an order that stays. */
  static final List<CounterDefinition> ALL = all();

  /** Registered only where the kernel counts: none is another thing than 0. */
  static final CounterDefinition KERNEL_DROPS =
      datagrams(
          "kernel.drops",
          "Datagrams that the kernel dropped since the receive buffer was full",
          stats -> stats.kernelDrops().orElse(0));

  private static List<CounterDefinition> all() {
    List<CounterDefinition> all = new ArrayList<>();
    all.add(datagrams("received", "Datagrams taken from the socket", RioStats::received));
    all.add(datagrams("delivered", "Of those received, given on", RioStats::delivered));
    all.add(datagrams("skipped", "Of those received, skipped by the decoder", RioStats::skipped));
    all.add(datagrams("accepted", "Datagrams taken from publishers", RioStats::accepted));
    all.add(datagrams("sent", "Of those accepted, taken by the kernel", RioStats::sent));
    all.add(datagrams("discarded", "Of those accepted, given up", RioStats::discarded));
    for (DropReason reason : DropReason.values()) {
      all.add(ofReason(reason));
    }
    all.add(bytes("data.received", "Payload delivered", RioStats::bytesReceived));
    all.add(bytes("data.sent", "Payload sent", RioStats::bytesSent));
    all.add(of("batches", "batches", "Turns that brought datagrams", RioStats::batches));
    all.add(
        of(
            "receive.errors",
            "errors",
            "Receives that failed without a datagram",
            RioStats::receiveErrors));
    all.add(handlerFailures("error", RioStats::handlerFailures));
    all.add(handlerFailures("timeout", RioStats::respondTimeouts));
    all.add(
        of(
            "unreachable",
            "events",
            "News that something sent earlier did not arrive",
            RioStats::unreachable));
    all.add(
        of("reconnects", "events", "Connects of a client to another peer", RioStats::reconnects));
    return List.copyOf(all);
  }

  private static CounterDefinition ofReason(DropReason reason) {
    boolean isInbound = reason.direction() == Drop.Direction.INBOUND;
    return datagrams(
            isInbound ? "dropped" : "send.failures",
            isInbound ? "Of those received, dropped" : "Of those accepted, not sent",
            stats -> stats.count(reason))
        .with("reason", reason.name().toLowerCase(Locale.ROOT));
  }

  private static CounterDefinition handlerFailures(String reason, ToLongFunction<RioStats> value) {
    return of("handler.failures", "failures", "Failures of handlers and calls of respond", value)
        .with("reason", reason);
  }

  private static CounterDefinition datagrams(
      String name, String description, ToLongFunction<RioStats> value) {
    return of(name, DATAGRAMS, description, value);
  }

  private static CounterDefinition bytes(
      String name, String description, ToLongFunction<RioStats> value) {
    return of(name, "bytes", description, value);
  }

  private static CounterDefinition of(
      String name, String unit, String description, ToLongFunction<RioStats> value) {
    return new CounterDefinition(MeterSet.PREFIX + name, Tags.empty(), unit, description, value);
  }

  private CounterDefinition with(String key, String tag) {
    return new CounterDefinition(name, tags.and(key, tag), unit, description, value);
  }
}
