package io.rioreactive.kernel.windows;

import static io.rioreactive.kernel.KernelHarness.postReceives;
import static io.rioreactive.kernel.KernelHarness.postSend;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever fails, fails by name, takes nothing else with it, and leaves nothing behind. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class RioFaultTest {

  @BeforeEach
  @AfterEach
  void reset() {
    RioDouble.need();
    RioDouble.control("reset");
  }

  @ParameterizedTest
  @CsvSource({
    "10040, TRUNCATED, 0",
    "10052, FAILED, 10052",
    "10054, FAILED, 10054",
    "10055, FAILED, 10055",
    "995, FAILED, 995",
  })
  void aReceiveThatFailsIsOneRequestAndTheNextOneIsWhole(
      int status, CompletionStatus expected, int code) throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(2, 1, 64);
      RioDouble.control("fault receive " + status + " times 1");
      postReceives(socket, 2);
      socket.commit();
      harness.sendTo(socket, new byte[1], new byte[1]);

      List<Done> done = harness.take(2);

      assertThat(done).extracting(Done::status).containsOnlyOnce(expected, CompletionStatus.OK);
      assertThat(done)
          .filteredOn(d -> d.status() == expected)
          .extracting(Done::code)
          .containsExactly(code);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "10040, FAILED, TOO_LARGE",
    "10054, FAILED, UNREACHABLE",
    "10055, FAILED, TRANSIENT",
    "10038, SOCKET_FAILED, SOCKET_LOST"
  })
  void aSendThatFailsSaysWhy(int status, CompletionStatus expected, KernelException.Kind kind)
      throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(1, 2, 64);
      RioDouble.control("fault send " + status + " times 1");
      postSend(socket, 0, harness.peerAddress(), new byte[1]);
      socket.commit();

      Done done = harness.take(1).getFirst();

      assertThat(done.status()).isEqualTo(expected);
      assertThat(done.length()).isZero();
      assertThat(socket.error("send", done.code()).kind()).isEqualTo(kind);
    }
  }

  @Test
  void aPostThatIsRefusedLeavesTheSlotToThePump() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(2, 2, 64);
      RioDouble.control("fault post-receive 10055 times 1");
      assertThat(socket.postReceive(0)).isEqualTo(10_055);
      RioDouble.control("fault post-send 10055 times 1");
      assertThat(postSend(socket, 0, harness.peerAddress(), new byte[1])).isEqualTo(10_055);

      assertThat(socket.postReceive(0)).isZero();
      assertThat(postSend(socket, 0, harness.peerAddress(), new byte[1])).isZero();
      harness.close(socket);
    }
  }

  @Test
  void aPostThatIsPendingIsAccepted() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(2, 2, 64);
      RioDouble.control("fault post-receive 997 times 1");
      assertThat(socket.postReceive(0)).isEqualTo(RequestQueue.ACCEPTED);
      RioDouble.control("fault post-send 997 times 1");
      assertThat(postSend(socket, 0, harness.peerAddress(), new byte[1]))
          .isEqualTo(RequestQueue.ACCEPTED);

      assertThat(harness.close(socket)).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {10_045, 10_022})
  void aRefusedQueryFailsTheProbeByName(int code) {
    RioDouble.control("fault query " + code);
    assertThatThrownBy(() -> new WindowsRioKernel().probe())
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("WSAIoctl for the functions of Registered I/O failed: ")
        .hasMessageContaining("(" + code + ")");
  }

  @Test
  void aRefusedSocketFailsTheProbeByName() {
    RioDouble.control("fault socket 10022");
    assertThatThrownBy(() -> new WindowsRioKernel().probe())
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("WSASocketW")
        .hasMessageContaining("(10022)");
  }

  @ParameterizedTest
  @EnumSource(WaitMode.class)
  void aRefusedCompletionQueueLeavesNothingBehind(WaitMode waitMode) {
    long live = RioDouble.count("live");
    RioDouble.control("fault create-cq 10055");
    assertThatThrownBy(() -> new WindowsRioKernel().open(waitMode))
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("RIOCreateCompletionQueue")
        .hasMessageContaining("WSAENOBUFS (10055)");
    assertThat(RioDouble.count("live")).isEqualTo(live);
  }

  @ParameterizedTest
  @ValueSource(ints = {10_045, 10_022})
  void aRefusedRequestQueueNamesTheFlagAndTheProducts(int code) {
    long live = RioDouble.count("live");
    RioDouble.control("fault create-rq " + code);
    assertThatThrownBy(() -> new WindowsRioKernel().probe())
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("(" + code + "): the socket lacks WSA_FLAG_REGISTERED_IO")
        .hasMessageContaining("antivirus");
    assertThat(RioDouble.count("live")).isEqualTo(live);
  }

  @Test
  void aSystemThatHasHealedIsTakenAsItIs() {
    RioDouble.control("fault query 10055 times 1");
    assertThatThrownBy(() -> new WindowsRioKernel().probe()).isInstanceOf(IOException.class);
    assertThatCode(() -> new WindowsRioKernel().probe()).doesNotThrowAnyException();
  }

  @Test
  void aRegistrationThatFailsUndoesTheOnesBeforeAndSaysWhich() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      long buffers = RioDouble.count("live.buffers");
      RioDouble.control("fault register 10055 after 5 times 1");
      assertThatThrownBy(() -> harness.queue.openSocket(KernelHarness.config(16, 8, 2_048)))
          .isInstanceOf(KernelException.class)
          .hasMessageContaining("registration 5 of 8 for send slots (32768 bytes in all)")
          .hasMessageContaining("WSAENOBUFS (10055)");
      assertThat(RioDouble.count("live.buffers")).isEqualTo(buffers);

      assertThat(harness.open(16, 8, 2_048).index()).isZero();
    }
  }

  @Test
  void theFirstRegistrationFailsToo() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RioDouble.control("fault register 10014 times 1");
      assertThatThrownBy(() -> harness.queue.openSocket(KernelHarness.config(16, 8, 2_048)))
          .hasMessageContaining("registration 1 of 1 for receive slots")
          .hasMessageContaining("WSAEFAULT (10014)");
    }
  }

  @Test
  void aQueueThatCannotGrowKeepsItsSocketsAndRefusesTheNew() throws IOException {
    try (RioHarness harness = new RioHarness()) {
      RequestQueue socket = harness.open(4, 1, 64);
      RioDouble.control("fault resize-cq 10055 times 1");
      assertThatThrownBy(() -> harness.queue.openSocket(KernelHarness.config(10_000, 1, 64)))
          .hasMessageContaining("RIOResizeCompletionQueue from 2048 to ")
          .hasMessageContaining("WSAENOBUFS (10055)");

      postReceives(socket, 1);
      socket.commit();
      harness.sendTo(socket, new byte[1]);
      assertThat(harness.take(1)).hasSize(1);
      assertThat(harness.open(10_000, 1, 64).index()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = WaitMode.class,
      names = {"COMPLETION_PORT", "EVENT"})
  void aNotificationThatFailsIsAnErrorOfTheQueueAndNothingIsLeft(WaitMode waitMode)
      throws IOException {
    try (RioHarness harness = new RioHarness(waitMode)) {
      RequestQueue socket = harness.open(4, 1, 64);
      postReceives(socket, 4);
      socket.commit();
      RioDouble.control("fault notify 10022 times 1");

      assertThatThrownBy(harness.queue::await)
          .isInstanceOf(KernelException.class)
          .hasMessageContaining("RIONotify failed: WSAEINVAL (10022)");

      socket.close(); // as a pump does that has lost its queue
      harness.abandon(socket);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = WaitMode.class,
      names = {"COMPLETION_PORT", "EVENT"})
  void aQueueThatSaysItIsArmedAlreadyIsNotReliedOn(WaitMode waitMode) throws IOException {
    try (RioHarness harness = new RioHarness(waitMode)) {
      RequestQueue socket = harness.open(1, 1, 64);
      postReceives(socket, 1);
      socket.commit();
      long calls = RioDouble.count("RIONotify");
      RioDouble.control("fault notify 10037 times 1");
      harness.await("though nothing is known of who armed it"); // nothing has come to be told
      assertThat(RioDouble.count("RIONotify")).isEqualTo(calls + 1);
      harness.sendTo(socket, new byte[1]);

      assertThat(harness.take(1)).hasSize(1);
    }
  }
}
