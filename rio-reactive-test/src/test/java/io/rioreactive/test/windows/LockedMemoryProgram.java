package io.rioreactive.test.windows;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;

/**
 * Binds a socket for each three arguments, which are its receive slots, its send slots and the size
 * of its datagrams, and says what was registered.
 */
final class LockedMemoryProgram {

  private LockedMemoryProgram() {}

  public static void main(String[] arguments) {
    for (int i = 0; i < arguments.length; i += 3) {
      RioConnection connection =
          RioUdpServer.create()
              .host("127.0.0.1")
              .provider(RioRig.PROVIDER)
              .receiveSlots(Integer.parseInt(arguments[i]))
              .sendSlots(Integer.parseInt(arguments[i + 1]))
              .datagramSize(Integer.parseInt(arguments[i + 2]))
              .bindNow();
      System.out.println("registered: " + RioDouble.count("bytes.registered"));
      System.out.println("registrations: " + RioDouble.count("live.buffers"));
      connection.disposeNow();
    }
  }
}
