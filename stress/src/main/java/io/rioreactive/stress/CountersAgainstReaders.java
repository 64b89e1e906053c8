package io.rioreactive.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rioreactive.DropReason;
import io.rioreactive.RioStats;
import io.rioreactive.test.SimulatedKernel;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** Statistics that are read while the pump counts only grow, and miss nothing in the end. */
@JCStressTest
@Outcome(id = "true, 2", expect = ACCEPTABLE, desc = "never backwards, and exact in the end")
@Outcome(expect = FORBIDDEN, desc = "a counter went back, or one was lost")
@State
public class CountersAgainstReaders {

  private final Rig rig = new Rig(SimulatedKernel.withdrawingPosts());
  private final Rig.Sink sink = rig.subscribe();

  public CountersAgainstReaders() {
    sink.request(4);
    rig.pump.run();
  }

  @Actor
  public void pump() {
    rig.arriveTooLong();
    rig.pump.run();
    rig.arriveTooLong();
    rig.pump.run();
  }

  @Actor
  public void read(ZI_Result result) {
    RioStats first = rig.connection.stats();
    RioStats second = rig.connection.stats();
    result.r1 =
        first.received() <= second.received() && first.droppedTotal() <= second.droppedTotal();
  }

  @Arbiter
  public void arbiter(ZI_Result result) {
    rig.pump.run();
    result.r2 = (int) rig.connection.stats().count(DropReason.TRUNCATED);
    rig.close();
  }
}
