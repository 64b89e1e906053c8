package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;

/**
 * The Java of a document. Most {@code java} blocks are a sequence of statements: they compile with
 * the imports below, a {@code connection} where a block makes none, and the methods that a reader
 * would write ({@code lookUp}, {@code store}, {@code insert}). Those that begin with an import are
 * whole classes. Those with a handler method of Spring's are for tests where Spring is.
 */
final class Snippets {

  private static final Pattern JAVA =
      Pattern.compile("^```java\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  private static final Pattern CLASS =
      Pattern.compile("^(?:final )?class (\\w+)", Pattern.MULTILINE);

  private static final String PROGRAM =
      """
      import io.rioreactive.*;
      import java.net.*;
      import java.time.*;
      import java.util.*;
      import reactor.core.*;
      import reactor.core.publisher.*;
      import reactor.core.scheduler.*;
      import reactor.util.retry.*;

      abstract class Block {
        abstract Mono<String> lookUp(String query);

        abstract Mono<Void> store(List<String> lines);

        abstract void insert(List<String> lines);

        RioConnection connection;

        void run() throws Exception {
          STATEMENTS;
        }

        static class Main extends Block {
          Mono<String> lookUp(String query) {
            return Mono.empty();
          }

          Mono<Void> store(List<String> lines) {
            return Mono.empty();
          }

          void insert(List<String> lines) {}

          public static void main(String[] arguments) throws Exception {
            new Main().run();
          }
        }
      }
      """;

  private Snippets() {}

  /** In the order of the document. */
  static List<String> statements(Path document) throws IOException {
    return blocks(document).stream().filter(block -> !isClass(block) && !isSpring(block)).toList();
  }

  /** In the order of the document. */
  static List<String> classes(Path document) throws IOException {
    return blocks(document).stream().filter(Snippets::isClass).toList();
  }

  private static boolean isClass(String block) {
    return block.startsWith("import ");
  }

  private static boolean isSpring(String block) {
    return block.contains("@RioDatagramHandler");
  }

  private static List<String> blocks(Path document) throws IOException {
    return JAVA.matcher(text(document)).results().map(block -> block.group(1)).toList();
  }

  static String text(Path document) throws IOException {
    return Files.readString(document).replace("\r\n", "\n");
  }

  /**
   * Compiles blocks into a folder, all at once: statements as the classes Block1, Block2 and so on,
   * each with a main method in its class Main.
   */
  static void compile(List<String> blocks, Path folder) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("-d", folder.toString(), "-cp", ReadmeTest.classPath()));
    arguments.addAll(List.of("-Xlint:all,-path,-classfile", "-Werror", "-proc:none"));
    int count = 0;
    for (String block : blocks) {
      String name = isClass(block) ? nameOf(block) : "Block" + ++count;
      Path file = folder.resolve(name + ".java");
      Files.writeString(file, isClass(block) ? block : program(name, block));
      arguments.add(file.toString());
    }
    StringWriter errors = new StringWriter();
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                new PrintWriter(errors), new PrintWriter(errors), arguments.toArray(String[]::new));
    assertThat(status).as(errors.toString()).isZero();
  }

  private static String nameOf(String source) {
    Matcher name = CLASS.matcher(source);
    assertThat(name.find()).as(source).isTrue();
    return name.group(1);
  }

  private static String program(String name, String statements) {
    return PROGRAM.replace("Block", name).replace("STATEMENTS;", statements);
  }
}
