package io.rioreactive.test;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * What the JVM counts for each thread. By name, since the module under test has no need of {@code
 * java.management} and {@code jdk.management}, and does not read them.
 */
public final class ThreadCounters {

  private static final String BEAN = "com.sun.management.ThreadMXBean";

  private final Object bean;
  private final MethodHandle allocatedBytes;
  private final MethodHandle cpuNanos;

  /** Of all threads. */
  public ThreadCounters() throws ReflectiveOperationException {
    bean =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    allocatedBytes = counter("getThreadAllocatedBytes");
    cpuNanos = counter("getThreadCpuTime");
  }

  private static MethodHandle counter(String name) throws ReflectiveOperationException {
    return MethodHandles.publicLookup()
        .findVirtual(Class.forName(BEAN), name, MethodType.methodType(long.class, long.class));
  }

  /** How many bytes of heap a thread has allocated so far. */
  public long allocatedBytes(Thread thread) {
    return valueOf(allocatedBytes, thread);
  }

  /** How long a thread has run so far, in nanoseconds of CPU. */
  public long cpuNanos(Thread thread) {
    return valueOf(cpuNanos, thread);
  }

  private long valueOf(MethodHandle counter, Thread thread) {
    try {
      return (long) counter.invoke(bean, thread.threadId());
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
