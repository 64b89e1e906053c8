package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** Compiles a whole class into a folder, where statements find it. */
  static void compileClass(String source, Path folder) throws IOException {
    Matcher name = CLASS.matcher(source);
    assertThat(name.find()).as(source).isTrue();
    javac(folder.resolve(name.group(1) + ".java"), source, folder);
  }

  /** Compiles statements into a folder, as the class Block$Main with a main method. */
  static void compile(String statements, Path folder) throws IOException {
    javac(folder.resolve("Block.java"), PROGRAM.replace("STATEMENTS;", statements), folder);
  }

  private static void javac(Path file, String source, Path folder) throws IOException {
    Files.writeString(file, source);
    StringWriter errors = new StringWriter();
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                new PrintWriter(errors),
                new PrintWriter(errors),
                "-d",
                folder.toString(),
                "-cp",
                folder + File.pathSeparator + ReadmeTest.classPath(),
                "-Xlint:all,-path,-classfile",
                "-Werror",
                "-proc:none",
                file.toString());
    assertThat(status).as("%s%nin%n%s", errors, source).isZero();
  }
}
