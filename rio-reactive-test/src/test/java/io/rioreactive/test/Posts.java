package io.rioreactive.test;

/** What a kernel does with a posted receive that is no longer wanted. Contracts hold for both. */
enum Posts {
  /** It gives it back: a post is only a number. */
  WITHDRAWN {
    @Override
    SimulatedKernel kernel() {
      return SimulatedKernel.withdrawingPosts();
    }
  },
  /** It keeps it until a datagram fills it. */
  KEPT {
    @Override
    SimulatedKernel kernel() {
      return SimulatedKernel.keepingPosts();
    }
  };

  abstract SimulatedKernel kernel();

  Rig rig() {
    return Rig.over(kernel());
  }
}
