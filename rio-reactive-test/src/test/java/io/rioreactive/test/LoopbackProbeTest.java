package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelException.Kind;
import io.rioreactive.kernel.LoopbackProbe;
import io.rioreactive.test.FaultyKernel.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whether a kernel works is told by an exception that callers expect, and nothing is left open. */
@Tag("once")
class LoopbackProbeTest {

  private final SimulatedKernel simulated = SimulatedKernel.keepingPosts();
  private final FaultyKernel kernel = new FaultyKernel(simulated);

  @AfterEach
  void nothingIsLeft() {
    assertThat(simulated.openSockets()).isZero();
  }

  @Test
  void aRefusedCommitIsARefusal() {
    KernelException refusal =
        new KernelException(Kind.OTHER, "commit", "WSAEINVAL", 10_022, "says the test");
    kernel.breaks(Call.COMMIT, new UncheckedIOException(refusal));

    assertThatThrownBy(() -> LoopbackProbe.run(kernel)).isSameAs(refusal);
  }

  @Test
  void aDatagramThatDoesNotComeBackIsARefusal() {
    assertThatThrownBy(() -> LoopbackProbe.run(kernel))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a datagram to 127.0.0.1", "did not come within 1 s")
        .hasMessageContaining(kernel.name());
  }
}
