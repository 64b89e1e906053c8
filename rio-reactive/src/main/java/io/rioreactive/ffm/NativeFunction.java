package io.rioreactive.ffm;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * A C function, from which handles are made: one that loses the system's error and one that keeps
 * it. Both from here, so that the symbol's name is written once.
 *
 * <p>Immutable; any thread. Handles belong into {@code static final} fields: only there are they
 * constants to the compiler. {@link #capturing(CapturedError)} is the exception.
 */
public final class NativeFunction {

  private final MemorySegment symbol;
  private final FunctionDescriptor descriptor;
  private final Linker.Option[] options;

  NativeFunction(MemorySegment symbol, FunctionDescriptor descriptor, Linker.Option... options) {
    this.symbol = symbol;
    this.descriptor = descriptor;
    this.options = options;
  }

  /** A handle that takes the C arguments and captures no error: for paths where it matters. */
  @SuppressWarnings("restricted")
  public MethodHandle plain() {
    return Linker.nativeLinker().downcallHandle(symbol, descriptor, options);
  }

  /**
   * A handle whose first argument is {@link CapturedError#segment} of the same source, before the C
   * arguments.
   */
  @SuppressWarnings("restricted")
  public MethodHandle capturing(CapturedError.Source source) {
    Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
    all[options.length] = Linker.Option.captureCallState(source.stateName());
    return Linker.nativeLinker().downcallHandle(symbol, descriptor, all);
  }

  /**
   * A handle that takes the C arguments alone, for calls that come so often that they shall
   * allocate nothing. It belongs into an instance field of whoever owns the error.
   *
   * @param error where the error's code is left
   * @see CapturedError#bind
   */
  public MethodHandle capturing(CapturedError error) {
    return error.bind(capturing(error.source()));
  }

  /** What a {@code catch (Throwable)} around {@code invokeExact} throws: C throws nothing. */
  public static AssertionError unexpected(Throwable thrown) {
    return new AssertionError("a C function threw, or was called with the wrong types", thrown);
  }
}
