package io.rioreactive.test.contract;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * The double of Registered I/O that stands in for the system's where the system property {@code
 * io.rioreactive.winsock} names it: how it shall behave, and what it has seen.
 */
@SuppressWarnings("restricted")
final class RioDouble {

  private static final String LIBRARY = System.getProperty("io.rioreactive.winsock");
  private static final int LONGEST_REPORT = 1 << 16;

  /** Looked up when the first is called, for elsewhere there is no such library. */
  private static final class Functions {

    static final MethodHandle CONTROL = function("RioDoubleControl", JAVA_INT, ADDRESS);
    static final MethodHandle REPORT = function("RioDoubleReport", JAVA_INT, ADDRESS, JAVA_INT);

    private static MethodHandle function(
        String name, MemoryLayout result, MemoryLayout... arguments) {
      return Linker.nativeLinker()
          .downcallHandle(
              SymbolLookup.libraryLookup(LIBRARY, Arena.global()).findOrThrow(name),
              FunctionDescriptor.of(result, arguments));
    }
  }

  private RioDouble() {}

  static boolean isThere() {
    return LIBRARY != null;
  }

  static void control(String command) {
    try (Arena arena = Arena.ofConfined()) {
      int refusal = (int) Functions.CONTROL.invokeExact(arena.allocateFrom(command));
      assertThat(refusal).as(() -> "\"" + command + "\": " + report()).isZero();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static String report() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(LONGEST_REPORT);
      int length = (int) Functions.REPORT.invokeExact(text, LONGEST_REPORT);
      return text.getString(0) + (length < LONGEST_REPORT ? "" : " …");
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
