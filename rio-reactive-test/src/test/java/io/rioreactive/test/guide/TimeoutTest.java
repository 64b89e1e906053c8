package io.rioreactive.test.guide;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.test.Client;
import io.rioreactive.test.RioTest;
import io.rioreactive.test.Server;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@RioTest(virtualTime = true)
class TimeoutTest {

  @Test
  void aClientGivesUpAfterAMinute(@Server RioConnection silent, @Client RioConnection client) {
    StepVerifier.withVirtualTime(
            () ->
                client
                    .send(Mono.just(Datagram.of("anybody there?")))
                    .then(client.next())
                    .timeout(Duration.ofMinutes(1)))
        .expectSubscription()
        .expectNoEvent(Duration.ofSeconds(59))
        .thenAwait(Duration.ofSeconds(1))
        .verifyError(TimeoutException.class);
  }
}
