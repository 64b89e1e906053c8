package io.rioreactive.test.windows;

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
 * How a test steers the double of Registered I/O and asks it what it has seen. The double is the
 * library that Winsock's functions come from in this JVM, see {@link #isThere}. The tests of {@code
 * rio-reactive} have one of their own: neither module's tests can see the other's.
 *
 * <p>Any thread.
 */
public final class RioDouble {

  /** The file that Winsock's functions come from, if it is not Windows's own. */
  static final String LIBRARY_PROPERTY = "io.rioreactive.winsock";

  /** More than any report has. */
  private static final int LARGEST_REPORT = 1 << 20;

  private RioDouble() {}

  /** Whether this JVM was started with a Winsock library other than the system's. */
  public static boolean isThere() {
    return System.getProperty(LIBRARY_PROPERTY) != null;
  }

  /** Its exports: looked up by whoever is the first to need them. */
  private static final class Exports {

    /** {@code int RioDoubleControl(const char *command)}. */
    private static final MethodHandle CONTROL =
        function("RioDoubleControl", FunctionDescriptor.of(JAVA_INT, ADDRESS));

    /** {@code int RioDoubleReport(char *buffer, int size)}. */
    private static final MethodHandle REPORT =
        function("RioDoubleReport", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

    /** {@code long long RioDoubleCount(const char *name)}. */
    private static final MethodHandle COUNT =
        function("RioDoubleCount", FunctionDescriptor.of(JAVA_LONG, ADDRESS));

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
      SymbolLookup library =
          SymbolLookup.libraryLookup(System.getProperty(LIBRARY_PROPERTY), Arena.global());
      return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), descriptor);
    }
  }

  /** Gives it a command: a mode or a fault. */
  public static void control(String command) {
    int result;
    try (Arena arena = Arena.ofConfined()) {
      result = (int) Exports.CONTROL.invokeExact(arena.allocateFrom(command));
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
    if (result != 0) {
      throw new IllegalArgumentException("the double does not know \"" + command + "\"");
    }
  }

  /** A counter's value since the last {@code reset}; those of {@code live} objects are absolute. */
  public static long count(String name) {
    long count;
    try (Arena arena = Arena.ofConfined()) {
      count = (long) Exports.COUNT.invokeExact(arena.allocateFrom(name));
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
    if (count < 0) {
      throw new IllegalArgumentException("the double does not count \"" + name + "\"");
    }
    return count;
  }

  /** All violations since the last {@code reset}, and the objects that live. */
  public static String report() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(LARGEST_REPORT);
      int _ = (int) Exports.REPORT.invokeExact(buffer, LARGEST_REPORT);
      return buffer.getString(0);
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }
}
