package io.rioreactive.benchmarks.driver;

import io.rioreactive.benchmarks.load.Cores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the options of a run ask for; an argument that is wrong is refused before it begins. */
final class Selection {

  /** Says which option, which value, and what is allowed. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  private Selection() {}

  /**
   * Those whose names begin with one that was asked for; each that is asked for has to be one's.
   */
  static <T> List<T> named(
      String option, List<String> asked, List<T> all, Function<T, String> name) {
    for (String beginning : asked) {
      if (beginning.isEmpty()
          || all.stream().noneMatch(one -> name.apply(one).startsWith(beginning))) {
        throw new Refused(
            option
                + ": none has the name \""
                + beginning
                + "\" or begins with it; there are "
                + all.stream().map(name).collect(Collectors.joining(", ")));
      }
    }
    return all.stream()
        .filter(one -> asked.stream().anyMatch(name.apply(one)::startsWith))
        .toList();
  }

  /** A number of starts or rounds. */
  static int positive(String option, int asked) {
    if (asked < 1) {
      throw new Refused(option + ": " + asked + " is too few; 1 or more");
    }
    return asked;
  }

  /** The two cores. */
  static Cores cores(String option, List<Integer> asked) throws IOException {
    if (asked.isEmpty()) {
      return Cores.choose();
    }
    List<Integer> allowed = Cores.allowed();
    boolean areTwo = asked.size() == 2 && !asked.getFirst().equals(asked.getLast());
    if (!areTwo || !allowed.containsAll(asked)) {
      throw new Refused(
          option
              + ": "
              + asked.stream().map(String::valueOf).collect(Collectors.joining(","))
              + " is not two different ones of "
              + allowed
              + ", the cores that this process may use");
    }
    return new Cores(asked.getFirst(), asked.getLast());
  }

  /** A folder that files can be written to. */
  static Path writable(String option, Path folder) {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, "try", ""));
      return folder;
    } catch (IOException e) {
      throw new Refused(
          option
              + ": cannot write to \""
              + folder
              + "\" ("
              + e.getClass().getSimpleName()
              + "); a folder that can be made and written to");
    }
  }
}
