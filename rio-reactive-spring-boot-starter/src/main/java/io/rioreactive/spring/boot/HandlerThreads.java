package io.rioreactive.spring.boot;

import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Where handler methods run that may block: Reactor's elastic threads, or a virtual thread for each
 * call where the application has virtual threads on. How many run at once is the server's concern.
 */
final class HandlerThreads implements DisposableBean {

  /** Null for the elastic threads. */
  private final @Nullable Scheduler virtual;

  HandlerThreads(Environment environment) {
    virtual =
        Threading.VIRTUAL.isActive(environment)
            ? Schedulers.fromExecutorService(
                Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("rio-handler-", 1).factory()),
                "rio-handler")
            : null;
  }

  /**
   * Calls on such a thread. To cancel is to interrupt it, and then nobody hears how the call ends:
   * {@code subscribeOn} would have it logged as a dropped error.
   *
   * @return a cold Mono of the result; empty for null
   */
  <T> Mono<T> call(Callable<? extends @Nullable T> call) {
    return Mono.create(sink -> sink.onCancel(scheduler().schedule(() -> run(call, sink))));
  }

  private static <T> void run(Callable<? extends @Nullable T> call, MonoSink<T> sink) {
    try {
      sink.success(call.call());
    } catch (Throwable failure) {
      sink.error(failure);
    }
  }

  /** Looked up at each call, so that Reactor's virtual time works. */
  private Scheduler scheduler() {
    return virtual == null ? Schedulers.boundedElastic() : virtual;
  }

  @Override
  public void destroy() {
    if (virtual != null) {
      virtual.dispose();
    }
  }
}
