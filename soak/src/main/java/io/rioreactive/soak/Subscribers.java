package io.rioreactive.soak;

import java.io.IOException;
import java.util.Locale;

/**
 * A subscriber that pauses, cancels, throws or blocks, on a connection of its own. The other
 * connections of the process, whose pump is another one, go on meanwhile.
 */
record Subscribers(Mood mood) implements Fault {

  @Override
  public String name() {
    return "subscriber-" + mood.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String strike(Scene scene) throws IOException, InterruptedException {
    Server server = scene.server();
    try (Load load = Load.unanswered(server.open("sink"), scene.random().nextLong())) {
      server.tell("mood " + mood);
      load.run();
      Thread.sleep(scene.millis(100, 400));
      scene.load().awaitAnswer(); // of another pump, while this one is struck
      load.pause();
      server.tell("mood TAKES");
      String account = Law.of(load, server, "sink").require();
      server.tell("close sink");
      return "its own connection: " + account;
    }
  }
}
