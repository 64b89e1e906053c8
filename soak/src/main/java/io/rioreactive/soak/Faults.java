package io.rioreactive.soak;

import java.util.List;

/** All kinds of faults. */
final class Faults {

  /** On loopback, which the whole machine shares. */
  private static final List<Fault> HERE =
      List.of(
          new Overflow(),
          new Subscribers(Mood.PAUSES),
          new Subscribers(Mood.CANCELS),
          new Subscribers(Mood.THROWS),
          new Subscribers(Mood.BLOCKS),
          new BindsAndCloses(),
          new StoppedProcess(),
          new DeadPeer(),
          new NoDescriptors(),
          new NoMemory(),
          new FailingCalls(),
          new ClockJumps(),
          new OwnNetwork(),
          new DoubleFaults());

  /** In a network that the run has made for itself: see {@link OwnNetwork}. */
  private static final List<Fault> IN_OWN_NETWORK =
      List.of(new VanishingInterface(), new RefusingRoutes());

  private Faults() {}

  static List<Fault> of(Options options) {
    return options.host().equals(OwnNetwork.HOST) ? IN_OWN_NETWORK : HERE;
  }
}
