package io.rioreactive.samples.rioprobe;

import io.rioreactive.kernel.windows.Constants;
import java.io.IOException;
import java.util.List;

/** What a connected socket does: a client's. */
final class ConnectChecks {

  private ConnectChecks() {}

  static List<Check> all() {
    return List.of(
        new Check(
            "RIOSendEx without an address goes to the peer of a connected socket",
            "yes",
            true,
            ConnectChecks::sendWithoutAddress),
        new Check(
            "A second connect changes the peer and leaves posted receives posted",
            "yes",
            true,
            ConnectChecks::secondConnect),
        new Check(
            "With SIO_UDP_CONNRESET on, a closed port shows in no completion of a connected socket",
            "yes: RIO gives no unreachable indication",
            true,
            ConnectChecks::closedPort));
  }

  private static Answer sendWithoutAddress() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    try (RioSocket socket = RioSocket.bound(calls, 1);
        Peer peer = new Peer()) {
      calls.connect(socket.handle(), peer.port());
      socket.sendToPeer(0, 10);
      Completion completion = socket.next();
      int length = peer.receive();
      return Answer.of(
          length == 10,
          "%s; the peer receives %s"
              .formatted(Completion.text(completion), length < 0 ? "nothing" : length + " bytes"));
    }
  }

  private static Answer secondConnect() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    try (RioSocket socket = RioSocket.bound(calls, 2);
        Peer first = new Peer();
        Peer second = new Peer()) {
      calls.connect(socket.handle(), first.port());
      socket.receive(0, 100);
      calls.connect(socket.handle(), second.port());
      Completion early = socket.next();
      first.send(socket.port(), 20, 1);
      second.send(socket.port(), 10, 2);
      Completion completion = early == null ? socket.next() : early;
      return Answer.of(
          completion != null && completion.status() == 0 && completion.bytes() == 10,
          (early == null ? "" : "before any datagram: ") + Completion.text(completion));
    }
  }

  private static Answer closedPort() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    try (RioSocket socket = RioSocket.bound(calls, 2)) {
      calls.connect(socket.handle(), Peer.closedPort());
      WindowsCalls.succeeded(
          "SIO_UDP_CONNRESET", calls.control(socket.handle(), Constants.SIO_UDP_CONNRESET, true));
      socket.receive(0, 100);
      StringBuilder seen = new StringBuilder();
      boolean isShown = false;
      for (int i = 0; i < 2; i++) {
        socket.sendToPeer(1, 10);
        for (Completion next = socket.next(); next != null; next = socket.next()) {
          isShown |= !next.isSend() || next.status() != 0;
          seen.append(next.isSend() ? "send: " : "receive: ")
              .append(Completion.text(next))
              .append("; ");
        }
      }
      return Answer.of(!isShown, seen + (isShown ? "it shows" : "no receive completes"));
    }
  }
}
