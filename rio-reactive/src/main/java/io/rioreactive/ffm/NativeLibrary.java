package io.rioreactive.ffm;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;

/**
 * A loaded C library, as a source of functions.
 *
 * <p>Immutable; any thread. It never unloads: the functions live as long as the process.
 */
public final class NativeLibrary {

  private final String name;
  private final SymbolLookup symbols;

  private NativeLibrary(String name, SymbolLookup symbols) {
    this.name = name;
    this.symbols = symbols;
  }

  /** What every process has loaded: the C library. */
  public static NativeLibrary standard() {
    return new NativeLibrary("the C library", Linker.nativeLinker().defaultLookup());
  }

  /**
   * Loads a library by its file name, as the system's loader looks for it.
   *
   * @throws UnsatisfiedLinkError if there is none
   */
  @SuppressWarnings("restricted")
  public static NativeLibrary load(String fileName) {
    try {
      return new NativeLibrary(fileName, SymbolLookup.libraryLookup(fileName, Arena.global()));
    } catch (IllegalArgumentException e) {
      UnsatisfiedLinkError error = new UnsatisfiedLinkError("no library " + fileName);
      error.initCause(e);
      throw error;
    }
  }

  /** Makes something that calls C and has memory of its own. */
  @FunctionalInterface
  public interface Opener<T> {

    /** Makes it; the arena is its own if that succeeds. */
    T open(Arena arena) throws IOException;
  }

  /**
   * Makes something that needs libraries, with a confined arena of its own, which is closed if that
   * fails.
   *
   * @param name whose failure it is
   * @param needs the libraries in words
   * @throws IOException also where the libraries or native access are missing
   */
  public static <T> T open(String name, String needs, Opener<T> opener) throws IOException {
    Arena arena = Arena.ofConfined();
    boolean isOpen = false;
    try {
      T opened = opener.open(arena);
      isOpen = true;
      return opened;
    } catch (LinkageError e) {
      throw new IOException(
          name + " needs " + needs + ", and native access (" + nativeAccess() + "): " + reason(e),
          e);
    } finally {
      if (!isOpen) {
        arena.close();
      }
    }
  }

  /** The option that gives it, where this library is a module and where it is none. */
  private static String nativeAccess() {
    Module module = NativeLibrary.class.getModule();
    return "--enable-native-access=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
  }

  /** Why a class that calls native code could not be used; also at the second try to use it. */
  public static String reason(LinkageError error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  /**
   * A function that returns something.
   *
   * @throws UnsatisfiedLinkError if the library has no such symbol
   */
  public NativeFunction function(String symbol, MemoryLayout result, MemoryLayout... arguments) {
    return function(symbol, FunctionDescriptor.of(result, arguments));
  }

  /**
   * A variadic function, for calls of one shape.
   *
   * @param fixed how many of the arguments stand before the ellipsis
   * @throws UnsatisfiedLinkError if the library has no such symbol
   */
  public NativeFunction variadic(
      String symbol, int fixed, MemoryLayout result, MemoryLayout... arguments) {
    return function(
        symbol, FunctionDescriptor.of(result, arguments), Linker.Option.firstVariadicArg(fixed));
  }

  private NativeFunction function(
      String symbol, FunctionDescriptor descriptor, Linker.Option... options) {
    return new NativeFunction(
        symbols
            .find(symbol)
            .orElseThrow(() -> new UnsatisfiedLinkError(name + " has no symbol " + symbol)),
        descriptor,
        options);
  }
}
