package io.rioreactive.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A soak within the soak, in a network of its own that nobody else is on: there interfaces may
 * vanish and routes refuse, see {@link VanishingInterface} and {@link RefusingRoutes}.
 */
final class OwnNetwork implements Fault {

  /** The address of the interface that is there for it. */
  static final String HOST = "10.9.0.1";

  /** What makes that interface; {@link VanishingInterface} makes it anew. */
  static final String INTERFACE =
      """
      ip link add rio0 type veth peer name rio1
      ip address add 10.9.0.1/24 dev rio0
      ip link set rio0 up
      ip link set rio1 up
      """;

  private static final String SETUP = "ip link set lo up\n" + INTERFACE;

  private static final Duration LONGEST = Duration.ofMinutes(2);

  @Override
  public String name() {
    return "own-network";
  }

  @Override
  public boolean isFor(String provider) {
    return !provider.startsWith("windows-");
  }

  @Override
  public @Nullable String missing(Scene scene) throws InterruptedException {
    return Programs.whyNot("unshare", "-rn", "sh", "-ec", SETUP);
  }

  @Override
  public String strike(Scene scene) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("unshare", "-rn", "sh", "-ec", SETUP + "exec \"$@\"", "sh"));
    command.addAll(Jvm.command(Soak.class));
    command.addAll(
        List.of(
            "provider=" + scene.provider(),
            "minutes=0",
            "host=" + HOST,
            "seed=" + scene.random().nextInt(Integer.MAX_VALUE)));
    String printed = Programs.run(LONGEST, command.toArray(String[]::new));
    return "in it, " + printed.lines().toList().getLast();
  }
}
