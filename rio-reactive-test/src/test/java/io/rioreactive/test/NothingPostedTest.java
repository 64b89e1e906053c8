package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("With nothing posted, datagrams wait in the socket and then are dropped by the kernel")
class NothingPostedTest {

  @Test
  @DisplayName("counted where the kernel tells, beside the law")
  void counted() {
    try (Rig rig = Rig.over(SimulatedKernel.withdrawingPosts())) {
      rig.socket().receiveBuffer(2);

      rig.receive(5);

      assertThat(rig.stats().kernelDrops()).hasValue(3);
      assertThat(rig.stats().received()).isZero();
      assertThat(rig.stats().droppedTotal()).isZero();
    }
  }

  @Test
  @DisplayName("no drop is 0 where the kernel tells")
  void none() {
    try (Rig rig = Rig.over(SimulatedKernel.withdrawingPosts())) {
      assertThat(rig.stats().kernelDrops()).hasValue(0);
    }
  }

  @Test
  @DisplayName("empty, never 0, where the kernel does not tell")
  void unknown() {
    try (Rig rig = Rig.over(SimulatedKernel.keepingPosts())) {
      rig.socket().receiveBuffer(2);

      rig.receive(5);

      assertThat(rig.stats().kernelDrops()).isEmpty();
    }
  }

  @Test
  @DisplayName("the last count stays when the connection has closed")
  void afterClose() {
    try (Rig rig = Rig.over(SimulatedKernel.withdrawingPosts())) {
      rig.socket().receiveBuffer(0);
      rig.receive(4);

      rig.connection().dispose();
      rig.run();

      assertThat(rig.stats().kernelDrops()).hasValue(4);
    }
  }
}
