package io.rioreactive.benchmarks.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.rioreactive.benchmarks.contender.Task;
import io.rioreactive.benchmarks.report.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContendersTest {

  @TempDir private Path target;

  @BeforeEach
  void jars() throws Exception {
    Files.createDirectories(target.resolve("lib"));
    for (String jar : List.of("netty-a-1.jar", "netty-io_uring-1.jar", "rio-reactive-1.jar")) {
      Files.createFile(target.resolve("lib").resolve(jar));
    }
  }

  private Programs programs() {
    return new Programs(target, null, target);
  }

  private void compile() throws Exception {
    Path program = Files.createDirectories(target.resolve("c")).resolve("receive");
    Files.createFile(program);
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void withoutACompilerTheChannelIsTheCeiling() {
    Contenders contenders = Contenders.here(programs());

    assertThat(contenders.all())
        .filteredOn(one -> one.role() == Role.CEILING)
        .extracting(ContenderSpec::name)
        .containsExactly("channel");
    assertThat(contenders.all()).filteredOn(one -> one.role() == Role.CEILING_AGAIN).hasSize(1);
    assertThat(contenders.all()).noneMatch(ContenderSpec::isC);
    assertThat(contenders.leftOut()).anyMatch(line -> line.startsWith("C: there was no compiler"));
  }

  @Test
  void withOneItIsC() throws Exception {
    compile();
    Contenders contenders = Contenders.here(programs());

    assertThat(contenders.all())
        .filteredOn(ContenderSpec::isCeiling)
        .hasSize(2)
        .allMatch(ContenderSpec::isC);
    assertThat(contenders.all())
        .filteredOn(one -> one.name().equals("channel"))
        .extracting(ContenderSpec::role)
        .containsExactly(Role.PLAIN);
    assertThat(contenders.leftOut()).noneMatch(line -> line.startsWith("C:"));
  }

  @Test
  void namesAreUnique() {
    assertThat(Contenders.here(programs()).all())
        .extracting(ContenderSpec::name)
        .doesNotHaveDuplicates();
    assertThat(Workloads.all(programs())).extracting(Workload::name).doesNotHaveDuplicates();
  }

  @Test
  void specialOnesTakePartWhereTheyAreMeant() {
    Workload plain = workload("");
    Workload slots = workload(Workload.SLOTS);
    Workload segmented = workload("segmented");
    ContenderSpec ordinary = ContenderSpec.java("netty", "Netty", Role.PEER, "N");
    ContenderSpec special = ContenderSpec.java("rio-64:slots", "rio", Role.OURS, "R");
    ContenderSpec runs = ContenderSpec.java("netty:segmented", "Netty", Role.PEER, "S");
    ContenderSpec ceiling = ContenderSpec.c("c", "C", Role.CEILING, "");

    assertThat(List.of(ordinary, special, runs, ceiling))
        .filteredOn(plain::isFor)
        .containsExactly(ordinary, ceiling);
    assertThat(List.of(ordinary, special, runs, ceiling))
        .filteredOn(slots::isFor)
        .containsExactly(special, ceiling);
    assertThat(List.of(ordinary, special, runs, ceiling))
        .filteredOn(segmented::isFor)
        .containsExactly(ordinary, runs, ceiling);
  }

  /** They differ in nothing else. */
  @Test
  void whoHasMetersIsComparedWithTheSameWithout() throws Exception {
    compile();
    Workload metrics =
        Workloads.all(programs()).stream()
            .filter(one -> one.name().equals("metrics"))
            .findFirst()
            .orElseThrow();

    List<ContenderSpec> ours =
        Contenders.here(programs()).all().stream()
            .filter(metrics::isFor)
            .filter(one -> one.role() == Role.OURS)
            .toList();
    assumeFalse(ours.isEmpty(), "this machine has no linux-mmsg");
    assertThat(ours)
        .extracting(ContenderSpec::name)
        .containsExactly(
            "rio-mmsg-without:metrics", "rio-mmsg-again:metrics", "rio-mmsg-with:metrics");
    assertThat(ours).extracting(ContenderSpec::arguments).containsOnly(ours.getFirst().arguments());
    assertThat(ours)
        .extracting(ContenderSpec::flags)
        .containsExactly(List.of(), List.of(), List.of("-Dbenchmarks.metrics=true"));
    assertThat(ours)
        .extracting(ContenderSpec::rival)
        .containsExactly("-", "rio-mmsg-without:metrics", "rio-mmsg-without:metrics");
  }

  /** What it drops is counted by messages. */
  @Test
  void whoCoalescesIsKnown() throws Exception {
    compile();
    Workload coalesced =
        Workloads.all(programs()).stream()
            .filter(one -> one.name().equals("coalesced-64"))
            .findFirst()
            .orElseThrow();

    assertThat(Contenders.here(programs()).all())
        .filteredOn(coalesced::isFor)
        .map(spec -> spec.isC() ? spec.variant(coalesced.variant()) : spec)
        .isNotEmpty()
        .allMatch(ContenderSpec::isCoalescing);
    assertThat(ContenderSpec.c("c", "C", Role.CEILING, "").isCoalescing()).isFalse();
    assertThat(programs().compiled(coalesced.task(), coalesced.variant()))
        .isEqualTo(target.resolve("c/receive-coalesced"));
  }

  @Test
  void jarsAreLeftOutByName() {
    Programs programs = new Programs(target, target.resolve("base"), target);

    assertThat(programs.classPath("", false)).contains("io_uring").contains("rio-reactive-1.jar");
    assertThat(programs.classPath("io_uring", false))
        .doesNotContain("io_uring")
        .contains("netty-a");
    assertThat(programs.classPath("", true))
        .startsWith(target.resolve("base").toString())
        .doesNotContain("rio-reactive-1.jar");
  }

  private static Workload workload(String special) {
    Task task = new Task(Task.Kind.RECEIVE, 64, 1, 0, 0, 0);
    return new Workload("name", "title", task, Loads.flood(64)).special(special);
  }
}
