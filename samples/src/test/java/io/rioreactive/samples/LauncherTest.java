package io.rioreactive.samples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code samples/run} builds and starts: in a project of empty files, with a Maven that only
 * makes the jar and a Java that only prints how it was called.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a shell script; there it is run.cmd")
@Timeout(60)
class LauncherTest {

  @TempDir Path folder;

  private Path root;
  private Path built;

  @BeforeEach
  void layOut() throws IOException {
    root = folder.toRealPath().resolve("a project");
    built = root.resolve("built");
    script("samples/run", Files.readString(Path.of("run")));
    write("build/jdk.sh", Files.readString(Path.of("..", "build", "jdk.sh")));
    for (String module :
        List.of("rio-reactive", "rio-reactive-starter", "samples", "samples/tower")) {
      write(module + "/pom.xml", "");
      write(module + "/src/main/Source.java", "");
    }
    write("pom.xml", "");
    write("samples/app-parent/pom.xml", "");
    write("samples/tower/README.md", "how to use it\n");

    write("jdk/release", "JAVA_VERSION=\"25.0.1\"\n");
    script("jdk/bin/javac", "#!/bin/sh\n");
    script("jdk/bin/java", "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    script(
        "bin/mvn",
        """
        #!/bin/sh
        echo "$@" >>"%1$s/built"
        case " $* " in
          *" -pl samples "*) jar=samples/target/samples.jar ;;
          *" -pl samples/tower "*) jar=samples/tower/target/tower-app.jar ;;
          *) exit 1 ;;
        esac
        mkdir -p "$(dirname "%1$s/$jar")"
        : >"%1$s/$jar"
        """
            .formatted(root));
  }

  private void write(String path, String content) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private void script(String path, String content) throws IOException {
    write(path, content);
    Files.setPosixFilePermissions(root.resolve(path), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** What a run prints, line by line. */
  private List<String> run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(root.resolve("samples/run").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().remove("JAVA_OPTS");
    builder.environment().put("JAVA_HOME", root.resolve("jdk").toString());
    builder.environment().merge("PATH", "", (path, none) -> root.resolve("bin") + ":" + path);
    Process launcher = builder.start();
    try {
      List<String> printed =
          new String(launcher.getInputStream().readAllBytes(), UTF_8).lines().toList();
      assertThat(launcher.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(launcher.exitValue()).isZero();
      return printed;
    } finally {
      launcher.destroyForcibly();
    }
  }

  private List<String> builds() throws IOException {
    return Files.exists(built) ? Files.readAllLines(built) : List.of();
  }

  @Test
  void theSamplesInOneJarAreBuiltOnceAndStartedAsAModule() throws Exception {
    List<String> printed = run("echo", "--port", "0");

    assertThat(printed)
        .contains("--enable-native-access=io.rioreactive", "-Dsamples.folder=" + root + "/samples")
        .contains(root + "/samples/target/samples.jar:" + root + "/samples/target/lib")
        .endsWith("io.rioreactive.samples/io.rioreactive.samples.Samples", "echo", "--port", "0");
    assertThat(run()).endsWith("io.rioreactive.samples/io.rioreactive.samples.Samples");
    assertThat(builds()).singleElement().asString().contains(" -pl samples -am package ");
  }

  @Test
  void anApplicationIsBuiltOnceAndStartedByItsOwnJarWithTheOptions() throws Exception {
    List<String> printed = run("tower", "--server.port=0", "two words", "--help");

    assertThat(printed)
        .containsExactly(
            "--sun-misc-unsafe-memory-access=allow",
            "-jar",
            root + "/samples/tower/target/tower-app.jar",
            "--server.port=0",
            "two words",
            "--help");
    assertThat(run("tower")).hasSize(3);
    assertThat(builds()).singleElement().asString().contains(" -pl samples/tower -am package ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pom.xml",
        "rio-reactive/pom.xml",
        "rio-reactive/src/main/Source.java",
        "rio-reactive-starter/src/main/Source.java",
        "samples/app-parent/pom.xml",
        "samples/tower/pom.xml",
        "samples/tower/src/main/Source.java"
      })
  void anApplicationIsBuiltAgainWhenOneOfItsSourcesHasChanged(String source) throws Exception {
    run("tower");
    Path jar = root.resolve("samples/tower/target/tower-app.jar");
    Instant later = Files.getLastModifiedTime(jar).toInstant().plusSeconds(1);

    Files.setLastModifiedTime(root.resolve(source), FileTime.from(later));
    run("tower");

    assertThat(builds()).hasSize(2);
  }

  @Test
  void theSourcesOfAnApplicationAreNoneOfTheOthers() throws Exception {
    run("echo");
    Path jar = root.resolve("samples/target/samples.jar");
    Instant later = Files.getLastModifiedTime(jar).toInstant().plusSeconds(1);

    Files.setLastModifiedTime(
        root.resolve("samples/tower/src/main/Source.java"), FileTime.from(later));
    run("echo");

    assertThat(builds()).hasSize(1);
  }

  @Test
  void helpForAnApplicationIsItsReadmeAndNeedsNoBuild() throws Exception {
    assertThat(run("tower", "--help")).containsExactly("how to use it");
    assertThat(builds()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"app-parent", "src", ".", "../rio-reactive", "towers"})
  void anythingElseIsLeftToTheSamplesToRefuse(String name) throws Exception {
    assertThat(run(name)).contains("-m").endsWith(name);
  }
}
