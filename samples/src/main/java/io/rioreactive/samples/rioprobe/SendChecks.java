package io.rioreactive.samples.rioprobe;

import java.io.IOException;
import java.util.List;

/** What sends do with datagrams that are empty, unwanted or many. */
final class SendChecks {

  private static final int REQUESTS = 100;
  private static final int ROUNDS = 10;

  private SendChecks() {}

  static List<Check> all() {
    return List.of(
        new Check(
            "RIOSendEx of a slice of length 0 sends an empty datagram",
            "yes",
            true,
            SendChecks::lengthZero),
        new Check(
            "A closed port that was sent to shows in no completion (SIO_UDP_CONNRESET untouched)",
            "yes: RIO gives no unreachable indication",
            true,
            SendChecks::closedPort),
        new Check(
            "RIOReceiveEx or RIOSendEx answers FALSE with 997, and the request completes",
            "others have seen it; counts as started",
            true,
            SendChecks::falseAndPending));
  }

  private static Answer lengthZero() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    try (RioSocket socket = RioSocket.bound(calls, 1);
        Peer peer = new Peer()) {
      socket.send(0, 0, peer.port());
      Completion completion = socket.next();
      int length = peer.receive();
      return Answer.of(
          completion != null && completion.status() == 0 && completion.bytes() == 0 && length == 0,
          "%s; the peer receives %s"
              .formatted(Completion.text(completion), length < 0 ? "nothing" : length + " bytes"));
    }
  }

  private static Answer closedPort() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    try (RioSocket socket = RioSocket.bound(calls, 2);
        Peer peer = new Peer()) {
      socket.receive(0, 100);
      socket.send(1, 10, Peer.closedPort());
      Completion sent = null;
      Completion received = null;
      for (Completion next = socket.next(); next != null; next = socket.next()) {
        if (next.isSend()) {
          sent = next;
        } else {
          received = next;
        }
      }
      String seen =
          "send: %s; receive: %s".formatted(Completion.text(sent), Completion.text(received));
      if (received != null) {
        return Answer.refuted(seen);
      }
      peer.send(socket.port(), 10, 1);
      return Answer.of(
          sent != null && sent.status() == 0,
          seen + ", then a datagram: " + Completion.text(socket.next()));
    }
  }

  /** The socket sends to itself, so that receives find a datagram or wait for one. */
  private static Answer falseAndPending() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    try (RioSocket socket = RioSocket.bound(calls, 2 * REQUESTS)) {
      int completed = 0;
      for (int round = 0; round < ROUNDS; round++) {
        for (int cell = 0; cell < REQUESTS; cell++) {
          socket.receive(cell, 100);
          socket.send(REQUESTS + cell, 10, socket.port());
        }
        for (int i = 0; i < 2 * REQUESTS && socket.next() != null; i++) {
          completed++;
        }
      }
      int posted = 2 * REQUESTS * ROUNDS;
      String seen =
          "%d of %d posts answer FALSE with 997, %d complete"
              .formatted(socket.falseAndPending(), posted, completed);
      if (completed < posted) {
        return Answer.open(seen);
      }
      return socket.falseAndPending() == 0 ? Answer.open(seen) : Answer.confirmed(seen);
    }
  }
}
