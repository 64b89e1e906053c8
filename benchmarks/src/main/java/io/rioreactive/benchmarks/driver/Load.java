package io.rioreactive.benchmarks.driver;

import io.rioreactive.benchmarks.report.Sample;
import java.io.IOException;
import java.util.function.DoubleUnaryOperator;

/** What contenders are put under, one at a time. */
interface Load {

  /** Makes it ready for one contender. */
  Driven on(Running contender) throws IOException;

  /** About how many milliseconds a run takes that is to last for so many. */
  default double millis(double asked) {
    return asked;
  }

  /** The same load, of which more is known about how long it takes. */
  default Load taking(DoubleUnaryOperator millis) {
    Load load = this;
    return new Load() {
      @Override
      public Driven on(Running contender) throws IOException {
        return load.on(contender);
      }

      @Override
      public double millis(double asked) {
        return millis.applyAsDouble(asked);
      }
    };
  }

  /** A load that is ready. */
  interface Driven extends AutoCloseable {

    /** What it cannot do as it should on this machine; empty if it can. */
    default String shortcoming() {
      return "";
    }

    /** Puts its contender under the load for so long. */
    Sample run(long nanos) throws IOException;

    @Override
    void close();
  }
}
