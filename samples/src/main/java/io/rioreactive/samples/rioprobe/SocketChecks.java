package io.rioreactive.samples.rioprobe;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.kernel.windows.Constants;
import io.rioreactive.kernel.windows.Layouts;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** What sockets are made of: flags, queues, control codes, and calls that are not RIO's. */
final class SocketChecks {

  private static final int FIONBIO = 0x8004667E;
  private static final int WSAEOPNOTSUPP = 10045;
  private static final int WSAEINVAL = 10022;

  private SocketChecks() {}

  static List<Check> all() {
    return List.of(
        new Check(
            "WSAIoctl hands out the table of RIO functions",
            "112 bytes, 13 pointers",
            false,
            SocketChecks::query),
        new Check(
            "RIOCreateRequestQueue refuses a socket made without WSA_FLAG_REGISTERED_IO",
            "yes, with 10045 or 10022",
            true,
            SocketChecks::queueWithoutTheFlag),
        new Check(
            "WSASocketW takes WSA_FLAG_REGISTERED_IO without WSA_FLAG_OVERLAPPED",
            "open; the library sets both",
            false,
            SocketChecks::socketWithoutOverlapped),
        new Check(
            "RIO works on a socket made without WSA_FLAG_OVERLAPPED",
            "open; the library sets both",
            true,
            SocketChecks::rioWithoutOverlapped),
        new Check(
            "A second request queue on one socket is refused",
            "yes",
            true,
            SocketChecks::secondRequestQueue),
        new Check(
            "SIO_UDP_CONNRESET can be set to FALSE",
            "yes; a refusal is logged, never fatal",
            false,
            () -> switchedOff(Constants.SIO_UDP_CONNRESET)),
        new Check(
            "SIO_UDP_NETRESET can be set to FALSE",
            "yes; a refusal is logged, never fatal",
            false,
            () -> switchedOff(Constants.SIO_UDP_NETRESET)),
        new Check(
            "recvfrom and sendto are refused on a REGISTERED_IO socket with no request queue",
            "open",
            false,
            SocketChecks::ordinaryCallsBeforeTheQueue),
        new Check(
            "recvfrom and sendto are refused on a socket with a request queue",
            "yes",
            true,
            SocketChecks::ordinaryCallsOnTheQueue));
  }

