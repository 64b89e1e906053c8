package io.rioreactive.test;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program among the tests' own classes, in a JVM of its own. */
public final class OtherJvm {

  private OtherJvm() {}

  /**
   * The command that starts it.
   *
   * @param options for the JVM
   */
  public static List<String> command(List<String> options, Class<?> program, String... args) {
    return command(options, List.of(), program, args);
  }

  /**
   * The command that starts one that uses more than a user of the library has.
   *
   * @param more a type of each of the libraries that are added to the class path
   */
  public static List<String> command(
      List<String> options, List<String> more, Class<?> program, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(options);
    command.add("-cp");
    List<String> classPath = new ArrayList<>(List.of(ReadmeTest.classPath()));
    classPath.add(ReadmeTest.placeOf(program.getName()));
    more.forEach(type -> classPath.add(ReadmeTest.placeOf(type)));
    command.add(String.join(File.pathSeparator, classPath));
    command.add(program.getName());
    command.addAll(List.of(args));
    return command;
  }
}
