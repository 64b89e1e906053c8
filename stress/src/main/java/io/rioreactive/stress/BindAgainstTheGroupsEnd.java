package io.rioreactive.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rioreactive.RioUdpServer;
import io.rioreactive.test.SimulatedKernel;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A server is bound while the group is disposed of: it is bound and closed, or refused. */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "told once, and nothing is left open")
@Outcome(expect = FORBIDDEN, desc = "the bind hangs, or a socket is left")
@State
public class BindAgainstTheGroupsEnd {

  private final Rig rig = new Rig(SimulatedKernel.withdrawingPosts());
  private final AtomicInteger told = new AtomicInteger();

  @Actor
  public void bind() {
    RioUdpServer.create()
        .receiveSlots(1)
        .sendSlots(1)
        .runOn(rig.pump.group())
        .bind()
        .subscribe(bound -> told.incrementAndGet(), refused -> told.incrementAndGet());
  }

  @Actor
  public void end() {
    rig.pump.group().dispose();
    rig.pump.run();
  }

  @Arbiter
  public void arbiter(II_Result result) {
    rig.turnIfWoken();
    result.r1 = told.get();
    result.r2 = rig.kernel.openSockets();
  }
}
