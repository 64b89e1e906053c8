package io.rioreactive.kernel.abi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What somebody says of a system's layouts and constants, in lines as {@link JavaAbi} describes
 * them.
 *
 * @param source who says so: {@code # windows-sys 1.2}
 */
public record AbiLines(String source, List<String> lines) {

  /** What a program has printed: first the source, then the lines. */
  public static AbiLines printed(String output) {
    List<String> all = output.lines().toList();
    return new AbiLines(all.getFirst(), all.subList(1, all.size()));
  }

  /** What a program printed once, recorded in a resource beside a class. */
  public static AbiLines recorded(Class<?> test, String resource) throws IOException {
    try (InputStream record = test.getResourceAsStream(resource)) {
      return printed(new String(requireNonNull(record, resource).readAllBytes(), UTF_8));
    }
  }

  /** Only some of the lines. */
  public AbiLines filter(Predicate<String> condition) {
    return new AbiLines(source, lines.stream().filter(condition).toList());
  }

  /** Each line that only one of the two has: {@code + NAME 1} here, {@code - NAME 2} there. */
  public List<String> differences(AbiLines other) {
    Stream<String> here = lines.stream().filter(line -> !other.lines.contains(line));
    Stream<String> there = other.lines.stream().filter(line -> !lines.contains(line));
    return Stream.concat(here.map(line -> "+ " + line), there.map(line -> "- " + line)).toList();
  }
}
