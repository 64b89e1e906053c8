package io.rioreactive.soak;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/** What became of one provider, in one line. */
final class Summary {

  private final String provider;
  private final long began = System.nanoTime();
  private final Set<String> kinds = new LinkedHashSet<>();
  private final Set<String> skipped = new LinkedHashSet<>();
  private int rounds;
  private int faults;
  private Duration longestBack = Duration.ZERO;
  private String slowest = "";
  private String end = "";

  Summary(String provider) {
    this.provider = provider;
  }

  void onFault(Fault fault, Duration back) {
    faults++;
    kinds.add(fault.name());
    if (back.compareTo(longestBack) > 0) {
      longestBack = back;
      slowest = fault.name();
    }
  }

  void onSkipped(Fault fault) {
    skipped.add(fault.name());
  }

  void onRound() {
    rounds++;
  }

  void onEnd(Load load, Leaks first, Leaks last) {
    end =
        "%,d datagrams sent, %,d echoed; after the first round %s, at the end %s"
            .formatted(load.sent(), load.answered(), first, last);
  }

  int rounds() {
    return rounds;
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  static String text(Duration duration) {
    return "%.1f ms".formatted(duration.toNanos() / 1e6);
  }

  @Override
  public String toString() {
    return "soak: %s: %d s, %d faults of %d kinds in %d rounds, the law intact; %s; back after %s at most (%s)%s"
        .formatted(
            provider,
            elapsed().toSeconds(),
            faults,
            kinds.size(),
            rounds,
            end,
            text(longestBack),
            slowest,
            skipped.isEmpty() ? "" : "; skipped: " + String.join(", ", skipped));
  }
}
