package io.rioreactive.kernel.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rioreactive.ffm.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every layout, constant and error code against the C headers: what Java believes and what a C
 * compiler prints are the same lines.
 *
 * <p>The recorded lines (gcc 12.2, glibc 2.36, x86-64) stand in for the compiler where there is
 * none. After a change: copy what the failing test shows, once a compiler has agreed with it.
 */
@EnabledOnOs(OS.LINUX)
class CHeaderTest {

  private static final List<String> HEADERS =
      List.of(
          "errno.h",
          "linux/sock_diag.h",
          "netinet/in.h",
          "poll.h",
          "stddef.h",
          "stdio.h",
          "sys/eventfd.h",
          "sys/mman.h",
          "sys/socket.h",
          "sys/syscall.h",
          "sys/uio.h");

  @TempDir Path folder;

  /** A line of text that a C program prints, the expression that it prints, and Java's value. */
  private record Fact(String expression, long value) {
    String line() {
      return expression + " = " + value;
    }
  }

  @Test
  void javaAgreesWithTheCompiler() throws Exception {
    // in CI nothing is skipped: there it fails for want of it
    assumeTrue(hasCompiler() || System.getenv("CI") != null, "no cc here");
    List<Fact> facts = facts();
    facts.add(new Fact("SYS_recvmmsg", LibC.SYS_RECVMMSG));
    facts.add(new Fact("SYS_sendmmsg", LibC.SYS_SENDMMSG));

    assertThat(compileAndRun(program(facts)))
        .containsExactlyElementsOf(facts.stream().map(Fact::line).toList());
  }

  @Test
  void javaAgreesWithWhatACompilerOnceSaid() throws Exception {
    try (InputStream recorded = CHeaderTest.class.getResourceAsStream("c-headers.txt")) {
      assertThat(facts().stream().map(Fact::line).toList())
          .containsExactlyElementsOf(new String(recorded.readAllBytes(), UTF_8).lines().toList());
    }
  }

  private static List<Fact> facts() throws IllegalAccessException {
    List<Fact> facts = new ArrayList<>();
    for (Field field : Layouts.class.getDeclaredFields()) {
      if (field.getType() == Struct.class) {
        addLayout(facts, (Struct) field.get(null));
      }
    }
    for (Field field : Constants.class.getDeclaredFields()) {
      if (field.getType() == int.class) {
        facts.add(new Fact(field.getName(), field.getInt(null)));
      }
    }
    for (Errno errno : Errno.values()) {
      facts.add(new Fact(errno.name(), errno.code()));
    }
    return facts;
  }

  private static void addLayout(List<Fact> facts, Struct struct) {
    String name = "struct " + struct.layout().name().orElseThrow();
    facts.add(new Fact("sizeof(" + name + ")", struct.size()));
    for (MemoryLayout member : struct.layout().memberLayouts()) {
      if (!(member instanceof PaddingLayout)) {
        String field = member.name().orElseThrow();
        String of = "((" + name + " *) 0)->" + field;
        facts.add(new Fact("offsetof(" + name + ", " + field + ")", struct.offset(field)));
        facts.add(new Fact("sizeof(" + of + ")", member.byteSize()));
      }
    }
  }

  private static String program(List<Fact> facts) {
    StringBuilder text = new StringBuilder("#define _GNU_SOURCE\n");
    for (String header : HEADERS) {
      text.append("#include <").append(header).append(">\n");
    }
    text.append("int main(void) {\n");
    for (Fact fact : facts) {
      String expression = fact.expression();
      text.append("  printf(\"").append(expression).append(" = %ld\\n\", (long) (");
      text.append(expression).append("));\n");
    }
    return text.append("  return 0;\n}\n").toString();
  }

  private List<String> compileAndRun(String program) throws Exception {
    Path source = Files.writeString(folder.resolve("headers.c"), program);
    Path binary = folder.resolve("headers");
    run("cc", "-Wall", "-Werror", "-o", binary.toString(), source.toString());
    return run(binary.toString()).lines().toList();
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static boolean hasCompiler() throws InterruptedException {
    try {
      run("cc", "--version");
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
