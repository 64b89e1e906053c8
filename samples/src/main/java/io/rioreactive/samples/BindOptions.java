package io.rioreactive.samples;

import io.rioreactive.Notification;
import io.rioreactive.RioUdpServer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that samples share, and the server they make. */
final class BindOptions {

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Local address (default: 127.0.0.1).")
  private String host = "127.0.0.1";

  @Option(names = "--port", paramLabel = "PORT", description = "Local port (default: 5050).")
  private int port = 5050;

  @Option(names = "--slots", paramLabel = "N", description = "Receive slots (default: 1024).")
  private @Nullable Integer slots;

  @Option(names = "--size", paramLabel = "BYTES", description = "Longest datagram (default: 2048).")
  private @Nullable Integer size;

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--notification",
      paramLabel = "KIND",
      description = "completion-port, event or polled (default: completion-port).")
  private @Nullable String notification;

  RioUdpServer server() {
    RioUdpServer server = RioUdpServer.create().host(host).port(port).provider(common.provider());
    if (slots != null) {
      server = server.receiveSlots(slots);
    }
    if (size != null) {
      server = server.datagramSize(size);
    }
    if (notification != null) {
      server = server.notification(notification(notification));
    }
    return server;
  }

  private static Notification notification(String kind) {
    return switch (kind) {
      case "completion-port" -> Notification.COMPLETION_PORT;
      case "event" -> Notification.EVENT;
      case "polled" -> Notification.POLLED;
      default ->
          throw new IllegalArgumentException(
              "notification \"" + kind + "\" is unknown: use completion-port, event or polled");
    };
  }
}
