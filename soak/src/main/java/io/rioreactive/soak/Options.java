package io.rioreactive.soak;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run is told, in words: {@code minutes=2 provider=linux-mmsg,nio seed=42}. What is given no
 * value is as if it were not named.
 *
 * @param providers each has a server of its own
 * @param minutes for all of them together
 * @param seed of the order of the faults, and of what is chosen within each
 * @param faults to be tried; empty for all
 * @param host where servers are bound
 * @param served how the process with the servers is started, word by word; empty for this JVM
 */
record Options(
    List<String> providers,
    Duration minutes,
    long seed,
    List<String> faults,
    String host,
    List<String> served) {

  private static final String PROVIDERS = "linux-mmsg,linux-uring,nio";

  private static final List<String> NAMES =
      List.of("minutes", "provider", "seed", "faults", "host", "served");

  static Options of(String[] words) {
    Map<String, String> given = new HashMap<>();
    for (String word : words) {
      String[] parts = word.split("=", 2);
      if (parts.length < 2 || !NAMES.contains(parts[0])) {
        throw new IllegalArgumentException(word + " is unknown: use NAME=VALUE, of " + NAMES);
      }
      if (!parts[1].isEmpty()) {
        given.put(parts[0], parts[1]);
      }
    }
    String seed = given.get("seed");
    return new Options(
        list(given.getOrDefault("provider", PROVIDERS), ","),
        Duration.ofSeconds(Math.round(60 * Double.parseDouble(given.getOrDefault("minutes", "2")))),
        seed == null ? System.nanoTime() & 0xFFFF_FFFFL : Long.parseLong(seed),
        list(given.getOrDefault("faults", ""), ","),
        given.getOrDefault("host", "127.0.0.1"),
        list(given.getOrDefault("served", ""), " "));
  }

  private static List<String> list(String text, String separator) {
    return Arrays.stream(text.split(separator, -1)).filter(word -> !word.isEmpty()).toList();
  }

  /** The time that one provider has. */
  Duration each() {
    return minutes.dividedBy(providers.size());
  }

  /** Whether a fault is among those to be tried. */
  boolean wants(String fault) {
    return faults.isEmpty() || faults.contains(fault);
  }

  /** Whether what cannot be tried is a failure. */
  static boolean isCi() {
    String ci = System.getenv("CI");
    return ci != null && !ci.isEmpty() && !ci.equals("false");
  }

  @Override
  public String toString() {
    return "%s, %d s in all, seed %d%s"
        .formatted(
            String.join(", ", providers),
            minutes.toSeconds(),
            seed,
            faults.isEmpty() ? "" : ", faults " + String.join(", ", faults));
  }
}
