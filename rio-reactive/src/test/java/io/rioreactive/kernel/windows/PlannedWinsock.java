package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

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

  /** What has been switched off, by control code. */
  final List<Integer> switchedOff = new ArrayList<>();

  /** What has been switched on, by control code. */
  final List<Integer> switchedOn = new ArrayList<>();

  /** Whether nothing can be switched off or on. */
  boolean refusesControl;

  private final PlannedKernel32 kernel32;
  private final Deque<Integer> receives = new ArrayDeque<>();
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
