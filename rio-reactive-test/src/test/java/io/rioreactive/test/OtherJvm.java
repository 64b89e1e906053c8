package io.rioreactive.test;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program among the tests' own classes, in a JVM of its own. */
public final class OtherJvm {

  private static final String ALL_UNNAMED = "--enable-native-access=ALL-UNNAMED";

  /** Names what stands in for Winsock, if something does. */
  private static final String WINSOCK = "io.rioreactive.winsock";

  private OtherJvm() {}

  /**
   * The command that starts it on the class path, as most users do.
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
    List<String> all = new ArrayList<>(List.of(ALL_UNNAMED));
    all.addAll(options);
    List<String> classPath = new ArrayList<>(List.of(ReadmeTest.classPath()));
    classPath.add(ReadmeTest.placeOf(program.getName()));
    more.forEach(type -> classPath.add(ReadmeTest.placeOf(type)));
    return command(all, String.join(File.pathSeparator, classPath), program, args);
  }

  /**
   * The command that starts it where the library is a module. The program itself is on the class
   * path.
   *
   * @param options for the JVM, which gives no native access without
   */
  static List<String> moduleCommand(List<String> options, Class<?> program, String... args) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("--module-path", ReadmeTest.classPath()));
    all.addAll(List.of("--add-modules", "io.rioreactive"));
    return command(all, ReadmeTest.placeOf(program.getName()), program, args);
  }

  private static List<String> command(
      List<String> options, String classPath, Class<?> program, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--sun-misc-unsafe-memory-access=allow");
    if (System.getProperty(WINSOCK) != null) {
      command.add("-D" + WINSOCK + "=" + System.getProperty(WINSOCK));
    }
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, program.getName()));
    command.addAll(List.of(args));
    return command;
  }
}
