package io.rioreactive.soak;

import java.nio.file.Path;
import java.util.List;

/** How a program of this class path is started in a JVM of its own. */
final class Jvm {

  private Jvm() {}

  /**
   * The command. Heap and threads of the JVM's own are as many at the end as at the beginning, so
   * that what grows is seen.
   */
  static List<String> command(Class<?> program) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xms64m",
        "-Xmx64m",
        "-XX:+AlwaysPreTouch",
        "-XX:+UseSerialGC",
        "-XX:-UseDynamicNumberOfCompilerThreads",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Dio.rioreactive.guard=true",
        "-ea",
        "-cp",
        System.getProperty("java.class.path"),
        program.getName());
  }
}
