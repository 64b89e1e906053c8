package io.rioreactive.soak;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/**
 * Lets other processes of this user trace this one, where the system allows it to parents alone
 * (Yama's {@code ptrace_scope} 1): strace is no parent of the server.
 */
final class Tracing {

  private static final int PR_SET_PTRACER = 0x5961_6D61;
  private static final long PR_SET_PTRACER_ANY = -1;

  private Tracing() {}

  /** Asks for it. Where Yama is not, it fails and is not needed. */
  @SuppressWarnings("restricted")
  static int allow() {
    Linker linker = Linker.nativeLinker();
    MethodHandle prctl =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("prctl"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    try {
      return (int) prctl.invokeExact(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0L, 0L, 0L);
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
