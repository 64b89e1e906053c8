package io.rioreactive.ffm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.ffm.CapturedError.Source;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Handles to which the place of the error is bound, and the function's address too or not. */
@EnabledOnOs(OS.LINUX)
class CapturedErrorTest {

  private static final int EBADF = 9;
  private static final int NO_DESCRIPTOR = -1;

  private static final NativeFunction CLOSE =
      NativeLibrary.standard().function("close", JAVA_INT, JAVA_INT);

  @Test
  void aBoundHandleLeavesTheErrorWhereItIsTold() throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      CapturedError error = new CapturedError(Source.ERRNO, arena);
      CapturedError other = new CapturedError(Source.ERRNO, arena);
      MethodHandle close = CLOSE.capturing(error);

      assertThat((int) close.invokeExact(NO_DESCRIPTOR)).isEqualTo(-1);

      assertThat(error.code()).isEqualTo(EBADF);
      assertThat(other.code()).isZero();
    }
  }

  @Test
  void aHandleBoundToAnAddressToo() throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      CapturedError error = new CapturedError(Source.ERRNO, arena);
      MethodHandle close =
          FunctionType.of(JAVA_INT, JAVA_INT)
              .capturing(Linker.nativeLinker().defaultLookup().find("close").orElseThrow(), error);

      assertThat((int) close.invokeExact(NO_DESCRIPTOR)).isEqualTo(-1);

      assertThat(error.code()).isEqualTo(EBADF);
    }
  }
}
