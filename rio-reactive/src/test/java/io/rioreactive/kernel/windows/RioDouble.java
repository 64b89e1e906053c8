package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The double of Registered I/O that stands in for the system's where the system property {@value
 * Winsock#LIBRARY_PROPERTY} names it: what a test tells it to do, and what it has noticed. The
 * tests of {@code rio-reactive-test} have one of their own: neither module's tests can see the
 * other's.
 */
@SuppressWarnings("restricted")
final class RioDouble {

  private static final @Nullable String LIBRARY = System.getProperty(Winsock.LIBRARY_PROPERTY);

  private static final class Functions {

    static final MethodHandle CONTROL = function("RioDoubleControl", JAVA_INT, ADDRESS);
    static final MethodHandle REPORT = function("RioDoubleReport", JAVA_INT, ADDRESS, JAVA_INT);
    static final MethodHandle COUNT = function("RioDoubleCount", JAVA_LONG, ADDRESS);

    private static MethodHandle function(
        String name, MemoryLayout result, MemoryLayout... arguments) {
      MemorySegment symbol =
          SymbolLookup.libraryLookup(LIBRARY, Arena.global()).find(name).orElseThrow();
      return Linker.nativeLinker().downcallHandle(symbol, FunctionDescriptor.of(result, arguments));
    }
  }

  private RioDouble() {}

  static boolean isThere() {
    return LIBRARY != null;
  }

  /** Skips the test where the system's own Winsock is used: it fails on nobody's demand. */
  static void need() {
    if (!isThere()) {
      abort(
          "needs the double of RIO: the system property "
              + Winsock.LIBRARY_PROPERTY
              + " does not name it");
    }
  }

  /** Gives it a command. */
  static void control(String command) {
    try (Arena arena = Arena.ofConfined()) {
      int result = (int) Functions.CONTROL.invokeExact(arena.allocateFrom(command));
      assertThat(result).as("result of the double's command \"%s\"", command).isZero();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** One of its counters. */
  static long count(String name) {
    try (Arena arena = Arena.ofConfined()) {
      long count = (long) Functions.COUNT.invokeExact(arena.allocateFrom(name));
      assertThat(count).as("the double's counter \"%s\"", name).isNotNegative();
      return count;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static String report() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(1 << 16);
      int _ = (int) Functions.REPORT.invokeExact(text, (int) text.byteSize());
      return text.getString(0);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
