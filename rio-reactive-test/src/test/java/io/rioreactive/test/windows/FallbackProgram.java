package io.rioreactive.test.windows;

import io.rioreactive.RioConnection;
import io.rioreactive.RioSupport;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.LoopbackPeer;
import java.io.UncheckedIOException;

/** Binds with the provider {@code auto}, twice, and insists on {@code windows-rio}. */
final class FallbackProgram {

  private FallbackProgram() {}

  public static void main(String[] arguments) {
    RioUdpServer server = RioUdpServer.create().host("127.0.0.1");
    System.out.println("auto: " + answersBy(server));
    System.out.println("auto: " + answersBy(server));
    System.out.println("insisting: " + answersBy(server.provider("windows-rio")));
    for (RioSupport.Provider provider : RioSupport.providers()) {
      System.out.println(provider.name() + ": " + provider.reason());
    }
  }

  /** The provider that has answered, or why none has. */
  private static String answersBy(RioUdpServer server) {
    try {
      RioConnection echo = server.handle((in, out) -> out.send(in.receive())).bindNow();
      try (LoopbackPeer peer = new LoopbackPeer()) {
        return echo.provider() + " answers " + peer.ask("hello", echo.localAddress());
      } finally {
        echo.disposeNow();
      }
    } catch (UncheckedIOException refusal) {
      return "refused: " + refusal.getCause().getMessage();
    }
  }
}
