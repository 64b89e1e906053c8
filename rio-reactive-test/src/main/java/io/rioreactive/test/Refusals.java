package io.rioreactive.test;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.RequestQueue;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a simulated socket is to refuse, by the call that is refused, and what its error codes mean.
 *
 * <p>Guarded by the kernel's lock.
 */
final class Refusals {

  private record Meaning(KernelException.Kind kind, String advice) {}

  private static final Meaning UNKNOWN =
      new Meaning(KernelException.Kind.OTHER, "the test asked for this failure");

  private final Map<Integer, Meaning> meanings = new HashMap<>();
  private final Deque<Integer> receives = new ArrayDeque<>(0);
  private final Deque<Integer> sends = new ArrayDeque<>(0);
  private final Deque<Integer> connects = new ArrayDeque<>(0);

  Deque<Integer> receives() {
    return receives;
  }

  Deque<Integer> sends() {
    return sends;
  }

  Deque<Integer> connects() {
    return connects;
  }

  /** The code of the next refusal, which is then used up; {@link RequestQueue#ACCEPTED} if none. */
  static int next(Deque<Integer> refusals) {
    @Nullable Integer code = refusals.isEmpty() ? null : refusals.remove();
    return code == null ? RequestQueue.ACCEPTED : code;
  }

  /** Gives a code that a test has made up its meaning. */
  int remember(KernelException.Kind kind, int code) {
    return remember(kind, code, UNKNOWN.advice());
  }

  int remember(KernelException.Kind kind, int code, String advice) {
    if (code == RequestQueue.ACCEPTED) {
      throw new IllegalArgumentException("code 0 means that nothing failed");
    }
    meanings.put(code, new Meaning(kind, advice));
    return code;
  }

  KernelException error(String operation, int code) {
    Meaning meaning = meanings.getOrDefault(code, UNKNOWN);
    return new KernelException(
        meaning.kind(), operation, "SIMULATED_" + meaning.kind(), code, meaning.advice());
  }
}
