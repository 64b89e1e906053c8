package io.rioreactive.kernel.windows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The real Winsock, but for what a test plans: the next receives and sends are refused with these
 * errors, or a request that is done within its call has a packet in spite of the mode to skip it.
 */
@SuppressWarnings("MemberName") // the C names
final class PlannedWinsock extends Winsock {

  /** Sockets that are open. */
  int openSockets;

  /** The option that is refused; 0 for none. */
  int refusedOption;

  /** Requests that were done within their call, but cut off or not. */
  int doneAtOnce;

  /** Whether these have a packet that nobody asked for, as some versions of Windows send it. */
  boolean sendsSkippedPackets;

  int sendCalls;

  /** Receives of messages that were started. */
  int messageCalls;

  /** What WSASendMsg was given. */
  final List<SentMessage> sentMessages = new ArrayList<>();

  /** The OVERLAPPED of requests that start and do not end; null to hold none. */
  @Nullable List<Long> held;

  /** What has been switched off, by control code. */
  final List<Integer> switchedOff = new ArrayList<>();

  /** What has been switched on, by control code. */
  final List<Integer> switchedOn = new ArrayList<>();

  /** Whether nothing can be switched off or on. */
  boolean refusesControl;

  /** A message that was to be sent, its control in hexadecimal words. */
  record SentMessage(long name, int nameLength, String control, String text) {}

  /**
   * What a receive of a message gets later, and is told.
   *
   * @param status null for success
   * @param control in hexadecimal
   */
  record Message(@Nullable NtStatus status, int flags, String control, String text) {}

  private final PlannedKernel32 kernel32;
  private final Deque<Message> messages = new ArrayDeque<>();
  private final Deque<Message> messagesAtOnce = new ArrayDeque<>();
  private final Deque<Integer> receives = new ArrayDeque<>();
  private final Deque<Integer> lengths = new ArrayDeque<>();
  private final Deque<Integer> lengthsAtOnce = new ArrayDeque<>();
  private final Deque<Integer> sends = new ArrayDeque<>();
  private final Deque<NtStatus> laterSends = new ArrayDeque<>();

  PlannedWinsock(Arena arena, PlannedKernel32 kernel32) {
    super(arena);
    this.kernel32 = kernel32;
  }

  /** The next receive is refused. */
  PlannedWinsock refuseReceive(WsaError error) {
    receives.add(-error.code());
    return this;
  }

  /** The next send is refused. */
  PlannedWinsock refuseSend(WsaError error) {
    sends.add(-error.code());
    return this;
  }

  /** The next send starts and ends with this failure: of the first socket. */
  PlannedWinsock failSendLater(NtStatus status) {
    laterSends.add(status);
    return this;
  }

  /** The next receive of a message gets this one later: of the first socket. */
  PlannedWinsock receiveLater(Message message) {
    messages.add(message);
    return this;
  }

  /** The next receive of a message is done within its call with this one, and has no packet. */
  PlannedWinsock receiveAtOnce(Message message) {
    messagesAtOnce.add(message);
    return this;
  }

  /** The next receive ends later, and says that so many bytes came: of the first socket. */
  PlannedWinsock receiveLater(int length) {
    lengths.add(length);
    return this;
  }

  /** The next receive is done within its call, says so too, and has no packet. */
  PlannedWinsock receiveAtOnce(int length) {
    lengthsAtOnce.add(length);
    return this;
  }

  /** Ends what is held, as closing its socket would. */
  void abortHeld() {
    List<Long> all = held == null ? List.of() : held;
    held = null;
    for (long overlapped : all) {
      end(overlapped, NtStatus.STATUS_CANCELLED, 0);
    }
  }

  /** Ends a request: of the first socket. */
  private void end(long overlapped, @Nullable NtStatus status, int bytes) {
    endAtOnce(overlapped, status, bytes);
    kernel32.PostQueuedCompletionStatus(kernel32.port, bytes, 0, overlapped);
  }

  private static void endAtOnce(long overlapped, @Nullable NtStatus status, int bytes) {
    MemorySegment memory = memory(overlapped, Layouts.OVERLAPPED.size());
    memory.set(ValueLayout.JAVA_LONG, 0, status == null ? 0 : status.code());
    memory.set(ValueLayout.JAVA_LONG, Long.BYTES, bytes);
  }

