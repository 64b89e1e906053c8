package io.rioreactive.test.guide;

import static io.rioreactive.test.RioAssertions.assertThat;

import io.rioreactive.RioConnection;
import io.rioreactive.test.RioTest;
import io.rioreactive.test.Server;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

@RioTest
class RequestPostsReceivesTest {

  @Test
  void requestFivePostsFiveReceives(@Server RioConnection server) {
    StepVerifier.create(server.receive(), 0)
        .thenRequest(5)
        .then(() -> assertThat(server).eventually().hasPosted(5).hasUnmetDemand(5))
        .thenCancel()
        .verify();
  }
}
