package io.rioreactive.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Strikes a server of each provider, under load, with one fault after the other. After each:
 *
 * <ol>
 *   <li>service is back, awaited, and the time is printed;
 *   <li>the law of conservation holds, to the datagram, against the count of who sent;
 *   <li>after each round of all faults: nothing has leaked.
 * </ol>
 *
 * <pre>
 * mvn verify -Psoak [-Dminutes=2] [-Dprovider=linux-mmsg] [-Dseed=42] [-Dfaults=overflow,…]
 * </pre>
 *
 * <p>Each failure tells the seed: it gives the same faults in the same order.
 */
public final class Soak {

  /** In the first one classes are loaded and the heap is touched; the others are held to it. */
  private static final int FEWEST_ROUNDS = 2;

  private final Options options;
  private final String provider;
  private final Random random;
  private final Summary summary;

  private Soak(Options options, String provider) {
    this.options = options;
    this.provider = provider;
    random = new Random(options.seed() ^ provider.hashCode());
    summary = new Summary(provider);
  }

  public static void main(String[] arguments) {
    Options options = Options.of(arguments);
    System.out.println("soak: " + options);
    List<Summary> done = new ArrayList<>();
    for (String provider : options.providers()) {
      Soak soak = new Soak(options, provider);
      try {
        soak.run();
      } catch (Throwable failure) {
        failure.printStackTrace();
        System.out.printf(
            "soak: FAILED: %s; again: -Dprovider=%s -Dseed=%d%n",
            failure.getMessage(), provider, options.seed());
        System.exit(1);
      }
      done.add(soak.summary);
    }
    done.forEach(System.out::println);
  }

  private void run() throws IOException, InterruptedException {
    try (Server server = Server.start(options, provider);
        Load load = Load.ofEchoes(server.open("echo"), random.nextLong())) {
      Scene scene = new Scene(options, provider, server, load, random);
      List<Fault> faults = faultsHere(scene);
      load.run();
      load.awaitAnswer();
      Leaks first = null;
      do {
        Collections.shuffle(faults, random);
        for (Fault fault : faults) {
          strike(fault, scene);
        }
        summary.onRound();
        first = judgeLeaks(first, scene);
      } while (summary.rounds() < FEWEST_ROUNDS || isWithinTime());
      summary.onEnd(load, first, Leaks.of(server));
    }
  }

  private boolean isWithinTime() {
    return summary.elapsed().compareTo(options.each()) < 0;
  }

  /** One fault, and all that must hold after it. */
  private void strike(Fault fault, Scene scene) {
    try {
      scene.load().run();
      String seen = fault.strike(scene);
      Duration back = scene.load().awaitAnswer();
      scene.load().pause();
      String account = Law.of(scene.load(), scene.server(), "echo").require();
      summary.onFault(fault, back);
      System.out.printf(
          "%s %-22s %s; back after %s; %s%n",
          provider, fault.name(), seen, Summary.text(back), account);
    } catch (IOException | InterruptedException | RuntimeException failure) {
      System.out.println(scene.server().lastWords());
      String problem = failure.toString().lines().findFirst().orElse("");
      throw new SoakFailure("%s, %s: %s".formatted(provider, fault.name(), problem), failure);
    }
  }

  /** It holds no more than after the first round; that one's is returned. */
  private Leaks judgeLeaks(@Nullable Leaks first, Scene scene)
      throws IOException, InterruptedException {
    Leaks now = Leaks.of(scene.server());
    Leaks before = first == null ? now : first;
    before.requireNoMore(scene.server());
    System.out.printf("%s %-22s %s%n", provider, "end of round " + summary.rounds(), now);
    return before;
  }

  /** Those that can be tried here. What is missing is named; with CI set that is a failure. */
  private List<Fault> faultsHere(Scene scene) throws IOException, InterruptedException {
    List<Fault> faults = new ArrayList<>();
    for (Fault fault : Faults.of(options)) {
      if (options.wants(fault.name()) && fault.isFor(provider)) {
        String missing = fault.missing(scene);
        if (missing == null) {
          faults.add(fault);
        } else if (Options.isCi()) {
          throw new SoakFailure("CI is set, and " + fault.name() + " is not possible: " + missing);
        } else {
          summary.onSkipped(fault);
          System.out.printf("%s %-22s SKIPPED: %s%n", provider, fault.name(), missing);
        }
      }
    }
    return faults;
  }
}
