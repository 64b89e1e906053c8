package io.rioreactive.benchmarks.jmh;

import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.hook.PumpHook;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import reactor.core.publisher.Flux;

/**
 * A datagram from the completion batch to {@code onNext} and its slot posted again: a turn of the
 * pump without the kernel.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class EmissionBenchmark {

  /** How datagrams reach the subscriber. */
  @Param({"decoder", "value"})
  @SuppressWarnings("NullAway.Init") // by JMH
  public String path;

  /** Bytes of each. */
  @Param({"64", "1200"})
  public int size;

  private final HandTurned pump = new HandTurned();

  /** Binds and subscribes. */
  @Setup
  public void bind(Blackhole blackhole) {
    RioUdpServer.create()
        .runOn(PumpHook.newGroup(PumpGroup.class, new EndlessKernel(size), pump))
        .bind()
        .flatMapMany(this::received)
        .subscribe(blackhole::consume);
    for (int i = 0; i < 10; i++) { // bound, subscribed, posted
      pump.turn();
    }
    if (!pump.turn()) {
      throw new IllegalStateException("nothing is received");
    }
  }

  private Flux<?> received(RioConnection connection) {
    return path.equals("value")
        ? connection.receive()
        : connection.receive(view -> view.getLong(0) < 0 ? path : this);
  }

  /** A turn, for each of its datagrams. */
  @Benchmark
  @OperationsPerInvocation(EndlessKernel.BATCH)
  public boolean turn() {
    return pump.turn();
  }
}
