package io.rioreactive.soak;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** Commands to the double of Registered I/O that this JVM has been started over. */
final class RioDouble {

  private static final String LIBRARY_PROPERTY = "io.rioreactive.winsock";

  private RioDouble() {}

  /** Gives it a command: a mode or a fault. */
  @SuppressWarnings("restricted")
  static String control(String command) {
    int result;
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup library =
          SymbolLookup.libraryLookup(System.getProperty(LIBRARY_PROPERTY), Arena.global());
      MethodHandle control =
          Linker.nativeLinker()
              .downcallHandle(
                  library.findOrThrow("RioDoubleControl"),
                  FunctionDescriptor.of(JAVA_INT, ADDRESS));
      result = (int) control.invokeExact(arena.allocateFrom(command));
    } catch (Throwable thrown) {
      throw new IllegalStateException(thrown);
    }
    if (result != 0) {
      throw new IllegalArgumentException("the double does not know \"" + command + "\"");
    }
    return command;
  }
}
