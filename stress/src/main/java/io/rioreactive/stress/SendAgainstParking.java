package io.rioreactive.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rioreactive.Datagram;
import io.rioreactive.test.SimulatedKernel;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import reactor.core.publisher.Mono;

/** A datagram that is offered while the pump goes to sleep is seen before, or wakes it. */
@JCStressTest
@Outcome(id = "1", expect = ACCEPTABLE, desc = "sent")
@Outcome(expect = FORBIDDEN, desc = "the wake-up is lost")
@State
public class SendAgainstParking {

  private final Rig rig = new Rig(SimulatedKernel.withdrawingPosts());

  @Actor
  public void send() {
    rig.connection.send(Mono.just(Datagram.to(Rig.PEER, "hello"))).subscribe();
  }

  @Actor
  public void pump() {
    rig.pump.run();
  }

  @Arbiter
  public void arbiter(I_Result result) {
    rig.turnIfWoken();
    result.r1 = rig.socket.sent().size();
    rig.close();
  }
}
