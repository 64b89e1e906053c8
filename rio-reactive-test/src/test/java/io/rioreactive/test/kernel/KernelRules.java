package io.rioreactive.test.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@link io.rioreactive.kernel.Kernel} promises. */
interface KernelRules extends OnKernel {

  @Test
  default void everyFeatureHasAnAnswer() {
    assertThat(kernel().features()).containsOnlyKeys(Feature.values());
  }

  @Test
  default void itHasANameThatUsersCanWrite() {
    assertThat(kernel().name()).matches("[a-z]+(-[a-z]+)*");
  }

  @Test
  default void itWorksEachTimeItIsTriedOut() throws IOException {
    kernel().probe();
    kernel().probe();
  }

  @ParameterizedTest
  @EnumSource(WaitMode.class)
  default void datagramsAreHeardInEachWaitMode(WaitMode waitMode) throws IOException {
    try (TestPump pump = new TestPump(kernel(), waitMode);
        TestPump other = new TestPump(kernel(), waitMode)) {
      TestSocket socket = pump.open(1, 1, 64);
      TestSocket peer = other.open(1, 1, 64);
      for (int round = 0; round < 20; round++) {
        socket.post(0).commit();
        peer.send(0, socket, "round " + round).commit();

        assertThat(socket.takeReceive())
            .returns("round " + round, Done::text)
            .returns(peer.address(), Done::sender);
        assertThat(peer.takeSend()).isEqualTo(Done.sent(0, "round " + round));
      }
    }
  }

  @Test
  default void queuesKnowNothingOfEachOther() throws IOException {
    try (TestPump one = open();
        TestPump two = open()) {
      TestSocket ofOne = one.open(2, 2, 64);
      TestSocket ofTwo = two.open(2, 2, 64);
      assertThat(ofOne.index()).isZero();
      assertThat(ofTwo.index()).isZero();

      ofOne.postFirst(2).send(0, ofTwo, "to two").commit();
      ofTwo.postFirst(2).send(0, ofOne, "to one").commit();

      assertThat(ofOne.takeReceive().text()).isEqualTo("to one");
      assertThat(ofTwo.takeReceive().text()).isEqualTo("to two");
      ofTwo.end();
      ofOne.send(1, ofOne, "goes on").commit();
      assertThat(ofOne.takeReceive().text()).isEqualTo("goes on");
    }
  }
}
