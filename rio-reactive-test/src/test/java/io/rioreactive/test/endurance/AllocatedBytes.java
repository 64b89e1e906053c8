package io.rioreactive.test.endurance;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * How many bytes a thread has allocated so far. By name, since the module under test has no need of
 * {@code jdk.management}, and without it cannot be compiled against that.
 */
final class AllocatedBytes {

  private final Object bean;
  private final MethodHandle ofThread;

  AllocatedBytes() throws ReflectiveOperationException {
    bean =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    ofThread =
        MethodHandles.publicLookup()
            .findVirtual(
                Class.forName("com.sun.management.ThreadMXBean"),
                "getThreadAllocatedBytes",
                MethodType.methodType(long.class, long.class));
  }

  long of(Thread thread) {
    try {
      return (long) ofThread.invoke(bean, thread.threadId());
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
