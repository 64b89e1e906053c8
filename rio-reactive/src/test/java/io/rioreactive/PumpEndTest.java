package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.hook.PumpDriver;
import io.rioreactive.hook.PumpTurns;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * When onDispose speaks. A program may end upon it, so what the connection brought along is given
 * back before.
 */
class PumpEndTest {

  private static final InetSocketAddress ANYWHERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 5_050);
  private static final int SOCKET_CLOSED = 1;
  private static final int SOCKET_AND_QUEUE_CLOSED = 2;

  private final StubKernel kernel = new StubKernel();
  private int closesWhenTold;
  private int closesWhenUnbound;

  private static final class TurnedByTest implements PumpDriver {
    @Override
    public void start(PumpTurns turns) {}

    @Override
    public void wake() {}
  }

  private Pump pump(boolean endsWhenUnused) {
    return new Pump(kernel, WaitMode.COMPLETION_PORT, new TurnedByTest(), endsWhenUnused);
  }

  private UdpConnection bindOn(Pump pump) {
    UdpOptions options =
        new UdpOptions()
            .with(
                it -> {
                  it.receiveSlots = it.sendSlots = 1;
                  it.onUnbound = connection -> closesWhenUnbound = kernel.closes();
                });
    assertThat(pump.reserve()).isTrue();
    pump.later(
        () -> {
          try {
            pump.onBind(options.socketConfig(ANYWHERE), options, null);
          } catch (IOException impossible) {
            throw new AssertionError(impossible);
          }
        });
    turn(pump);
    UdpConnection connection = pump.connections().getFirst();
    connection
        .onDispose()
        .onErrorComplete()
        .subscribe(null, null, () -> closesWhenTold = kernel.closes());
    return connection;
  }

  private static void turn(Pump pump) {
    while (pump.turn()) {}
  }

  @Test
  void whoeverHearsOfTheEndFindsThePumpOfTheConnectionClosedToo() {
    Pump own = pump(true);

    bindOn(own).dispose();
    turn(own);

    assertThat(closesWhenTold).isEqualTo(SOCKET_AND_QUEUE_CLOSED);
    assertThat(closesWhenUnbound).isEqualTo(SOCKET_AND_QUEUE_CLOSED);
    assertThat(own.isEnded()).isTrue();
  }

  @Test
  void aSharedPumpOutlivesTheConnection() {
    Pump shared = pump(false);

    bindOn(shared).dispose();
    turn(shared);

    assertThat(closesWhenTold).isEqualTo(SOCKET_CLOSED);
    assertThat(shared.isEnded()).isFalse();
  }

  @Test
  void aPumpThatManyUseEndsWithTheLastOfThem() {
    Pump pump = pump(true);
    assertThat(pump.reserve()).isTrue();
    UdpConnection first = bindOn(pump);

    first.dispose();
    turn(pump);
    assertThat(closesWhenTold).isEqualTo(SOCKET_CLOSED);
    assertThat(pump.isUsable()).isTrue();

    pump.later(pump::onUnreserved); // the second one was never bound
    turn(pump);
    assertThat(pump.isEnded()).isTrue();
    assertThat(pump.reserve()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSocketThatFailedIsToldToo(boolean endsWhenUnused) {
    Pump pump = pump(endsWhenUnused);
    UdpConnection connection = bindOn(pump);

    pump.later(() -> connection.onSocketFailed(new IOException("planned by the test")));
    turn(pump);

    assertThat(closesWhenTold).isEqualTo(endsWhenUnused ? SOCKET_AND_QUEUE_CLOSED : SOCKET_CLOSED);
  }
}
