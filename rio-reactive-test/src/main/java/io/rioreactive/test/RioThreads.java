package io.rioreactive.test;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Threads of this library that a test has started and that do not end. What another test starts at
 * the same time cannot be told apart, so then nothing is looked for.
 *
 * <p>Used by one thread; several may exist.
 */
final class RioThreads {

  private static final long PATIENCE_NANOS = 5_000_000_000L;

  /** It ends by itself, somewhat later than its network. */
  private static final String WATCH = "rio-network-watch";

  private static final AtomicInteger RUNNING = new AtomicInteger();
  private static final AtomicInteger STARTED = new AtomicInteger();

  private final Set<Thread> before = alive();
  private final boolean wasAlone = RUNNING.getAndIncrement() == 0;
  private final int number = STARTED.incrementAndGet();

  /** The names of those that are left, after some time to end; empty if there are none. */
  Set<String> leftAtEnd() {
    boolean isAlone = wasAlone && STARTED.get() == number;
    RUNNING.decrementAndGet();
    long started = System.nanoTime();
    Set<Thread> left = left();
    while (isAlone && !left.isEmpty() && System.nanoTime() - started < PATIENCE_NANOS) {
      LockSupport.parkNanos(1_000_000);
      left = left();
    }
    return isAlone ? left.stream().map(Thread::getName).collect(Collectors.toSet()) : Set.of();
  }

  private Set<Thread> left() {
    Set<Thread> now = alive();
    now.removeAll(before);
    return now;
  }

  private static Set<Thread> alive() {
    ThreadGroup root = Thread.currentThread().getThreadGroup();
    while (root.getParent() != null) {
      root = root.getParent();
    }
    Thread[] all = new Thread[root.activeCount() * 2 + 16];
    int count = root.enumerate(all);
    Set<Thread> ours = new HashSet<>();
    for (int i = 0; i < count; i++) {
      if (isOurs(all[i])) {
        ours.add(all[i]);
      }
    }
    return ours;
  }

  /** By its class, since groups may name theirs. */
  private static boolean isOurs(Thread thread) {
    return thread.getClass().getName().startsWith("io.rioreactive.")
        && !thread.getName().equals(WATCH);
  }
}
