package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.ffm.CapturedError;
import io.rioreactive.ffm.CapturedError.Source;
import io.rioreactive.ffm.FunctionType;
import io.rioreactive.ffm.NativeFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The functions of Registered I/O, with their C names and the C order of arguments. No library
 * exports them: Winsock hands out a table of pointers ({@link RioQuery}).
 *
 * <p>Owned by one completion queue and called on its thread. It never retries and never throws.
 * Addresses and handles are numbers: whoever passes one keeps what is behind it alive. {@code
 * RIO_CQ}, {@code RIO_RQ} and {@code RIO_BUFFERID} are 64 bits that mean something to Winsock
 * alone.
 *
 * <p>Methods for C functions that answer {@code BOOL} return 0 or the error code, read in the same
 * call; but for {@link #RIOReceive} and {@link #RIOSend}, which commit once for every batch: they
 * have a sibling that captures, which may allocate. Those that answer a handle leave the code in
 * {@link #error}.
 */
@SuppressWarnings("MemberName") // the C names
public final class RioFunctions {

  private static final FunctionType RECEIVE_TYPE =
      FunctionType.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle RECEIVE = RECEIVE_TYPE.plain();
  private static final MethodHandle RECEIVE_CAPTURING =
      RECEIVE_TYPE.capturing(Source.WSA_LAST_ERROR);
  private static final FunctionType RECEIVE_EX_TYPE =
      FunctionType.of(
          JAVA_INT, JAVA_LONG, // RIO_RQ SocketQueue
          JAVA_LONG, // PRIO_BUF pData
          JAVA_INT, // ULONG DataBufferCount
          JAVA_LONG, // PRIO_BUF pLocalAddress
          JAVA_LONG, // PRIO_BUF pRemoteAddress
          JAVA_LONG, // PRIO_BUF pControlContext
          JAVA_LONG, // PRIO_BUF pFlags
          JAVA_INT, // DWORD Flags
          JAVA_LONG); // PVOID RequestContext
  private static final MethodHandle CLOSE_COMPLETION_QUEUE = FunctionType.ofVoid(JAVA_LONG).plain();
  private static final MethodHandle CREATE_COMPLETION_QUEUE =
      FunctionType.of(JAVA_LONG, JAVA_INT, JAVA_LONG).capturing(Source.WSA_LAST_ERROR);
  private static final MethodHandle CREATE_REQUEST_QUEUE =
      FunctionType.of(
              JAVA_LONG, JAVA_LONG, // SOCKET Socket
              JAVA_INT, // ULONG MaxOutstandingReceive
              JAVA_INT, // ULONG MaxReceiveDataBuffers
              JAVA_INT, // ULONG MaxOutstandingSend
              JAVA_INT, // ULONG MaxSendDataBuffers
              JAVA_LONG, // RIO_CQ ReceiveCQ
              JAVA_LONG, // RIO_CQ SendCQ
              JAVA_LONG) // PVOID SocketContext
          .capturing(Source.WSA_LAST_ERROR);
  private static final MethodHandle DEQUEUE_COMPLETION =
      FunctionType.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT).plain();
  private static final MethodHandle DEREGISTER_BUFFER = FunctionType.ofVoid(JAVA_LONG).plain();
  private static final MethodHandle NOTIFY = FunctionType.of(JAVA_INT, JAVA_LONG).plain();
  private static final MethodHandle REGISTER_BUFFER =
      FunctionType.of(JAVA_LONG, JAVA_LONG, JAVA_INT).capturing(Source.WSA_LAST_ERROR);
  private static final MethodHandle RESIZE_COMPLETION_QUEUE =
      FunctionType.of(JAVA_INT, JAVA_LONG, JAVA_INT).capturing(Source.WSA_LAST_ERROR);

  private final CapturedError error;
  private final MemorySegment receive;
  private final MethodHandle receiveEx;
  private final MemorySegment send;
  private final MethodHandle sendEx;
  private final MemorySegment closeCompletionQueue;
  private final MemorySegment createCompletionQueue;
  private final MemorySegment createRequestQueue;
  private final MemorySegment dequeueCompletion;
  private final MemorySegment deregisterBuffer;
  private final MemorySegment notify;
  private final MemorySegment registerBuffer;
  private final MemorySegment resizeCompletionQueue;

  /**
   * Reads the pointers out of a table; it may be freed afterwards.
   *
   * @param table a filled {@code RIO_EXTENSION_FUNCTION_TABLE}
   * @param arena where captured errors stand
   */
  public RioFunctions(MemorySegment table, Arena arena) {
    error = new CapturedError(Source.WSA_LAST_ERROR, arena);
    receive = pointer(table, "RIOReceive");
    receiveEx = RECEIVE_EX_TYPE.capturing(pointer(table, "RIOReceiveEx"), error);
    send = pointer(table, "RIOSend");
    sendEx = RECEIVE_EX_TYPE.capturing(pointer(table, "RIOSendEx"), error);
    closeCompletionQueue = pointer(table, "RIOCloseCompletionQueue");
    createCompletionQueue = pointer(table, "RIOCreateCompletionQueue");
    createRequestQueue = pointer(table, "RIOCreateRequestQueue");
    dequeueCompletion = pointer(table, "RIODequeueCompletion");
    deregisterBuffer = pointer(table, "RIODeregisterBuffer");
    notify = pointer(table, "RIONotify");
    registerBuffer = pointer(table, "RIORegisterBuffer");
    resizeCompletionQueue = pointer(table, "RIOResizeCompletionQueue");
  }

  private static MemorySegment pointer(MemorySegment table, String name) {
    return MemorySegment.ofAddress(
        table.get(JAVA_LONG, Layouts.RIO_EXTENSION_FUNCTION_TABLE.offset(name)));
  }

  /** The code of the last call that failed, never 0. */
  public int error() {
    return WsaError.codeOfFailure(error);
  }

  /** Not 0 for success; why it failed {@link #RIOReceiveCapturing} tells. */
  int RIOReceive(long socketQueue, long data, int dataBufferCount, int flags, long context) {
    try {
      return (int) RECEIVE.invokeExact(receive, socketQueue, data, dataBufferCount, flags, context);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  int RIOReceiveCapturing(
      long socketQueue, long data, int dataBufferCount, int flags, long context) {
    try {
      return code(
          (int)
              RECEIVE_CAPTURING.invokeExact(
                  receive, error.segment(), socketQueue, data, dataBufferCount, flags, context));
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  public int RIOReceiveEx(
      long socketQueue,
      long data,
      int dataBufferCount,
      long localAddress,
      long remoteAddress,
      long controlContext,
      long receivedFlags,
      int flags,
      long context) {
    try {
      return code(
          (int)
              receiveEx.invokeExact(
                  socketQueue,
                  data,
                  dataBufferCount,
                  localAddress,
                  remoteAddress,
                  controlContext,
                  receivedFlags,
                  flags,
                  context));
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** Not 0 for success; why it failed {@link #RIOSendCapturing} tells. */
  int RIOSend(long socketQueue, long data, int dataBufferCount, int flags, long context) {
    try {
      return (int) RECEIVE.invokeExact(send, socketQueue, data, dataBufferCount, flags, context);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  int RIOSendCapturing(long socketQueue, long data, int dataBufferCount, int flags, long context) {
    try {
      return code(
          (int)
              RECEIVE_CAPTURING.invokeExact(
                  send, error.segment(), socketQueue, data, dataBufferCount, flags, context));
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  public int RIOSendEx(
      long socketQueue,
      long data,
      int dataBufferCount,
      long localAddress,
      long remoteAddress,
      long controlContext,
      long sendFlags,
      int flags,
      long context) {
    try {
      return code(
          (int)
              sendEx.invokeExact(
                  socketQueue,
                  data,
                  dataBufferCount,
                  localAddress,
                  remoteAddress,
                  controlContext,
                  sendFlags,
                  flags,
                  context));
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  public void RIOCloseCompletionQueue(long cq) {
    try {
      CLOSE_COMPLETION_QUEUE.invokeExact(closeCompletionQueue, cq);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** Returns 0, {@code RIO_INVALID_CQ}, if it fails. */
  public long RIOCreateCompletionQueue(int queueSize, long notificationCompletion) {
    try {
      return (long)
          CREATE_COMPLETION_QUEUE.invokeExact(
              createCompletionQueue, error.segment(), queueSize, notificationCompletion);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** Returns 0, {@code RIO_INVALID_RQ}, if it fails. */
  public long RIOCreateRequestQueue(
      long socket,
      int maxOutstandingReceive,
      int maxReceiveDataBuffers,
      int maxOutstandingSend,
      int maxSendDataBuffers,
      long receiveCq,
      long sendCq,
      long socketContext) {
    try {
      return (long)
          CREATE_REQUEST_QUEUE.invokeExact(
              createRequestQueue,
              error.segment(),
              socket,
              maxOutstandingReceive,
              maxReceiveDataBuffers,
              maxOutstandingSend,
              maxSendDataBuffers,
              receiveCq,
              sendCq,
              socketContext);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** Returns how many results there are, or {@link Constants#RIO_CORRUPT_CQ}. */
  public int RIODequeueCompletion(long cq, long array, int arraySize) {
    try {
      return (int) DEQUEUE_COMPLETION.invokeExact(dequeueCompletion, cq, array, arraySize);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  public void RIODeregisterBuffer(long bufferId) {
    try {
      DEREGISTER_BUFFER.invokeExact(deregisterBuffer, bufferId);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** Returns 0 or the error code, as the C function does. */
  public int RIONotify(long cq) {
    try {
      return (int) NOTIFY.invokeExact(notify, cq);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** Returns {@link Constants#RIO_INVALID_BUFFERID} if it fails. */
  public long RIORegisterBuffer(long dataBuffer, int dataLength) {
    try {
      return (long)
          REGISTER_BUFFER.invokeExact(registerBuffer, error.segment(), dataBuffer, dataLength);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  public int RIOResizeCompletionQueue(long cq, int queueSize) {
    try {
      return code(
          (int)
              RESIZE_COMPLETION_QUEUE.invokeExact(
                  resizeCompletionQueue, error.segment(), cq, queueSize));
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  private int code(int success) {
    return success != 0 ? 0 : error();
  }
}
