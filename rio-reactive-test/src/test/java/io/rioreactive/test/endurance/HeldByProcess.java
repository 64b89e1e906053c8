package io.rioreactive.test.endurance;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * What this process holds of what could leak, as Windows counts it.
 *
 * @param handles of all kinds: sockets, events, completion ports; where Windows does not count them
 *     (Wine), the number of the lowest that is free
 * @param bytes of memory that is committed, the Java heap left out
 */
@SuppressWarnings("restricted")
record HeldByProcess(long handles, long bytes) {

  private static final SymbolLookup KERNEL32 =
      SymbolLookup.libraryLookup("kernel32", Arena.global());

  /** {@code HANDLE GetCurrentProcess(void)}. */
  private static final MethodHandle CURRENT_PROCESS =
      function("GetCurrentProcess", FunctionDescriptor.of(ADDRESS));

  /** {@code BOOL GetProcessHandleCount(HANDLE process, DWORD *count)}. */
  private static final MethodHandle HANDLE_COUNT =
      function("GetProcessHandleCount", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

  /** {@code HANDLE CreateEventW(void *attributes, BOOL manual, BOOL set, WCHAR *name)}. */
  private static final MethodHandle CREATE_EVENT =
      function(
          "CreateEventW", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));

  /** {@code BOOL CloseHandle(HANDLE object)}. */
  private static final MethodHandle CLOSE_HANDLE =
      function("CloseHandle", FunctionDescriptor.of(JAVA_INT, ADDRESS));

  /** {@code BOOL K32GetProcessMemoryInfo(HANDLE, PROCESS_MEMORY_COUNTERS *, DWORD size)}. */
  private static final MethodHandle MEMORY_INFO =
      function(
          "K32GetProcessMemoryInfo", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));

  /** {@code sizeof(PROCESS_MEMORY_COUNTERS)}, and the offset of its PagefileUsage. */
  private static final int COUNTERS_SIZE = 72;

  private static final long PAGEFILE_USAGE = 56;

  /** From one handle to the next. */
  private static final long HANDLE_STEP = 4;

  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    return Linker.nativeLinker().downcallHandle(KERNEL32.findOrThrow(name), descriptor);
  }

  /** As of this moment. */
  static HeldByProcess now() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment process = (MemorySegment) CURRENT_PROCESS.invokeExact();
      return new HeldByProcess(handles(process, arena), bytes(process, arena));
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  private static long handles(MemorySegment process, Arena arena) throws Throwable {
    MemorySegment count = arena.allocate(JAVA_INT);
    require((int) HANDLE_COUNT.invokeExact(process, count), "GetProcessHandleCount");
    return count.get(JAVA_INT, 0) > 0 ? count.get(JAVA_INT, 0) : lowestFreeHandle();
  }

  private static long lowestFreeHandle() throws Throwable {
    MemorySegment event =
        (MemorySegment) CREATE_EVENT.invokeExact(MemorySegment.NULL, 0, 0, MemorySegment.NULL);
    require((int) CLOSE_HANDLE.invokeExact(event), "CloseHandle");
    return event.address() / HANDLE_STEP;
  }

  private static long bytes(MemorySegment process, Arena arena) throws Throwable {
    MemorySegment counters = arena.allocate(COUNTERS_SIZE, Long.BYTES);
    counters.set(JAVA_INT, 0, COUNTERS_SIZE);
    require(
        (int) MEMORY_INFO.invokeExact(process, counters, COUNTERS_SIZE), "K32GetProcessMemoryInfo");
    return counters.get(JAVA_LONG, PAGEFILE_USAGE) - Runtime.getRuntime().totalMemory();
  }

  private static void require(int succeeded, String function) {
    if (succeeded == 0) {
      throw new AssertionError(function + " failed");
    }
  }
}
