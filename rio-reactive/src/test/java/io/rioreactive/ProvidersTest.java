package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProvidersTest {

  @Test
  void autoNeverChoosesWhatIsToBeAskedFor() {
    assertThat(Providers.automatic())
        .isNotEmpty()
        .isSubsetOf(Providers.names())
        .doesNotContain("linux-uring");
    assertThat(Providers.names()).contains("linux-uring");
  }
}
