package io.rioreactive.kernel.windows;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;

/** The real kernel32, which counts what is allocated, and fails where a test plans it. */
@SuppressWarnings("MemberName") // the C names
final class PlannedKernel32 extends Kernel32 {

  /** Bytes that have been allocated and not freed. */
  long allocated;

  /** The completion port that was opened last. */
  long port;

  /** Packets that were asked for and not skipped: whether the mode is granted. */
  boolean refusesModes;

  /** The allocation, counted from 1 from now on, that fails; 0 for none. */
  int failingAllocation;

  /** Events and ports that have been opened and not closed. */
  int openHandles;

  /** How often the core was offered to other threads. */
  int yields;

  /** Packets for waking up, counted from now on, for which there is no memory. */
  int refusedPackets;

  private final Map<Long, Long> sizes = new HashMap<>();

  PlannedKernel32(Arena arena) {
    super(arena);
  }

  @Override
  public long CreateIoCompletionPort(long file, long port, long key, int threads) {
    long result = super.CreateIoCompletionPort(file, port, key, threads);
    if (file == Constants.INVALID_HANDLE_VALUE) {
      this.port = result;
      openHandles += result < 0 ? 0 : 1;
    }
    return result;
  }

  @Override
  long CreateEventW(long security, int manualReset, int initialState, long name) {
    long result = super.CreateEventW(security, manualReset, initialState, name);
    openHandles += result < 0 ? 0 : 1;
    return result;
  }

  @Override
  public int CloseHandle(long handle) {
    int success = super.CloseHandle(handle);
    openHandles -= success == 0 ? 0 : 1;
    return success;
  }

  @Override
  int SwitchToThread() {
    yields++;
    return super.SwitchToThread();
  }

  @Override
  int PostQueuedCompletionStatus(long port, int bytes, long key, long overlapped) {
    if (refusedPackets > 0) {
      refusedPackets--;
      return 0;
    }
    return super.PostQueuedCompletionStatus(port, bytes, key, overlapped);
  }

  @Override
  public int SetFileCompletionNotificationModes(long file, int flags) {
    return refusesModes
        ? -WsaError.WSA_INVALID_PARAMETER.code()
        : super.SetFileCompletionNotificationModes(file, flags);
  }

  @Override
  public long VirtualAlloc(long address, long size, int allocationType, int protect) {
    if (failingAllocation > 0 && --failingAllocation == 0) {
      return -WsaError.ERROR_COMMITMENT_LIMIT.code();
    }
    long result = super.VirtualAlloc(address, size, allocationType, protect);
    if (result > 0) {
      sizes.put(result, size);
      allocated += size;
    }
    return result;
  }

  @Override
  public int VirtualFree(long address, long size, int freeType) {
    int result = super.VirtualFree(address, size, freeType);
    if (result == 0) {
      allocated -= sizes.remove(address);
    }
    return result;
  }
}
