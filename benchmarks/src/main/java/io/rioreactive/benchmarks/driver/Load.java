package io.rioreactive.benchmarks.driver;

import io.rioreactive.benchmarks.report.Sample;
import java.io.IOException;

/** What contenders are put under, one at a time. */
interface Load {

  /** Makes it ready for one contender. */
  Driven on(Running contender) throws IOException;

  /** A load that is ready. */
  interface Driven extends AutoCloseable {

    /** Puts its contender under the load for so long. */
    Sample run(long nanos) throws IOException;

    @Override
    void close();
  }
}
