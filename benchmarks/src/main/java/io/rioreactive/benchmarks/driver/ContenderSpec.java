package io.rioreactive.benchmarks.driver;

import io.rioreactive.benchmarks.contender.Task;
import io.rioreactive.benchmarks.report.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * How a contender is started.
 *
 * @param name for the command line
 * @param label for people
 * @param role what it is compared as
 * @param main simple name of its class in the package {@code contender}; empty for the programs in
 *     C
 * @param variant of the program in C, added to its name; empty for none
 * @param without jars whose name contains this are left out of its class path; empty for none
 * @param flags further flags for its JVM
 * @param arguments that come before those of the task
 * @param isBase whether it runs the classes of another commit
 * @param rival name of the one it is compared with besides C; empty for the best peer, and {@code
 *     -} for nobody
 */
record ContenderSpec(
    String name,
    String label,
    Role role,
    String main,
    String variant,
    String without,
    List<String> flags,
    List<String> arguments,
    boolean isBase,
    String rival) {

  static ContenderSpec java(String name, String label, Role role, String main) {
    return new ContenderSpec(name, label, role, main, "", "", List.of(), List.of(), false, "");
  }

  static ContenderSpec c(String name, String label, Role role, String variant) {
    return new ContenderSpec(name, label, role, "", variant, "", List.of(), List.of(), false, "");
  }

  ContenderSpec without(String jars) {
    return new ContenderSpec(
        name, label, role, main, variant, jars, flags, arguments, isBase, rival);
  }

  ContenderSpec flag(String flag) {
    return new ContenderSpec(
        name, label, role, main, variant, without, List.of(flag), arguments, isBase, rival);
  }

  ContenderSpec arguments(String... words) {
    return new ContenderSpec(
        name, label, role, main, variant, without, flags, List.of(words), isBase, rival);
  }

  ContenderSpec rival(String other) {
    return new ContenderSpec(
        name, label, role, main, variant, without, flags, arguments, isBase, other);
  }

  /** The same with the library of another commit. */
  ContenderSpec ofBase() {
    return new ContenderSpec(
        name + "-base",
        label + ", base",
        role,
        main,
        variant,
        without,
        flags,
        arguments,
        true,
        "-");
  }

  /** The ceiling of another mechanism. */
  ContenderSpec variant(String other) {
    return new ContenderSpec(
        name, label, role, main, other, without, flags, arguments, isBase, rival);
  }

  /** The same once more, under another role. */
  ContenderSpec as(Role other, String otherName, String otherLabel) {
    return new ContenderSpec(
        otherName, otherLabel, other, main, variant, without, flags, arguments, isBase, rival);
  }

  boolean isCeiling() {
    return role == Role.CEILING || role == Role.CEILING_AGAIN;
  }

  /** Whether its socket takes several datagrams at once, of which the kernel counts one drop. */
  boolean isCoalescing() {
    return variant.equals("-" + Workload.COALESCED) || name.endsWith(":" + Workload.COALESCED);
  }

  boolean isC() {
    return main.isEmpty();
  }

  /** The command line for a task. */
  List<String> command(Programs programs, Task task) {
    List<String> command = new ArrayList<>();
    if (isC()) {
      command.add(programs.compiled(task, variant).toString());
      command.addAll(task.arguments().subList(1, task.arguments().size()));
    } else {
      command.add(programs.java().toString());
      command.addAll(Programs.JVM_FLAGS);
      command.addAll(flags);
      command.add(
          "-Dbenchmarks.contender=" + name); // for benchmarks/profile, and for who looks at ps
      command.add("-cp");
      command.add(programs.classPath(without, isBase));
      command.add("io.rioreactive.benchmarks.contender." + main);
      command.addAll(arguments);
      command.addAll(task.arguments());
    }
    return command;
  }
}
