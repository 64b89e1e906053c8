package io.rioreactive.benchmarks.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.benchmarks.driver.Selection.Refused;
import io.rioreactive.benchmarks.load.Cores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SelectionTest {

  private static final List<String> ALL = List.of("receive-64", "receive-1200", "echo-1");

  @Test
  void beginningsOfNamesAreEnough() {
    assertThat(named("receive")).containsExactly("receive-64", "receive-1200");
    assertThat(named("echo-1", "receive-64")).containsExactly("receive-64", "echo-1");
  }

  @Test
  void anUnknownNameIsRefusedWithThoseThatThereAre() {
    assertThatThrownBy(() -> named("receive-64", "ecko"))
        .isInstanceOf(Refused.class)
        .hasMessage(
            "--workload: none has the name \"ecko\" or begins with it; there are receive-64,"
                + " receive-1200, echo-1");
    assertThatThrownBy(() -> named("")).isInstanceOf(Refused.class);
  }

  private static List<String> named(String... asked) {
    return Selection.named("--workload", List.of(asked), ALL, Function.identity());
  }

  @Test
  void thereIsNoRunOfNothing() {
    assertThat(Selection.positive("--rounds", 1)).isEqualTo(1);
    assertThatThrownBy(() -> Selection.positive("--rounds", 0))
        .hasMessage("--rounds: 0 is too few; 1 or more");
    assertThatThrownBy(() -> Selection.positive("--rounds", -1)).isInstanceOf(Refused.class);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void coresAreTwoOfThoseThatThereAre() throws Exception {
    List<Integer> allowed = Cores.allowed();
    int first = allowed.getFirst();

    assertThat(Selection.cores("--cores", List.of())).isEqualTo(Cores.choose());
    for (List<Integer> wrong :
        List.of(List.of(first), List.of(first, first), List.of(first, 8_000), List.of(-1, first))) {
      assertThatThrownBy(() -> Selection.cores("--cores", wrong))
          .isInstanceOf(Refused.class)
          .hasMessageStartingWith("--cores: " + wrong.getFirst())
          .hasMessageContaining(allowed.toString());
    }
    if (allowed.size() > 1) {
      assertThat(Selection.cores("--cores", List.of(allowed.getLast(), first)))
          .isEqualTo(new Cores(allowed.getLast(), first));
    }
  }

  @Test
  void aFolderIsMadeUnlessItCannotBe(@TempDir Path folder) throws Exception {
    Path made = Selection.writable("--out", folder.resolve("a/b"));
    assertThat(made).isEmptyDirectory();

    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> Selection.writable("--out", file))
        .isInstanceOf(Refused.class)
        .hasMessageStartingWith("--out: cannot write to \"" + file + "\"");
  }
}
