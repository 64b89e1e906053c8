package io.rioreactive.benchmarks.driver;

import io.rioreactive.benchmarks.contender.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the programs are that {@code benchmarks/run} has built.
 *
 * @param target of this module
 * @param base compiled classes of the library at another commit; null if none is compared
 * @param errors folder for what contenders write to their standard error
 */
record Programs(Path target, @Nullable Path base, Path errors) {

  /**
   * The same for all contenders in Java. The heap is touched at the start, or the first use of each
   * page of it would be measured; IPv4, as the sockets in C; Netty's Unsafe is allowed since it is
   * faster with it. Kept to one core, the JVM takes the serial collector by itself.
   */
  static final List<String> JVM_FLAGS =
      List.of(
          "-Xms192m",
          "-Xmn128m",
          "-Xmx1g",
          "-XX:+AlwaysPreTouch",
          "-Djava.net.preferIPv4Stack=true",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

  Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /** The program in C for a task, or a variant of it. */
  Path compiled(Task task, String variant) {
    String name =
        switch (task.kind()) {
          case RECEIVE -> task.sockets() > 1 ? "many" : "receive";
          case SLOW -> "slow";
          case ECHO -> "echo";
          case SEND -> "send";
        };
    return target.resolve("c").resolve(name + variant);
  }

  /** Whether there was a compiler. */
  boolean hasC() {
    return Files.isExecutable(target.resolve("c").resolve("receive"));
  }

  String classPath(String without, boolean isBase) {
    Stream<Path> own = Stream.of(target.resolve("classes"));
    Stream<Path> library = isBase && base != null ? Stream.of(base) : Stream.empty();
    return Stream.of(library, own, jars(without, isBase))
        .flatMap(paths -> paths)
        .map(Path::toString)
        .collect(Collectors.joining(":"));
  }

  private Stream<Path> jars(String without, boolean isBase) {
    try (Stream<Path> all = Files.list(target.resolve("lib"))) {
      return all
          .filter(jar -> without.isEmpty() || !jar.getFileName().toString().contains(without))
          .filter(jar -> !isBase || !jar.getFileName().toString().startsWith("rio-reactive-"))
          .sorted()
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of what is measured. */
  Map<String, String> versions() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("reactor-core", version("reactor-core"));
    versions.put("reactor-netty", version("reactor-netty-core"));
    versions.put("Netty", version("netty-transport"));
    versions.put("Vert.x", version("vertx-core"));
    return versions;
  }

  /** Version of a library by the name of its jar. */
  private String version(String artifact) {
    return jars("", false)
        .map(jar -> jar.getFileName().toString())
        .filter(name -> name.matches(artifact + "-\\d.*\\.jar"))
        .map(name -> name.substring(artifact.length() + 1, name.length() - ".jar".length()))
        .findFirst()
        .orElse("none");
  }
}
