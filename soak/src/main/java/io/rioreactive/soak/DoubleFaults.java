package io.rioreactive.soak;

import java.io.IOException;
import java.util.List;

/**
 * Registered I/O refuses and fails what it does not on demand: the double of it does, by a plan,
 * under load; and it completes in any order, partly, and for nothing.
 */
final class DoubleFaults implements Fault {

  private static final List<String> BEGIN =
      List.of(
          "order shuffled",
          "partial on",
          "spurious on",
          "fault post-receive 10055 after 5 times 20",
          "fault post-send 10055 after 5 times 20",
          "fault receive 10054 after 5 times 20",
          "fault send 10055 after 5 times 20");

  private static final List<String> END =
      List.of(
          "fault post-receive times 0",
          "fault post-send times 0",
          "fault receive times 0",
          "fault send times 0",
          "order fifo",
          "partial off",
          "spurious off");

  @Override
  public String name() {
    return "double-faults";
  }

  @Override
  public boolean isFor(String provider) {
    return provider.equals("windows-rio");
  }

  @Override
  public String strike(Scene scene) throws IOException, InterruptedException {
    for (String command : BEGIN) {
      scene.server().tell("double " + command);
    }
    Thread.sleep(scene.millis(200, 600));
    for (String command : END) {
      scene.server().tell("double " + command);
    }
    return "20 of each: posts refused, requests failed";
  }
}
