package io.rioreactive.samples.rioprobe;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.kernel.windows.Constants;
import io.rioreactive.kernel.windows.Layouts;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;

/** What receives do with datagrams that are short, long, early or many. */
final class ReceiveChecks {

  private static final int WSAEMSGSIZE = 10040;
  private static final int IP_PKTINFO = 19;
  private static final int PKTINFO_LENGTH = 8;
  private static final byte POISON = (byte) 0xEE;
  private static final int MANY = 256;

  private ReceiveChecks() {}

  static List<Check> all() {
    return List.of(
        new Check(
            "RIOReceiveEx is refused on a socket that is not bound",
            "yes: bind before the first post",
            true,
            ReceiveChecks::beforeBind),
        new Check(
            "A datagram of length 0 completes a receive with status 0 and 0 bytes",
            "yes",
            true,
            ReceiveChecks::lengthZero),
        new Check(
            "A datagram longer than its slice (300 into 100) completes with 10040, and the next"
                + " one is received",
            "yes; BytesTransferred is not relied on",
            true,
            ReceiveChecks::tooLong),
        new Check(
            "Datagrams that come while nothing is posted wait in the socket (20, receives posted"
                + " 300 ms later)",
            "open",
            true,
            ReceiveChecks::nothingPosted),
        new Check(
            "Datagrams that come before the request queue is made wait too",
            "open",
            true,
            ReceiveChecks::noQueueYet),
        new Check(
            "SO_RCVBUF bounds what waits (16,384, and 200 datagrams of 1,000 bytes)",
            "open",
            true,
            ReceiveChecks::smallReceiveBuffer),
        new Check(
            "256 posted receives complete in the order they were posted",
            "not promised, never relied on",
            true,
            ReceiveChecks::order),
        new Check(
            "An address slice of 16 bytes, enough for IPv4, is refused or fails",
            "yes: at least 28 bytes",
            true,
            ReceiveChecks::shortAddress),
        new Check(
            "Control headers (IP_PKTINFO) begin at offset 8 of a RIO_CMSG_BUFFER, and TotalLength"
                + " counts those 8 bytes",
            "yes",
            true,
            ReceiveChecks::controlHeaders));
  }

