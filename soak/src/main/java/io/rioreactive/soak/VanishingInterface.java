package io.rioreactive.soak;

import java.io.IOException;

/**
 * The interface whose address a server is bound to vanishes, and comes again with the same address:
 * so does service, on the same socket.
 */
final class VanishingInterface implements Fault {

  @Override
  public String name() {
    return "vanishing-interface";
  }

  @Override
  public String strike(Scene scene) throws IOException, InterruptedException {
    int millis = scene.millis(50, 300);
    Programs.run("ip", "link", "delete", "rio0");
    try {
      Thread.sleep(millis);
    } finally {
      Programs.run("sh", "-ec", OwnNetwork.INTERFACE);
    }
    return "it was away for " + millis + " ms";
  }
}
