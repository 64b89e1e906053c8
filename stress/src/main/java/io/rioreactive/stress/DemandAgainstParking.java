package io.rioreactive.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rioreactive.test.SimulatedKernel;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Demand that comes while the pump goes to sleep is seen before, or wakes it. */
@JCStressTest
@Outcome(id = "1", expect = ACCEPTABLE, desc = "posted")
@Outcome(expect = FORBIDDEN, desc = "the wake-up is lost")
@State
public class DemandAgainstParking {

  private final Rig rig = new Rig(SimulatedKernel.withdrawingPosts());
  private final Rig.Sink sink = rig.subscribe();

  public DemandAgainstParking() {
    rig.park(); // the subscription has woken it
  }

  @Actor
  public void demand() {
    sink.request(1);
  }

  @Actor
  public void pump() {
    rig.pump.run();
  }

  @Arbiter
  public void arbiter(I_Result result) {
    rig.turnIfWoken();
    result.r1 = rig.socket.committed().size();
    rig.close();
  }
}
