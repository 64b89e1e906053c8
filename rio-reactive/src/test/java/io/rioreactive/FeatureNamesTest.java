package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.Support;
import io.rioreactive.kernel.WaitMode;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The API's names for what kernels can do are the kernels' own: one is found by the other's name.
 */
class FeatureNamesTest {

  private static Stream<String> names(Enum<?>[] values) {
    return Stream.of(values).map(Enum::name);
  }

  @Test
  void capabilitiesAreFeatures() {
    assertThat(names(RioSupport.Capability.values()))
        .containsExactlyElementsOf(list(Feature.values()));
  }

  @Test
  void answersAreSupports() {
    assertThat(names(RioSupport.Answer.values())).containsExactlyElementsOf(list(Support.values()));
  }

  @Test
  void notificationsAreWaitModes() {
    assertThat(names(Notification.values())).containsExactlyElementsOf(list(WaitMode.values()));
  }

  private static Iterable<String> list(Enum<?>[] values) {
    return names(values).toList();
  }
}
