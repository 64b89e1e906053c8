package io.rioreactive.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rioreactive.test.SimulatedKernel;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A subscriber cancels while a datagram comes, over a kernel that gives posts back or one that
 * keeps them: it is delivered or dropped, and counted once.
 */
@JCStressTest
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "all is accounted for")
@Outcome(expect = FORBIDDEN, desc = "a datagram is lost or counted twice")
@State
public class CancelAgainstCompletion {

  private final Rig rig =
      new Rig(
          ThreadLocalRandom.current().nextBoolean()
              ? SimulatedKernel.withdrawingPosts()
              : SimulatedKernel.keepingPosts());
  private final Rig.Sink sink = rig.subscribe();

  public CancelAgainstCompletion() {
    sink.request(2);
    rig.pump.run();
  }

  @Actor
  public void cancel() {
    sink.cancel();
  }

  @Actor
  public void completion() {
    rig.arrive();
    rig.pump.run();
  }

  @Arbiter
  public void arbiter(ZZ_Result result) {
    rig.pump.run();
    long received = rig.connection.stats().received();
    result.r1 = rig.conserves() && sink.taken == rig.connection.stats().delivered();
    result.r2 = received + rig.socket.waiting() == 1;
    rig.close();
  }
}
