package io.rioreactive.test;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Does what its arguments say, one after the other, and prints what came of each: {@code echo},
 * {@code descriptors} or {@code port}, a colon, and the provider to do it with.
 */
final class ConfinedProgram {

  private static final int PRIVILEGED = 53;

  private ConfinedProgram() {}

  /** {@code echo:nio}, for one. */
  public static void main(String[] args) {
    System.out.println(canWrite() ? "can write" : "cannot write");
    System.out.println(Files.exists(Path.of("/proc/self/status")) ? "has /proc" : "has no /proc");
    for (String arg : args) {
      System.out.println(arg + ": " + outcome(arg));
    }
  }

  private static String outcome(String arg) {
    int colon = arg.indexOf(':');
    RioUdpServer server =
        RioUdpServer.create().host("127.0.0.1").provider(arg.substring(colon + 1));
    try {
      return switch (arg.substring(0, colon)) {
        case "echo" -> echo(server);
        case "descriptors" -> useUpDescriptors(server);
        case "port" -> echo(server.port(PRIVILEGED));
        default -> throw new IllegalArgumentException(arg);
      };
    } catch (UncheckedIOException refused) {
      return "refused: " + refused.getMessage();
    }
  }

  private static boolean canWrite() {
    for (String folder : List.of("/tmp", "/var/tmp", "/dev/shm", ".")) {
      try {
        Files.delete(Files.createTempFile(Path.of(folder), "confined", ""));
        return true;
      } catch (IOException refused) {
        // the next one
      }
    }
    return false;
  }

  private static String echo(RioUdpServer server) {
    RioConnection echo = server.handle((in, out) -> out.send(in.receive())).bindNow();
    try (LoopbackPeer peer = new LoopbackPeer()) {
      for (int i = 0; i < 100; i++) {
        String answer = peer.ask("no. " + i, echo.localAddress());
        if (!answer.equals("no. " + i)) {
          throw new IllegalStateException(answer);
        }
      }
    }
    echo.disposeNow();
    return "echoed by " + echo.provider();
  }

  /** Binds until it is refused, and once more when some are there again. */
  private static String useUpDescriptors(RioUdpServer server) {
    List<RioConnection> bound = new ArrayList<>();
    loadWhatAFailureNeeds(server);
    String refusal = "not refused";
    try {
      while (bound.size() < 1_000) {
        bound.add(server.bindNow());
      }
    } catch (UncheckedIOException refused) {
      refusal = "refused: " + refused.getMessage();
    }
    int most = bound.size();
    bound.forEach(RioConnection::disposeNow);
    return (most > 0 ? "bound some, " : "bound none, ") + refusal + "; then " + echo(server);
  }

  /** A class that is needed when no file can be opened any more has to be there. */
  private static void loadWhatAFailureNeeds(RioUdpServer server) {
    RioConnection taken = server.bindNow();
    try {
      server.port(taken.localAddress().getPort()).bindNow().disposeNow();
      throw new IllegalStateException("the port was not in use");
    } catch (UncheckedIOException inUse) {
      taken.disposeNow();
    }
  }
}
