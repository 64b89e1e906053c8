package io.rioreactive.samples.rioprobe;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.kernel.windows.Constants;
import io.rioreactive.kernel.windows.Layouts;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A completion queue that must grow for one more socket while its pump is armed. */
final class QueueChecks {

  private static final int WAIT_MILLISECONDS = 2_000;
  private static final long KEY = 7;

  private QueueChecks() {}

  static List<Check> all() {
    return List.of(
        new Check(
            "RIOResizeCompletionQueue is allowed while a notify is armed, and the notify comes",
            "open",
            true,
            QueueChecks::resizeWhileArmed));
  }

  private static Answer resizeWhileArmed() throws IOException {
    WindowsCalls calls = new WindowsCalls();
    long port = calls.completionPort();
    int requests = 4;
    try (RioSocket socket =
            RioSocket.ready(
                new RioSocket(
                    calls, requests, RioSocket.FLAGS, notification(calls, port).address()),
                requests);
        Peer peer = new Peer()) {
      socket.receive(0, 100);
      WindowsCalls.succeeded("RIONotify", -socket.functions().RIONotify(socket.completionQueue()));
      int code =
          socket
              .functions()
              .RIOResizeCompletionQueue(
                  socket.completionQueue(), 2 * RioSocket.completionQueueSize(requests));
      peer.send(socket.port(), 10, 1);
      boolean hasCome = awaitPacket(calls, port);
      String packet = hasCome ? "the notify comes" : "no notify within 2 s";
      return code == 0
          ? Answer.of(hasCome, "allowed; " + packet)
          : Answer.refuted("refused with " + WindowsCalls.text(code) + "; " + packet);
    } finally {
      calls.kernel32.CloseHandle(port);
    }
  }

  private static MemorySegment notification(WindowsCalls calls, long port) {
    MemorySegment segment = calls.memory.allocate(Layouts.RIO_NOTIFICATION_COMPLETION.layout());
    MemorySegment overlapped = calls.memory.allocate(Layouts.OVERLAPPED.layout());
    segment.set(
        JAVA_INT,
        Layouts.RIO_NOTIFICATION_COMPLETION.offset("Type"),
        Constants.RIO_IOCP_COMPLETION);
    setIocp(segment, "IocpHandle", port);
    setIocp(segment, "CompletionKey", KEY);
    setIocp(segment, "Overlapped", overlapped.address());
    return segment;
  }

  private static void setIocp(MemorySegment segment, String member, long value) {
    segment.set(JAVA_LONG, Layouts.RIO_NOTIFICATION_COMPLETION.offset("u", "Iocp", member), value);
  }

  private static boolean awaitPacket(WindowsCalls calls, long port) {
    MemorySegment entry = calls.memory.allocate(Layouts.OVERLAPPED_ENTRY.layout());
    MemorySegment count = calls.memory.allocate(JAVA_INT);
    int success =
        calls.kernel32.GetQueuedCompletionStatusEx(
            port, entry.address(), 1, count.address(), WAIT_MILLISECONDS, 0);
    return success != 0
        && entry.get(JAVA_LONG, Layouts.OVERLAPPED_ENTRY.offset("lpCompletionKey")) == KEY;
  }
}