  private static Answer beforeBind() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    try (RioSocket socket = new RioSocket(calls, 1, RioSocket.FLAGS, Constants.NULL);
        Peer peer = new Peer()) {
      int code = socket.createRequestQueue(1);
      if (code != 0) {
        return Answer.confirmed("so is the request queue: " + WindowsCalls.text(code));
      }
      code = socket.postReceive(0, 100);
      if (code != 0) {
        return Answer.confirmed("refused with " + WindowsCalls.text(code));
      }
      socket.bind();
      peer.send(socket.port(), 10, 1);
      return Answer.refuted("accepted; after bind a datagram: " + Completion.text(socket.next()));
    }
  }

  private static Answer lengthZero() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    try (RioSocket socket = RioSocket.bound(calls, 1);
        Peer peer = new Peer()) {
      socket.receive(0, 100);
      peer.send(socket.port(), 0, 0);
      Completion completion = socket.next();
      return Answer.of(
          completion != null && completion.status() == 0 && completion.bytes() == 0,
          Completion.text(completion));
    }
  }

  private static Answer tooLong() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    try (RioSocket socket = RioSocket.bound(calls, 2);
        Peer peer = new Peer()) {
      socket.cells().payload(0).fill(POISON);
      socket.receive(0, 100);
      peer.send(socket.port(), 300, 1);
      Completion first = socket.next();
      int written = 0;
      while (socket.cells().payload(0).get(JAVA_BYTE, written) != POISON) {
        written++;
      }
      socket.receive(1, 100);
      peer.send(socket.port(), 10, 2);
      Completion second = socket.next();
      return Answer.of(
          first != null && first.status() == WSAEMSGSIZE && second != null && second.status() == 0,
          Completion.text(first)
              + ", "
              + written
              + " bytes in the slice; then "
              + Completion.text(second));
    }
  }

  private static Answer nothingPosted() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    int sent = 20;
    try (RioSocket socket = RioSocket.bound(calls, sent);
        Peer peer = new Peer()) {
      for (int i = 0; i < sent; i++) {
        peer.send(socket.port(), 100, i);
      }
      Pause.untilItMustHaveArrived();
      return waited(receiveAll(socket, sent), sent);
    }
  }

  private static Answer waited(int received, int sent) {
    return Answer.of(received == sent, received + " of " + sent + " are received");
  }

  private static Answer noQueueYet() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    int sent = 20;
    try (RioSocket socket = new RioSocket(calls, sent, RioSocket.FLAGS, Constants.NULL);
        Peer peer = new Peer()) {
      socket.bind();
      for (int i = 0; i < sent; i++) {
        peer.send(socket.port(), 100, i);
      }
      Pause.untilItMustHaveArrived();
      int code = socket.createRequestQueue(sent);
      return code == 0
          ? waited(receiveAll(socket, sent), sent)
          : Answer.refuted("no request queue then: " + WindowsCalls.text(code));
    }
  }

  private static Answer smallReceiveBuffer() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    int sent = 200;
    try (RioSocket socket = RioSocket.bound(calls, sent);
        Peer peer = new Peer()) {
      WindowsCalls.succeeded(
          "setsockopt SO_RCVBUF",
          calls.setOption(socket.handle(), Constants.SOL_SOCKET, Constants.SO_RCVBUF, 16_384));
      for (int i = 0; i < sent; i++) {
        peer.send(socket.port(), 1_000, i);
      }
      Pause.untilItMustHaveArrived();
      int received = receiveAll(socket, sent);
      String seen = received + " of " + sent + " are received";
      return received == 0 ? Answer.open(seen) : Answer.of(received < sent, seen);
    }
  }

  /** Posts receives and counts those that complete with a datagram before it is quiet for 1 s. */
  private static int receiveAll(RioSocket socket, int most) throws IOException {
    for (int cell = 0; cell < most; cell++) {
      socket.receive(cell, Cells.LONGEST_PAYLOAD);
    }
    int received = 0;
    while (received < most) {
      Completion completion = socket.next(Duration.ofSeconds(1));
      if (completion == null) {
        return received;
      }
      received += completion.status() == 0 ? 1 : 0;
    }
    return received;
  }

  /** One run can refute an order, and cannot confirm that there always is one. */
  private static Answer order() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    try (RioSocket socket = RioSocket.bound(calls, MANY);
        Peer peer = new Peer()) {
      for (int cell = 0; cell < MANY; cell++) {
        socket.receive(cell, 100);
      }
      for (int i = 0; i < MANY; i++) {
        peer.send(socket.port(), 10, i);
      }
      int inOrder = 0;
      int inTheirCell = 0;
      for (int i = 0; i < MANY; i++) {
        Completion completion = socket.next();
        if (completion == null) {
          return Answer.open(i + " of " + MANY + " have completed");
        }
        inOrder += completion.cell() == i ? 1 : 0;
        inTheirCell += socket.cells().firstByte(completion.cell()) == completion.cell() ? 1 : 0;
      }
      String seen =
          "%d of %d complete in post order, %d hold the datagram of their number"
              .formatted(inOrder, MANY, inTheirCell);
      return inOrder == MANY && inTheirCell == MANY ? Answer.open(seen) : Answer.refuted(seen);
    }
  }

  private static Answer shortAddress() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    try (RioSocket socket = RioSocket.bound(calls, 1);
        Peer peer = new Peer()) {
      MemorySegment address = socket.cells().address(0).fill(POISON);
      int code = socket.postReceive(0, 100, 16, 0);
      if (code != 0) {
        return Answer.confirmed("refused with " + WindowsCalls.text(code));
      }
      peer.send(socket.port(), 10, 1);
      Completion completion = socket.next();
      int written = 0;
      for (int at = 0; at < address.byteSize(); at++) {
        written = address.get(JAVA_BYTE, at) == POISON ? written : at + 1;
      }
      String seen =
          "accepted; %s, %d bytes of address written"
              .formatted(Completion.text(completion), written);
      return Answer.of(completion != null && completion.status() != 0, seen);
    }
  }

  private static Answer controlHeaders() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    try (RioSocket socket = RioSocket.bound(calls, 1);
        Peer peer = new Peer()) {
      WindowsCalls.succeeded(
          "setsockopt IP_PKTINFO",
          calls.setOption(socket.handle(), Constants.IPPROTO_IP, IP_PKTINFO, 1));
      MemorySegment control = socket.cells().control(0).fill(POISON);
      control.set(JAVA_INT, Layouts.RIO_CMSG_BUFFER.offset("TotalLength"), Cells.LONGEST_CONTROL);
      WindowsCalls.succeeded(
          "RIOReceiveEx with a control slice",
          -socket.postReceive(0, 100, Cells.ADDRESS_LENGTH, Cells.LONGEST_CONTROL));
      peer.send(socket.port(), 10, 1);
      Completion completion = socket.next();
      if (completion == null || completion.status() != 0) {
        return Answer.refuted(Completion.text(completion));
      }
      int total = control.get(JAVA_INT, Layouts.RIO_CMSG_BUFFER.offset("TotalLength"));
      long headerLength = Layouts.WSACMSGHDR.size() + PKTINFO_LENGTH;
      for (int at = 4; at < Cells.LONGEST_CONTROL - headerLength; at += 4) {
        if (isPacketInfo(control.asSlice(at), headerLength)) {
          return Answer.of(
              at == 8 && total == 8 + headerLength,
              "a header at offset %d, TotalLength %d".formatted(at, total));
        }
      }
      return Answer.refuted("no header, TotalLength " + total);
    }
  }

  private static boolean isPacketInfo(MemorySegment header, long length) {
    long data = Layouts.WSACMSGHDR.size();
    return header.get(JAVA_LONG.withByteAlignment(1), Layouts.WSACMSGHDR.offset("cmsg_len"))
            == length
        && header.get(JAVA_INT, Layouts.WSACMSGHDR.offset("cmsg_level")) == Constants.IPPROTO_IP
        && header.get(JAVA_INT, Layouts.WSACMSGHDR.offset("cmsg_type")) == IP_PKTINFO
        && header.get(JAVA_BYTE, data) == 127
        && header.get(JAVA_BYTE, data + 3) == 1;
  }
}
