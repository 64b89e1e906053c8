package io.rioreactive.samples.rioprobe;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.kernel.windows.Constants;
import io.rioreactive.kernel.windows.Layouts;
import io.rioreactive.kernel.windows.WsaError;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Whether FILE_SKIP_COMPLETION_PORT_ON_SUCCESS can be relied on for datagrams: others say that it
 * cannot. A packet that is missing would cost {@code windows-iocp} the slot of its receive.
 */
final class PacketChecks {

  private static final int RECEIVES = 32;
  private static final int ROOM = 100;
  private static final int WAIT_MILLISECONDS = 1_000;

  private PacketChecks() {}

  static List<Check> all() {
    return List.of(
        new Check(
            "With skip on success a receive that is done in its call sends no packet",
            "open; windows-iocp has each request send one",
            false,
            () -> packets(true, RECEIVES, 10, 0)),
        new Check(
            "With skip on success a receive that has to wait sends one",
            "open; windows-iocp has each request send one",
            false,
            () -> packets(false, RECEIVES, 10, RECEIVES)),
        new Check(
            "With skip on success a receive done in its call, with a datagram that does not fit,"
                + " sends one",
            "open; windows-iocp has each request send one",
            false,
            () -> packets(true, RECEIVES, 3 * ROOM, RECEIVES)));
  }

  /**
   * Receives datagrams of a length, which are there before the receives or come after them.
   *
   * @param expected packets
   */
  private static Answer packets(boolean first, int count, int length, int expected)
      throws IOException {
    WindowsCalls calls = new WindowsCalls();
    long port = calls.completionPort();
    long socket = calls.socket(Constants.WSA_FLAG_OVERLAPPED);
    try (Peer peer = new Peer()) {
      int to = calls.bind(socket);
      WindowsCalls.succeeded(
          "CreateIoCompletionPort of the socket",
          calls.kernel32.CreateIoCompletionPort(socket, port, 1, 0));
      int code =
          calls.kernel32.SetFileCompletionNotificationModes(
              socket, Constants.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS);
      if (code != 0) {
        return Answer.open("SetFileCompletionNotificationModes fails");
      }
      if (first) {
        send(peer, to, count, length);
      }
      int atOnce = 0;
      for (int i = 0; i < count; i++) {
        atOnce += receive(calls, socket) == -WsaError.WSA_IO_PENDING.code() ? 0 : 1;
      }
      if (!first) {
        send(peer, to, count, length);
      }
      if (atOnce != (first ? count : 0)) {
        return Answer.open(atOnce + " of " + count + " are done in their call");
      }
      int packets = take(calls, port);
      return Answer.of(packets == expected, packets + " packets for " + count + " receives");
    } finally {
      calls.winsock.closesocket(socket);
      calls.kernel32.CloseHandle(port);
    }
  }

  private static void send(Peer peer, int to, int count, int length) throws IOException {
    for (int i = 0; i < count; i++) {
      peer.send(to, length, i);
    }
    Pause.untilItMustHaveArrived();
  }

  private static int receive(WindowsCalls calls, long socket) {
    MemorySegment data = calls.memory.allocate(ROOM);
    MemorySegment buffer = calls.memory.allocate(Layouts.WSABUF.layout());
    buffer.set(JAVA_INT, Layouts.WSABUF.offset("len"), ROOM);
    buffer.set(JAVA_LONG, Layouts.WSABUF.offset("buf"), data.address());
    MemorySegment name = calls.memory.allocate(Layouts.SOCKADDR_IN.layout());
    MemorySegment nameLength = calls.memory.allocate(JAVA_INT);
    nameLength.set(JAVA_INT, 0, (int) name.byteSize());
    return calls.winsock.WSARecvFrom(
        socket,
        buffer.address(),
        1,
        calls.memory.allocate(JAVA_INT).address(),
        calls.memory.allocate(JAVA_INT).address(),
        name.address(),
        nameLength.address(),
        calls.memory.allocate(Layouts.OVERLAPPED.layout()).address(),
        Constants.NULL);
  }

  /** How many packets come until none comes for a while. */
  private static int take(WindowsCalls calls, long port) {
    int most = 2 * RECEIVES;
    MemorySegment entries = calls.memory.allocate(Layouts.OVERLAPPED_ENTRY.layout(), most);
    MemorySegment removed = calls.memory.allocate(JAVA_INT);
    int packets = 0;
    while (packets <= most) {
      int done =
          calls.kernel32.GetQueuedCompletionStatusEx(
              port, entries.address(), most, removed.address(), WAIT_MILLISECONDS, 0);
      if (done == 0) {
        break;
      }
      packets += removed.get(JAVA_INT, 0);
    }
    return packets;
  }
}
