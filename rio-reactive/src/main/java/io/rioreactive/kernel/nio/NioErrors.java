package io.rioreactive.kernel.nio;

import io.rioreactive.kernel.KernelException;
import java.util.EnumMap;
import java.util.Map;

/**
 * The failures of one channel as numbers, which the completions carry, and what the JDK said of
 * each kind of them last.
 *
 * <p>The queue's thread alone.
 */
final class NioErrors {

  private final Map<NioError, String> seen = new EnumMap<>(NioError.class);

  /** The number of a failure; its text is remembered. */
  int codeOf(Exception thrown) {
    NioError error = NioError.of(thrown);
    String message = thrown.getMessage();
    seen.put(error, message == null ? thrown.getClass().getSimpleName() : message);
    return error.code();
  }

  KernelException exception(String operation, int code) {
    NioError error = NioError.of(code);
    return error.exception(operation, seen.getOrDefault(error, ""));
  }
}