  private static Answer query() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    long socket = calls.socket(RioSocket.FLAGS);
    try {
      MemorySegment table = calls.newTable();
      int bytes = calls.query(socket, table);
      if (bytes < 0) {
        return Answer.refuted("refused with " + WindowsCalls.text(-bytes));
      }
      int pointers = 0;
      for (long at = Layouts.RIO_EXTENSION_FUNCTION_TABLE.offset("RIOReceive");
          at < table.byteSize();
          at += JAVA_LONG.byteSize()) {
        pointers += table.get(JAVA_LONG, at) == 0 ? 0 : 1;
      }
      return Answer.of(
          bytes == table.byteSize() && pointers == 13, bytes + " bytes, " + pointers + " pointers");
    } finally {
      calls.winsock.closesocket(socket);
    }
  }

  private static Answer queueWithoutTheFlag() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    try (RioSocket socket =
        new RioSocket(calls, 1, Constants.WSA_FLAG_OVERLAPPED, Constants.NULL)) {
      int code = socket.createRequestQueue(1);
      return code == 0
          ? Answer.refuted("it is made")
          : Answer.of(code == WSAEOPNOTSUPP || code == WSAEINVAL, WindowsCalls.text(code));
    }
  }

  private static Answer socketWithoutOverlapped() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    long socket = calls.tryOpen(Constants.WSA_FLAG_REGISTERED_IO);
    if (socket < 0) {
      return Answer.refuted("refused with " + WindowsCalls.text((int) -socket));
    }
    calls.winsock.closesocket(socket);
    return Answer.confirmed("it does");
  }

  private static Answer rioWithoutOverlapped() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    try (RioSocket socket =
            new RioSocket(calls, 1, Constants.WSA_FLAG_REGISTERED_IO, Constants.NULL);
        Peer peer = new Peer()) {
      socket.bind();
      int code = socket.createRequestQueue(1);
      if (code != 0) {
        return Answer.refuted("no request queue: " + WindowsCalls.text(code));
      }
      code = socket.postReceive(0, 100);
      if (code != 0) {
        return Answer.refuted("a request queue, but no receive: " + WindowsCalls.text(code));
      }
      peer.send(socket.port(), 10, 1);
      Completion completion = socket.next();
      return Answer.of(
          completion != null && completion.status() == 0,
          "a receive: " + Completion.text(completion));
    }
  }

  private static Answer secondRequestQueue() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    try (RioSocket socket = RioSocket.bound(calls, 1)) {
      int code = socket.createRequestQueue(1);
      return code == 0
          ? Answer.refuted("it is made")
          : Answer.confirmed("refused with " + WindowsCalls.text(code));
    }
  }

  private static Answer switchedOff(int controlCode) throws IOException {
    WindowsCalls calls = new WindowsCalls();
    long socket = calls.socket(RioSocket.FLAGS);
    try {
      int result = calls.switchOff(socket, controlCode);
      return result == 0
          ? Answer.confirmed("yes")
          : Answer.refuted("refused with " + WindowsCalls.text(-result));
    } finally {
      calls.winsock.closesocket(socket);
    }
  }

  private static Answer ordinaryCallsBeforeTheQueue() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    long socket = calls.socket(RioSocket.FLAGS);
    try {
      return refusal(ordinaryCalls(calls, socket, calls.bind(socket)));
    } finally {
      calls.winsock.closesocket(socket);
    }
  }

  private static Answer ordinaryCallsOnTheQueue() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    try (RioSocket socket = RioSocket.bound(calls, 1)) {
      return refusal(ordinaryCalls(calls, socket.handle(), socket.port()));
    }
  }

  private static Answer refusal(List<String> seen) {
    boolean isRefused = seen.stream().noneMatch(text -> text.endsWith("bytes"));
    return Answer.of(isRefused, String.join("; ", seen));
  }

  /** What the two calls answer. Without an OVERLAPPED they are recvfrom and sendto. */
  private static List<String> ordinaryCalls(WindowsCalls calls, long socket, int port)
      throws IOException {
    MemorySegment on = calls.memory.allocate(JAVA_INT);
    on.set(JAVA_INT, 0, 1);
    WindowsCalls.succeeded(
        "ioctlsocket FIONBIO", calls.winsock.ioctlsocket(socket, FIONBIO, on.address()));
    MemorySegment data = calls.memory.allocate(100);
    MemorySegment buffer = calls.memory.allocate(Layouts.WSABUF.layout());
    buffer.set(JAVA_INT, Layouts.WSABUF.offset("len"), (int) data.byteSize());
    buffer.set(JAVA_LONG, Layouts.WSABUF.offset("buf"), data.address());
    MemorySegment bytes = calls.memory.allocate(JAVA_INT);
    MemorySegment flags = calls.memory.allocate(JAVA_INT);
    MemorySegment name = calls.memory.allocate(Layouts.SOCKADDR_IN.layout());
    MemorySegment nameLength = calls.memory.allocate(JAVA_INT);
    nameLength.set(JAVA_INT, 0, (int) name.byteSize());
    List<String> seen = new ArrayList<>();
    try (Peer peer = new Peer()) {
      peer.send(port, 10, 1);
      Pause.untilItMustHaveArrived();
      int received =
          calls.winsock.WSARecvFrom(
              socket,
              buffer.address(),
              1,
              bytes.address(),
              flags.address(),
              name.address(),
              nameLength.address(),
              Constants.NULL,
              Constants.NULL);
      seen.add("recvfrom: " + outcome(received, bytes));
      LoopbackAddress.write(name, peer.port());
      int sent =
          calls.winsock.WSASendTo(
              socket,
              buffer.address(),
              1,
              bytes.address(),
              0,
              name.address(),
              (int) name.byteSize(),
              Constants.NULL,
              Constants.NULL);
      seen.add("sendto: " + outcome(sent, bytes));
    }
    return seen;
  }

  private static String outcome(int result, MemorySegment bytes) {
    return result == 0 ? bytes.get(JAVA_INT, 0) + " bytes" : WindowsCalls.text(-result);
  }
}
