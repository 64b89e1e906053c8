package io.rioreactive.test;

import io.rioreactive.Membership;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.io.UncheckedIOException;

/**
 * Joins {@code 239.1.2.3}, once on each interface that is named, {@code any} for the one that the
 * system picks, and prints a line for each: {@code joined}, or why not.
 */
final class JoinProgram {

  private JoinProgram() {}

  public static void main(String[] args) {
    for (int i = 1; i < args.length; i++) {
      Membership group = Membership.of("239.1.2.3");
      Membership membership = args[i].equals("any") ? group : group.on(args[i]);
      System.out.println(args[i] + ": " + join(args[0], membership));
    }
  }

  private static String join(String provider, Membership membership) {
    try {
      RioConnection connection =
          RioUdpServer.create().host("0.0.0.0").provider(provider).join(membership).bindNow();
      connection.disposeNow();
      return "joined";
    } catch (UncheckedIOException refused) {
      return String.valueOf(refused.getMessage());
    }
  }
}
