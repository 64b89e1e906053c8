package io.rioreactive.test.fuzz;

import java.util.ArrayDeque;
import java.util.Deque;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/** A scheduler whose tasks run when the program says so: another thread that is very slow. */
final class StepScheduler implements Scheduler {

  private final Deque<Runnable> tasks = new ArrayDeque<>();

  @Override
  public Disposable schedule(Runnable task) {
    Disposable cancelled = Disposables.single();
    tasks.add(
        () -> {
          if (!cancelled.isDisposed()) {
            task.run();
          }
        });
    return cancelled;
  }

  /** Runs what is there; answers how many tasks that were. */
  int run() {
    int count = tasks.size();
    for (int i = 0; i < count; i++) {
      tasks.remove().run();
    }
    return count;
  }

  @Override
  public Worker createWorker() {
    return new Worker() {
      @Override
      public Disposable schedule(Runnable task) {
        return StepScheduler.this.schedule(task);
      }

      @Override
      public void dispose() {}
    };
  }

  @Override
  public void dispose() {}
}
