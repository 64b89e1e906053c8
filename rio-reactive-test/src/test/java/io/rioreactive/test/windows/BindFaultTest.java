package io.rioreactive.test.windows;

import static io.rioreactive.test.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rioreactive.Notification;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.LoopbackPeer;
import java.io.IOException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A bind that Windows refuses at some step fails by name, and undoes the steps before it. */
@OnRioDouble
class BindFaultTest {

  @RegisterExtension final RioRig rig = new RioRig();

  private RioUdpServer server() {
    return rig.server(Notification.COMPLETION_PORT).receiveSlots(8).sendSlots(8).datagramSize(512);
  }

  /** The message, once it is sure that nothing stayed behind and that the next bind succeeds. */
  private AbstractThrowableAssert<?, ? extends Throwable> assertBindFails(RioUdpServer server) {
    long objects = RioRig.liveObjects();
    Throwable failure = catchThrowable(server::bindNow);
    assertThat(failure).hasCauseInstanceOf(IOException.class);
    eventually(
        () ->
            assertThat(RioRig.liveObjects())
                .as("undone but for: %s", RioDouble.report())
                .isEqualTo(objects));
    RioConnection next =
        rig.bind(server.handle((in, out) -> out.send(in.receive()))); // the fault has passed
    assertThat(rig.peer().ask("hello", next.localAddress())).isEqualTo("hello");
    return assertThat(failure.getCause());
  }

  @ParameterizedTest
  @CsvSource({
    "0, registration 1 of 1 for receive slots",
    "1, registration 1 of 8 for send slots",
    "4, registration 4 of 8 for send slots",
    "8, registration 8 of 8 for send slots"
  })
  void aRegistrationThatFailsSaysWhichOneOfHowManyAndHowManyBytes(int after, String which) {
    RioDouble.control("fault register 10055 after " + after + " times 1");

    assertBindFails(server())
        .hasMessageContaining("RIORegisterBuffer of " + (after == 0 ? 8 * 576 : 4_096) + " bytes")
        .hasMessageContaining(which)
        .hasMessageContaining("WSAENOBUFS (10055)");
  }

  @ParameterizedTest
  @CsvSource({"10045, WSAEOPNOTSUPP", "10022, WSAEINVAL"})
  void aRefusedRequestQueueNamesTheFlagAndWhoElseMayRefuse(int code, String symbol) {
    RioDouble.control("fault create-rq " + code + " times 1");

    assertBindFails(server())
        .hasMessageContaining("RIOCreateRequestQueue")
        .hasMessageContaining(symbol + " (" + code + ")")
        .hasMessageContaining("WSA_FLAG_REGISTERED_IO")
        .hasMessageContaining("layered")
        .hasMessageContaining("antivirus");
  }

  @Test
  void aRequestQueueForWhichThereIsNoMemorySaysSo() {
    RioDouble.control("fault create-rq 10055 times 1");

    assertBindFails(server())
        .hasMessageContaining("RIOCreateRequestQueue")
        .hasMessageContaining("WSAENOBUFS (10055)")
        .message()
        .doesNotContain("antivirus");
  }

  @ParameterizedTest
  @CsvSource({"10055, WSAENOBUFS", "10022, WSAEINVAL"})
  void aRefusedCompletionQueueFailsByName(int code, String symbol) {
    RioDouble.control("fault create-cq " + code + " times 1");

    assertBindFails(server())
        .hasMessageContaining("RIOCreateCompletionQueue")
        .hasMessageContaining(symbol + " (" + code + ")");
  }

  @ParameterizedTest
  @CsvSource({"10024, WSAEMFILE", "10045, WSAEOPNOTSUPP"})
  void aRefusedSocketFailsByName(int code, String symbol) {
    RioDouble.control("fault socket " + code + " times 1");

    assertBindFails(server())
        .hasMessageContaining("WSASocketW")
        .hasMessageContaining(symbol + " (" + code + ")");
  }

  @Test
  void aQueueThatCannotGrowFailsTheNewSocketAloneAndTheOthersGoOn() {
    PumpGroup pumps = rig.pumps(Notification.COMPLETION_PORT);
    RioConnection first = rig.echo(rig.server(pumps));
    RioDouble.control("fault resize-cq 10055 times 1");

    assertBindFails(rig.server(pumps).receiveSlots(4_000))
        .hasMessageContaining("RIOResizeCompletionQueue")
        .hasMessageContaining("WSAENOBUFS (10055)");

    assertThat(rig.peer().ask("hello", first.localAddress())).isEqualTo("hello");
  }

  @ParameterizedTest
  @ValueSource(strings = {"register 10055 after 5", "create-rq 10045", "socket 10055"})
  void aBindThatFailsOnASharedPumpDoesNotDisturbItsOthers(String fault) {
    PumpGroup pumps = rig.pumps(Notification.COMPLETION_PORT);
    RioConnection first = rig.echo(rig.server(pumps));
    LoopbackPeer peer = rig.peer();
    assertThat(peer.ask("before", first.localAddress())).isEqualTo("before");
    RioDouble.control("fault " + fault + " times 1");

    assertBindFails(rig.server(pumps));

    assertThat(peer.ask("after", first.localAddress())).isEqualTo("after");
  }

  @Test
  void aPortThatIsTakenUndoesAllAsWell() {
    RioConnection first = rig.echo(server());
    long objects = RioRig.liveObjects();

    assertThatThrownBy(() -> server().port(first.localAddress().getPort()).bindNow())
        .hasMessageContaining("127.0.0.1:" + first.localAddress().getPort());

    eventually(() -> assertThat(RioRig.liveObjects()).isEqualTo(objects));
  }
}
