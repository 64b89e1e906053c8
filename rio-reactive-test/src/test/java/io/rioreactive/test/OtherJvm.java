package io.rioreactive.test;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program among the tests' own classes, in a JVM of its own. */
final class OtherJvm {

  private OtherJvm() {}

  /**
   * The command that starts it.
   *
   * @param options for the JVM
   */
  static List<String> command(List<String> options, Class<?> program, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(options);
    command.add("-cp");
    command.add(
        ReadmeTest.classPath() + File.pathSeparator + ReadmeTest.placeOf(program.getName()));
    command.add(program.getName());
    command.addAll(List.of(args));
    return command;
  }
}
