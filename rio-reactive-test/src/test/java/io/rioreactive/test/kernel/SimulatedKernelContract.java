package io.rioreactive.test.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.rioreactive.kernel.KernelException.Kind;
import io.rioreactive.test.SimulatedKernel;
import org.junit.jupiter.api.AfterEach;

/** The contract on a simulated kernel whose sockets are joined. It refuses what it is told to. */
interface SimulatedKernelContract extends KernelContract {

  @Override
  SimulatedKernel kernel();

  @AfterEach
  default void nothingIsViolatedAndNothingLeft() {
    assertThat(kernel().violations()).isEmpty();
    assertThat(kernel().openSockets()).isZero();
  }

  @Override
  default void refuseNextSend(TestSocket socket) {
    kernel().socket(socket.index()).refuseNextSend(Kind.BAD_ADDRESS, 22);
  }

  @Override
  default void refuseNextConnect(TestSocket socket) {
    kernel().socket(socket.index()).refuseNextConnect(Kind.BAD_ADDRESS, 22);
  }

  @Override
  default void needOwnAddressesOnly() {
    abort("whatever a simulated socket binds to is an address");
  }
}
