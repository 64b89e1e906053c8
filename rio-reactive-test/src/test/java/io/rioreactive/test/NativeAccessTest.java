package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Native access for one module by its name, and for nobody. On the class path there are no modules
 * to name: there it is for all of it or for none.
 */
@EnabledOnOs(OS.LINUX)
@Tag("endurance")
class NativeAccessTest {

  private static final String DENY = "--illegal-native-access=deny";
  private static final String ONE_MODULE = "--enable-native-access=io.rioreactive";

  private List<String> run(List<String> options, String... args) throws Exception {
    List<String> command = OtherJvm.moduleCommand(options, ConfinedProgram.class, args);
    return ProcessRun.of(command).lines();
  }

  @Test
  void theLibrarysModuleAloneIsEnough() throws Exception {
    assertThat(run(List.of(DENY, ONE_MODULE), "echo:linux-mmsg"))
        .contains("echo:linux-mmsg: echoed by linux-mmsg");
  }

  @Test
  void withoutItTheProviderSaysWhichOptionIsMissingAndAutoTakesTheOneThatNeedsNone()
      throws Exception {
    assertThat(run(List.of(DENY), "echo:linux-mmsg", "echo:auto"))
        .contains("echo:auto: echoed by nio")
        .anyMatch(
            line ->
                line.startsWith("echo:linux-mmsg: refused: provider linux-mmsg does not work here")
                    && line.contains("--enable-native-access=io.rioreactive"));
  }
}
