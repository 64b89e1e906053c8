package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Notification;
import io.rioreactive.test.windows.RioDouble;
import java.util.List;
import java.util.stream.Stream;

/**
 * How a contract uses Registered I/O, and how the double of it behaves where one stands in for the
 * system's: in which order requests complete, when a deferred one starts, and what a pending send
 * forbids.
 */
public record RioMode(Notification notification, List<String> commands) {

  private static final String CLEAN = "rio-double: violations=0 live=0";

  /**
   * Over the double each value meets each other one of another column once; over the real one the
   * notifications are all there is to choose.
   */
  public static Stream<RioMode> all() {
    return RioDouble.isThere()
        ? Stream.of(
            over(Notification.COMPLETION_PORT, "slice", "fifo", "late"),
            over(Notification.COMPLETION_PORT, "registration", "shuffled", "now"),
            over(Notification.COMPLETION_PORT, "strict", "fifo", "now"),
            over(Notification.EVENT, "slice", "shuffled", "now"),
            over(Notification.EVENT, "registration", "fifo", "late"),
            over(Notification.EVENT, "strict", "shuffled", "late"),
            over(Notification.POLLED, "slice", "fifo", "now"),
            over(Notification.POLLED, "registration", "shuffled", "late"),
            over(Notification.POLLED, "strict", "fifo", "late"))
        : Stream.of(Notification.values()).map(each -> new RioMode(each, List.of()));
  }

  private static RioMode over(
      Notification notification, String exclusivity, String order, String defer) {
    return new RioMode(
        notification, List.of("exclusivity " + exclusivity, "order " + order, "defer " + defer));
  }

  /** Puts the double into this mode, which the test before must have left clean. */
  public void begin() {
    if (RioDouble.isThere()) {
      String soFar = RioDouble.report();
      RioDouble.control("reset");
      commands.forEach(RioDouble::control);
      assertThat(soFar).as("since the test before this").startsWith(CLEAN);
    }
  }

  /** Waits until nothing is left in the double, and requires that no rule was broken. */
  public void end() {
    if (RioDouble.isThere()) {
      eventually(() -> assertThat(RioDouble.report()).startsWith(CLEAN));
    }
  }

  boolean completesInOrder() {
    return !commands.contains("order shuffled");
  }

  @Override
  public String toString() {
    return notification + (commands.isEmpty() ? "" : ", " + String.join(", ", commands));
  }
}
