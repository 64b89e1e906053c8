package io.rioreactive.test;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A thread that waits in one of Reactor's blocking calls.
 *
 * @param call what it waits in: {@code block()}, or {@code StepVerifier.verify()}
 * @param where the line of the application that called it, as far as it is known
 */
record BlockedThread(Thread thread, String call, String where) {

  private static final String OURS = "io.rioreactive.";
  private static final String BLOCK = "block()";

  /** What a thread waits in; null if in nothing of Reactor's. */
  static @Nullable BlockedThread of(Thread thread) {
    StackTraceElement[] stack = thread.getStackTrace();
    for (int i = 0; i < stack.length; i++) {
      String call = blockingCall(stack[i]);
      if (call != null) {
        return new BlockedThread(thread, call, caller(stack, i));
      }
    }
    return null;
  }

  private static @Nullable String blockingCall(StackTraceElement frame) {
    String type = frame.getClassName();
    String method = frame.getMethodName();
    if (type.startsWith("reactor.core.publisher.Blocking")
        && (method.startsWith("blockingGet") || method.equals("hasNext"))) {
      return BLOCK;
    }
    if (type.startsWith("reactor.test.subscriber.DefaultTestSubscriber")
        && method.equals("block")) {
      return "TestSubscriber.block()";
    }
    return type.startsWith("reactor.test.DefaultStepVerifierBuilder")
            && method.equals("pollTaskEventOrComplete")
        ? "StepVerifier.verify()"
        : null;
  }

  private static String caller(StackTraceElement[] stack, int blocking) {
    return Arrays.stream(stack, blocking, stack.length)
        .filter(frame -> !isLibrary(frame.getClassName()))
        .findFirst()
        .map(BlockedThread::describe)
        .orElse("an unknown place");
  }

  /** Without the module, so that it reads and links the same however the test is run. */
  private static String describe(StackTraceElement frame) {
    return "%s.%s(%s:%d)"
        .formatted(
            frame.getClassName(),
            frame.getMethodName(),
            frame.getFileName(),
            frame.getLineNumber());
  }

  /** Of Reactor, the JDK, AssertJ, or this library's own package. */
  private static boolean isLibrary(String type) {
    return type.startsWith("reactor.")
        || type.startsWith("java.")
        || type.startsWith("jdk.")
        || type.startsWith("org.assertj.")
        || (type.startsWith(OURS) && type.indexOf('.', OURS.length()) < 0);
  }

  /** Whether the wait ends by itself. Of a StepVerifier that cannot be seen: no. */
  boolean isBounded() {
    return call.equals(BLOCK) && thread.getState() == Thread.State.TIMED_WAITING;
  }

  boolean isSameWait(@Nullable BlockedThread other) {
    return other != null && other.thread == thread && other.where.equals(where);
  }
}
