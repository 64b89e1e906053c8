package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.ffm.CapturedError;
import io.rioreactive.ffm.CapturedError.Source;
import io.rioreactive.ffm.NativeFunction;
import io.rioreactive.ffm.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;

/**
 * The functions of kernel32 this package calls, with their C names and the C order of arguments.
 * Handles and addresses are numbers: whoever passes an address keeps the memory alive.
 *
 * <p>Owned by one completion queue and called on its thread, but for {@link
 * #PostQueuedCompletionStatus} and {@link #SetEvent}, which any thread may call. It never retries
 * and never throws.
 *
 * <p>A method returns the result, or where the function failed the negative {@code GetLastError}
 * code; where the function has no result but success, 0.
 *
 * <p>Not final, so that a test can plan failures that a real system does not give on demand.
 */
@SuppressWarnings("MemberName") // the C names
public class Kernel32 {

  private static final NativeLibrary LIBRARY = NativeLibrary.load("kernel32");

  private static final MethodHandle CREATE_IO_COMPLETION_PORT =
      capturing("CreateIoCompletionPort", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final NativeFunction GET_QUEUED_COMPLETION_STATUS_EX_FUNCTION =
      LIBRARY.function(
          "GetQueuedCompletionStatusEx",
          JAVA_INT,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_INT,
          JAVA_LONG,
          JAVA_INT,
          JAVA_INT);
  private static final MethodHandle GET_QUEUED_COMPLETION_STATUS_EX =
      GET_QUEUED_COMPLETION_STATUS_EX_FUNCTION.plain();
  private static final MethodHandle GET_QUEUED_COMPLETION_STATUS_EX_CAPTURING =
      GET_QUEUED_COMPLETION_STATUS_EX_FUNCTION.capturing(Source.LAST_ERROR);
  private static final MethodHandle POST_QUEUED_COMPLETION_STATUS =
      LIBRARY
          .function(
              "PostQueuedCompletionStatus", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG)
          .plain();
  private static final MethodHandle CLOSE_HANDLE =
      LIBRARY.function("CloseHandle", JAVA_INT, JAVA_LONG).plain();
  private static final MethodHandle CREATE_EVENT =
      capturing("CreateEventW", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle SET_EVENT =
      LIBRARY.function("SetEvent", JAVA_INT, JAVA_LONG).plain();
  private static final NativeFunction WAIT_FOR_MULTIPLE_OBJECTS_FUNCTION =
      LIBRARY.function("WaitForMultipleObjects", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  private static final MethodHandle WAIT_FOR_MULTIPLE_OBJECTS =
      WAIT_FOR_MULTIPLE_OBJECTS_FUNCTION.plain();
  private static final MethodHandle WAIT_FOR_MULTIPLE_OBJECTS_CAPTURING =
      WAIT_FOR_MULTIPLE_OBJECTS_FUNCTION.capturing(Source.LAST_ERROR);
  private static final MethodHandle VIRTUAL_ALLOC =
      capturing("VirtualAlloc", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT);
  private static final MethodHandle VIRTUAL_FREE =
      capturing("VirtualFree", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SET_FILE_COMPLETION_NOTIFICATION_MODES =
      capturing("SetFileCompletionNotificationModes", JAVA_INT, JAVA_LONG, JAVA_BYTE);
  private static final MethodHandle CANCEL_IO_EX =
      capturing("CancelIoEx", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SWITCH_TO_THREAD =
      LIBRARY.function("SwitchToThread", JAVA_INT).plain();

  private final CapturedError error;

  /** Captures errors in memory of the arena. */
  public Kernel32(Arena arena) {
    error = new CapturedError(Source.LAST_ERROR, arena);
  }

  private static MethodHandle capturing(
      String name, MemoryLayout result, MemoryLayout... arguments) {
    return LIBRARY.function(name, result, arguments).capturing(Source.LAST_ERROR);
  }

  /** A handle, or the negative code. */
  public long CreateIoCompletionPort(long file, long port, long key, int threads) {
    try {
      long handle =
          (long) CREATE_IO_COMPLETION_PORT.invokeExact(error.segment(), file, port, key, threads);
      return handle == Constants.NULL ? -WsaError.codeOfFailure(error) : handle;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /**
   * Not 0 for success. Why it failed, or that nothing came in time, {@link
   * #GetQueuedCompletionStatusExCapturing} tells: this one is called for every batch, and a call
   * that captures may allocate.
   */
  public int GetQueuedCompletionStatusEx(
      long port, long entries, int count, long removed, int milliseconds, int alertable) {
    try {
      return (int)
          GET_QUEUED_COMPLETION_STATUS_EX.invokeExact(
              port, entries, count, removed, milliseconds, alertable);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** 0, or the negative code; {@code -WAIT_TIMEOUT} where nothing came in time. */
  int GetQueuedCompletionStatusExCapturing(
      long port, long entries, int count, long removed, int milliseconds, int alertable) {
    try {
      int success =
          (int)
              GET_QUEUED_COMPLETION_STATUS_EX_CAPTURING.invokeExact(
                  error.segment(), port, entries, count, removed, milliseconds, alertable);
      return success == 0 ? -WsaError.codeOfFailure(error) : 0;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** Any thread. Not 0 for success; why it failed is not kept. */
  int PostQueuedCompletionStatus(long port, int bytes, long key, long overlapped) {
    try {
      return (int) POST_QUEUED_COMPLETION_STATUS.invokeExact(port, bytes, key, overlapped);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** Not 0 for success: a failure means that the handle was closed before. */
  public int CloseHandle(long handle) {
    try {
      return (int) CLOSE_HANDLE.invokeExact(handle);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** A handle, or the negative code. */
  long CreateEventW(long security, int manualReset, int initialState, long name) {
    try {
      long handle =
          (long)
              CREATE_EVENT.invokeExact(error.segment(), security, manualReset, initialState, name);
      return handle == Constants.NULL ? -WsaError.codeOfFailure(error) : handle;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** Any thread. Not 0 for success; why it failed is not kept. */
  int SetEvent(long event) {
    try {
      return (int) SET_EVENT.invokeExact(event);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /**
   * {@code WAIT_OBJECT_0 + i}, {@code WAIT_TIMEOUT} or {@code WAIT_FAILED}: then {@link
   * #WaitForMultipleObjectsCapturing} tells why.
   */
  int WaitForMultipleObjects(int count, long handles, int waitAll, int milliseconds) {
    try {
      return (int) WAIT_FOR_MULTIPLE_OBJECTS.invokeExact(count, handles, waitAll, milliseconds);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** {@code WAIT_OBJECT_0 + i}, {@code WAIT_TIMEOUT}, or the negative code. */
  int WaitForMultipleObjectsCapturing(int count, long handles, int waitAll, int milliseconds) {
    try {
      int result =
          (int)
              WAIT_FOR_MULTIPLE_OBJECTS_CAPTURING.invokeExact(
                  error.segment(), count, handles, waitAll, milliseconds);
      return result == Constants.WAIT_FAILED ? -WsaError.codeOfFailure(error) : result;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** An address, or the negative code. */
  public long VirtualAlloc(long address, long size, int allocationType, int protect) {
    try {
      long result =
          (long) VIRTUAL_ALLOC.invokeExact(error.segment(), address, size, allocationType, protect);
      return result == Constants.NULL ? -WsaError.codeOfFailure(error) : result;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  public int VirtualFree(long address, long size, int freeType) {
    try {
      int success = (int) VIRTUAL_FREE.invokeExact(error.segment(), address, size, freeType);
      return success == 0 ? -WsaError.codeOfFailure(error) : 0;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  public int SetFileCompletionNotificationModes(long file, int flags) {
    try {
      int success =
          (int)
              SET_FILE_COMPLETION_NOTIFICATION_MODES.invokeExact(
                  error.segment(), file, (byte) flags);
      return success == 0 ? -WsaError.codeOfFailure(error) : 0;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  int CancelIoEx(long file, long overlapped) {
    try {
      int success = (int) CANCEL_IO_EX.invokeExact(error.segment(), file, overlapped);
      return success == 0 ? -WsaError.codeOfFailure(error) : 0;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** Not 0 if another thread ran. */
  int SwitchToThread() {
    try {
      return (int) SWITCH_TO_THREAD.invokeExact();
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }
}