  @SuppressWarnings("restricted")
  private static MemorySegment memory(long address, long size) {
    return MemorySegment.ofAddress(address).reinterpret(size);
  }

  @Override
  public long WSASocketW(int af, int type, int protocol, long protocolInfo, int group, int flags) {
    long socket = super.WSASocketW(af, type, protocol, protocolInfo, group, flags);
    openSockets += socket < 0 ? 0 : 1;
    return socket;
  }

  @Override
  public int closesocket(long socket) {
    int result = super.closesocket(socket);
    openSockets -= result < 0 ? 0 : 1;
    return result;
  }

  @Override
  public int setsockopt(long socket, int level, int optname, long optval, int optlen) {
    return optname == refusedOption
        ? -WsaError.WSAENOPROTOOPT.code()
        : super.setsockopt(socket, level, optname, optval, optlen);
  }

  @Override
  public int WSAIoctl(
      long socket,
      int controlCode,
      long inBuffer,
      int inSize,
      long outBuffer,
      int outSize,
      long bytesReturned,
      long overlapped,
      long completionRoutine) {
    if (inSize == Integer.BYTES && intAt(inBuffer) == 0) {
      switchedOff.add(controlCode);
    } else if (inSize == Integer.BYTES) {
      switchedOn.add(controlCode);
    }
    return refusesControl
        ? -WsaError.WSAEOPNOTSUPP.code()
        : super.WSAIoctl(
            socket,
            controlCode,
            inBuffer,
            inSize,
            outBuffer,
            outSize,
            bytesReturned,
            overlapped,
            completionRoutine);
  }

  @SuppressWarnings("restricted")
  private static int intAt(long address) {
    return MemorySegment.ofAddress(address).reinterpret(Integer.BYTES).get(ValueLayout.JAVA_INT, 0);
  }

  @SuppressWarnings("restricted")
  private static void setInt(long address, int value) {
    MemorySegment.ofAddress(address).reinterpret(Integer.BYTES).set(ValueLayout.JAVA_INT, 0, value);
  }

  @Override
  public int WSARecvFrom(
      long socket,
      long buffers,
      int bufferCount,
      long bytesReceived,
      long flags,
      long from,
      long fromlen,
      long overlapped,
      long completionRoutine) {
    assertThat(intAt(fromlen)).as("room for the address").isIn(16, 28);
    assertThat(intAt(flags)).as("flags").isZero();
    if (!receives.isEmpty()) {
      return receives.poll();
    }
    Integer atOnce = lengthsAtOnce.poll();
    if (atOnce != null) {
      endAtOnce(overlapped, null, atOnce);
      setInt(bytesReceived, atOnce);
      return 0;
    }
    Integer later = lengths.poll();
    if (later != null) {
      end(overlapped, null, later);
      return -WsaError.WSA_IO_PENDING.code();
    }
    return answered(
        overlapped,
        super.WSARecvFrom(
            socket,
            buffers,
            bufferCount,
            bytesReceived,
            flags,
            from,
            fromlen,
            overlapped,
            completionRoutine));
  }

  @Override
  public int WSASendTo(
      long socket,
      long buffers,
      int bufferCount,
      long bytesSent,
      int flags,
      long to,
      int tolen,
      long overlapped,
      long completionRoutine) {
    sendCalls++;
    if (!sends.isEmpty()) {
      return sends.poll();
    }
    NtStatus later = laterSends.poll();
    if (later != null) {
      setInt(overlapped, later.code());
      kernel32.PostQueuedCompletionStatus(kernel32.port, 0, 0, overlapped);
      return -WsaError.WSA_IO_PENDING.code();
    }
    return answered(
        overlapped,
        super.WSASendTo(
            socket,
            buffers,
            bufferCount,
            bytesSent,
            flags,
            to,
            tolen,
            overlapped,
            completionRoutine));
  }

  private static int intOf(MemorySegment message, String... path) {
    return message.get(ValueLayout.JAVA_INT, Layouts.WSAMSG.offset(path));
  }

  private static long longOf(MemorySegment message, String... path) {
    return message.get(ValueLayout.JAVA_LONG, Layouts.WSAMSG.offset(path));
  }

