package io.rioreactive.test.windows;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.windows.RioRig.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.Notification;
import io.rioreactive.RioConnection;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What the well-known echo server asks of Registered I/O, all of it under way at once. */
@OnRioDouble
class ManyInFlightTest {

  private static final int RECEIVES = 100_000;
  private static final int SENDS = 10_000;

  /** A send requests at most so many ahead, so it takes several to fill all slots. */
  private static final int WINDOW = 250;

  @RegisterExtension final RioRig rig = new RioRig();

  @Test
  void aHundredThousandReceivesAndTenThousandSendsAtOnce() {
    RioConnection connection =
        rig.bind(
            rig.server(Notification.COMPLETION_PORT)
                .receiveSlots(RECEIVES)
                .sendSlots(SENDS)
                .datagramSize(1_024));
    InetSocketAddress sink = rig.peer().address();
    connection.receive().subscribe();
    eventually(() -> assertThat(connection.stats().posted()).isEqualTo(RECEIVES));
    RioDouble.control("hold-sends on");

    for (int i = 0; i < SENDS / WINDOW; i++) {
      connection
          .send(Flux.range(0, WINDOW).map(number -> Datagram.to(sink, "no. " + number)))
          .subscribe();
    }

    eventually(() -> assertThat(connection.stats().inFlight()).isEqualTo(SENDS));
    assertThat(RioDouble.count("live.requests")).isEqualTo(RECEIVES + SENDS);
    assertThat(RioDouble.count("live.buffers")).isEqualTo(1 + SENDS);
    RioDouble.control("hold-sends off");
    eventually(() -> assertThat(connection.stats().sent()).isEqualTo(SENDS));

    connection.dispose();
    StepVerifier.create(connection.onDispose()).expectComplete().verify(LONG);
    rig.requireNothingIsLeft();
  }
}
