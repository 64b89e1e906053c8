package io.rioreactive.samples.syslogkafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StallWatchTest {

  private final StallWatch watch = new StallWatch();

  @Test
  void saysOnceThatNothingIsAcknowledgedAndOnceThatItGoesOn() {
    assertThat(watch.onSecond(10, 5)).isNull();
    for (int second = 1; second < 5; second++) {
      assertThat(watch.onSecond(10, 5)).isNull();
    }
    assertThat(watch.onSecond(10, 5)).contains("nothing for 5 s", "--in-flight");
    assertThat(watch.onSecond(10, 500)).isNull();
    assertThat(watch.onSecond(11, 499)).isEqualTo("Kafka goes on after 6 s");
    assertThat(watch.onSecond(12, 498)).isNull();
  }

  @Test
  void saysNothingWhenNothingComes() {
    for (int second = 0; second < 20; second++) {
      assertThat(watch.onSecond(10, 0)).isNull();
    }
  }

  @Test
  void aShortPauseIsNoNews() {
    for (int second = 0; second < 20; second++) {
      assertThat(watch.onSecond(second / 3, 1)).isNull();
    }
  }
}
