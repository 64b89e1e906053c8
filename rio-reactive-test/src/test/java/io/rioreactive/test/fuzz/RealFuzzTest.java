package io.rioreactive.test.fuzz;

import static org.junit.jupiter.api.Assertions.fail;

import io.rioreactive.test.Needs;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random calls on the machine's own sockets, where the system tells what it has dropped. {@code
 * -Dfuzz.real.seeds=N} runs more of them, {@code -Dfuzz.real.first=N} begins elsewhere.
 */
@DisplayName("Whatever is called on real sockets, the law holds")
@EnabledOnOs(OS.LINUX)
class RealFuzzTest {

  private static final int SEEDS = 40;

  @ParameterizedTest
  @ValueSource(strings = {"linux-mmsg", "linux-uring"})
  @Timeout(300)
  void randomCalls(String provider) {
    Needs.provider(provider);
    long first = Long.getLong("fuzz.real.first", 0);
    long seeds = Long.getLong("fuzz.real.seeds", SEEDS);
    for (long seed = first; seed < first + seeds; seed++) {
      RealFuzzRun run = new RealFuzzRun(provider, seed);
      try (run) {
        run.go();
      } catch (Throwable failure) {
        fail("%s, -Dfuzz.real.first=%d: %s".formatted(provider, seed, run), failure);
      }
    }
  }
}
