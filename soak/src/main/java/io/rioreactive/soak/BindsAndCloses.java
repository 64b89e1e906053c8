package io.rioreactive.soak;

import java.io.IOException;

/** Servers come and go in the process, each with datagrams on their way to it when it closes. */
final class BindsAndCloses implements Fault {

  @Override
  public String name() {
    return "bind-and-close";
  }

  @Override
  public String strike(Scene scene) throws IOException, InterruptedException {
    long seed = scene.random().nextLong();
    return scene.server().tell("bind-and-close " + seed + " " + scene.millis(200, 800))
        + " servers came and went";
  }
}
