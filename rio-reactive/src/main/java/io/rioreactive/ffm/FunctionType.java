package io.rioreactive.ffm;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The type of C functions that no library exports: a system hands out their addresses at run time.
 * A handle made here takes the address first, so that it can be a constant although the address is
 * none.
 *
 * <p>Immutable; any thread.
 */
public final class FunctionType {

  private final FunctionDescriptor descriptor;

  private FunctionType(FunctionDescriptor descriptor) {
    this.descriptor = descriptor;
  }

  /** A function that returns something. */
  public static FunctionType of(MemoryLayout result, MemoryLayout... arguments) {
    return new FunctionType(FunctionDescriptor.of(result, arguments));
  }

  /** A function that returns nothing. */
  public static FunctionType ofVoid(MemoryLayout... arguments) {
    return new FunctionType(FunctionDescriptor.ofVoid(arguments));
  }

  /** A handle that takes the function's address as a segment, then the C arguments. */
  @SuppressWarnings("restricted")
  public MethodHandle plain() {
    return Linker.nativeLinker().downcallHandle(descriptor);
  }

  /**
   * A handle that takes the function's address as a segment, then {@link CapturedError#segment} of
   * the same source, then the C arguments.
   */
  @SuppressWarnings("restricted")
  public MethodHandle capturing(CapturedError.Source source) {
    return Linker.nativeLinker()
        .downcallHandle(descriptor, Linker.Option.captureCallState(source.stateName()));
  }

  /**
   * A handle that takes the C arguments alone, for calls that come so often that they shall
   * allocate nothing. It belongs into an instance field of whoever owns the error.
   *
   * @param address of the function
   * @param error where the error's code is left
   * @see CapturedError#bind
   */
  public MethodHandle capturing(MemorySegment address, CapturedError error) {
    return error.bind(capturing(error.source()).bindTo(address));
  }
}
