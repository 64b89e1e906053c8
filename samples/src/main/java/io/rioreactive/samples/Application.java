package io.rioreactive.samples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A sample with dependencies of its own, and so a module and a program of its own. Here it is only
 * listed: {@code samples/run} builds and starts it.
 *
 * @param name of its folder
 * @param description in one line, its pom's
 */
record Application(String name, String description) {

  private static final Pattern DESCRIPTION = Pattern.compile("<description>(.+)</description>");

  /** Those in a folder, by name: what has a pom and sources. */
  static Application[] in(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(each -> Files.exists(each.resolve("pom.xml")))
          .filter(each -> Files.isDirectory(each.resolve("src/main")))
          .map(Application::read)
          .sorted(Comparator.comparing(Application::name))
          .toArray(Application[]::new);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Application read(Path folder) {
    try {
      Matcher pom = DESCRIPTION.matcher(Files.readString(folder.resolve("pom.xml")));
      return new Application(
          String.valueOf(folder.getFileName()), pom.find() ? pom.group(1).strip() : "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its line in the list. */
  CommandSpec command() {
    CommandSpec command = CommandSpec.create();
    command.usageMessage().description(description);
    return command;
  }
}
