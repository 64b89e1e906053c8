package io.rioreactive.soak;

import java.io.IOException;

/**
 * What a server sends is refused by the system's routes: there is none (ENETUNREACH), or one that
 * says unreachable, prohibited, or nothing. Each is a send that has failed, and no other is.
 */
final class RefusingRoutes implements Fault {

  private static final int COUNT = 10;

  private static final String ROUTES =
      """
      ip route replace unreachable 203.0.113.1
      ip route replace prohibit 203.0.113.2
      ip route replace blackhole 203.0.113.3
      """;

  private static final int TARGETS = 4;

  @Override
  public String name() {
    return "refusing-routes";
  }

  @Override
  public String strike(Scene scene) throws IOException, InterruptedException {
    Server server = scene.server();
    Programs.run("sh", "-ec", ROUTES);
    long before = server.counts("echo").failed();
    for (int i = 1; i <= TARGETS; i++) {
      server.tell("send echo " + COUNT + " 203.0.113." + i + " 9");
    }
    Eventually.none(
        "sends that the routes refuse",
        () -> {
          long failed = server.counts("echo").failed() - before;
          return failed == COUNT * TARGETS ? null : failed + " have failed";
        });
    return COUNT * TARGETS + " sends refused";
  }
}
