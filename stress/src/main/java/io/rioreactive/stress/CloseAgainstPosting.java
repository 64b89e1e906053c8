package io.rioreactive.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rioreactive.test.SimulatedKernel;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZII_Result;

/** A connection is disposed of while its pump posts. */
@JCStressTest
@Outcome(id = "true, 1, 0", expect = ACCEPTABLE, desc = "closed, and the subscriber knows")
@Outcome(expect = FORBIDDEN, desc = "not given back, or not told once, or the contract is broken")
@State
public class CloseAgainstPosting {

  private final Rig rig = new Rig(SimulatedKernel.keepingPosts());
  private final Rig.Sink sink = rig.subscribe();

  @Actor
  public void close() {
    rig.connection.dispose();
  }

  @Actor
  public void pump() {
    sink.request(4);
    rig.pump.run();
  }

  @Arbiter
  public void arbiter(ZII_Result result) {
    rig.turnIfWoken();
    result.r1 = rig.socket.isReleased();
    result.r2 = sink.ends;
    result.r3 = rig.kernel.violations().size();
    rig.close();
  }
}
