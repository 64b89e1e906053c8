package io.rioreactive.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rioreactive.test.SimulatedKernel;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Demand comes while a datagram uses some of it up. */
@JCStressTest
@Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "one of three is used, two are posted")
@Outcome(expect = FORBIDDEN, desc = "demand is lost, or there is more than was asked for")
@State
public class DemandAgainstCompletion {

  private final Rig rig = new Rig(SimulatedKernel.withdrawingPosts());
  private final Rig.Sink sink = rig.subscribe();

  public DemandAgainstCompletion() {
    sink.request(1);
    rig.pump.run();
  }

  @Actor
  public void demand() {
    sink.request(1);
    sink.request(1);
  }

  @Actor
  public void completion() {
    rig.arrive();
    rig.pump.run();
  }

  @Arbiter
  public void arbiter(II_Result result) {
    rig.turnIfWoken();
    rig.pump.run(); // demand that is too little to wake for is posted in the next turn
    result.r1 = sink.taken;
    result.r2 = rig.socket.committed().size();
    rig.close();
  }
}
