package io.rioreactive.samples.syslogkafka;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * What is to be ended, the last that was begun first: when a signal ends the process, which is no
 * failure, or when it could not be begun altogether. Any thread.
 */
final class Ends {

  private final Deque<Runnable> ends = new ArrayDeque<>();
  private final Consumer<String> says;

  Ends(Consumer<String> says) {
    this.says = says;
    Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal, "drain"));
  }

  synchronized void add(Runnable end) {
    ends.push(end);
  }

  /** Answers whether there was anything. One that fails does not stop the others. */
  synchronized boolean run() {
    boolean isAny = !ends.isEmpty();
    while (!ends.isEmpty()) {
      try {
        ends.pop().run();
      } catch (RuntimeException failure) {
        says.accept("while ending: " + failure);
      }
    }
    return isAny;
  }

  private void onSignal() {
    if (run()) {
      // A signal that was obeyed is no failure. Only in a sample: it skips the hooks of others.
      Runtime.getRuntime().halt(0);
    }
  }
}