  /** The payload, which the one WSABUF of a message describes. */
  private static MemorySegment payload(MemorySegment message) {
    assertThat(intOf(message, "dwBufferCount")).as("buffers").isEqualTo(1);
    MemorySegment buffer = memory(longOf(message, "lpBuffers"), Layouts.WSABUF.size());
    return memory(
        buffer.get(ValueLayout.JAVA_LONG, Layouts.WSABUF.offset("buf")),
        buffer.get(ValueLayout.JAVA_INT, Layouts.WSABUF.offset("len")));
  }

  @Override
  public int WSARecvMsg(
      long socket, long message, long bytesReceived, long overlapped, long completionRoutine) {
    messageCalls++;
    MemorySegment room = memory(message, Layouts.WSAMSG.size());
    assertThat(intOf(room, "namelen")).as("room for the address").isIn(16, 28);
    assertThat(intOf(room, "Control", "len"))
        .as("room for the control")
        .isEqualTo(WindowsPacketInfo.RECEIVE_SIZE);
    assertThat(intOf(room, "dwFlags")).as("flags").isZero();
    if (!receives.isEmpty()) {
      return receives.poll();
    }
    if (held != null) {
      held.add(overlapped);
      return -WsaError.WSA_IO_PENDING.code();
    }
    Message atOnce = messagesAtOnce.poll();
    if (atOnce != null) {
      fill(room, atOnce);
      endAtOnce(overlapped, atOnce.status(), atOnce.text().length());
      if (atOnce.status() != null) {
        return -WsaError.WSAEMSGSIZE.code();
      }
      setInt(bytesReceived, atOnce.text().length());
      return 0;
    }
    Message planned = messages.poll();
    if (planned != null) {
      fill(room, planned);
      end(overlapped, planned.status(), planned.text().length());
      return -WsaError.WSA_IO_PENDING.code();
    }
    return answered(
        overlapped,
        super.WSARecvMsg(socket, message, bytesReceived, overlapped, completionRoutine));
  }

  private static void fill(MemorySegment message, Message planned) {
    byte[] text = planned.text().getBytes(UTF_8);
    byte[] control = HexFormat.of().parseHex(planned.control().replace(" ", ""));
    MemorySegment.copy(text, 0, payload(message), ValueLayout.JAVA_BYTE, 0, text.length);
    MemorySegment room = memory(longOf(message, "Control", "buf"), control.length);
    MemorySegment.copy(control, 0, room, ValueLayout.JAVA_BYTE, 0, control.length);
    message.set(ValueLayout.JAVA_INT, Layouts.WSAMSG.offset("Control", "len"), control.length);
    message.set(ValueLayout.JAVA_INT, Layouts.WSAMSG.offset("dwFlags"), planned.flags());
  }

  @Override
  public int WSASendMsg(
      long socket,
      long message,
      int flags,
      long bytesSent,
      long overlapped,
      long completionRoutine) {
    MemorySegment said = memory(message, Layouts.WSAMSG.size());
    byte[] control =
        memory(longOf(said, "Control", "buf"), intOf(said, "Control", "len"))
            .toArray(ValueLayout.JAVA_BYTE);
    sentMessages.add(
        new SentMessage(
            longOf(said, "name"),
            intOf(said, "namelen"),
            HexFormat.of().formatHex(control).replaceAll("(.{8})(?=.)", "$1 "),
            new String(payload(said).toArray(ValueLayout.JAVA_BYTE), UTF_8)));
    if (!sends.isEmpty()) {
      return sends.poll();
    }
    if (held != null) {
      held.add(overlapped);
      return -WsaError.WSA_IO_PENDING.code();
    }
    return answered(
        overlapped,
        super.WSASendMsg(socket, message, flags, bytesSent, overlapped, completionRoutine));
  }

  private int answered(long overlapped, int result) {
    if (result == 0 || result == -WsaError.WSAEMSGSIZE.code()) {
      doneAtOnce++;
      if (sendsSkippedPackets) {
        kernel32.PostQueuedCompletionStatus(kernel32.port, 0, 0, overlapped); // the first socket's
      }
    }
    return result;
  }
}
