package io.rioreactive.test;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A process that may do less: it is an ordinary user without capabilities, and lacks what else a
 * test takes away. By namespaces of Linux and src/test/c/confine, which is compiled for it; on a
 * machine that lets nobody have namespaces (many containers do not) a test is skipped.
 */
final class Sandbox {

  private static final Path SOURCE =
      Path.of("..", "rio-reactive-test", "src/test/c/confine/confine.c");

  private final Path folder;
  private final List<String> confinement = new ArrayList<>();

  /** Commands of a shell that is root in a namespace of its own. */
  private final StringBuilder setup = new StringBuilder();

  private final List<String> namespaces = new ArrayList<>();
  private boolean hasProc = true;

  private Sandbox(Path folder) {
    this.folder = folder;
  }

  /**
   * One that is nothing but an ordinary user.
   *
   * @param folder for the compiled program
   */
  static Sandbox in(Path folder) throws IOException, InterruptedException {
    Needs.program("cc", "--version");
    Sandbox sandbox = new Sandbox(folder);
    String binary = sandbox.confine();
    List<String> command =
        List.of("cc", "-Wall", "-Wextra", "-Werror", "-o", binary, SOURCE.toString());
    List<String> complaints = sandbox.start(command, Map.of());
    if (!complaints.isEmpty()) {
      throw new AssertionError("confine.c does not compile: " + complaints);
    }
    return sandbox;
  }

  private String confine() {
    return folder.resolve("confine").toString();
  }

  /** Docker's default filter of system calls, as far as it matters. */
  Sandbox asDocker() {
    confinement.add("--docker");
    return this;
  }

  /** A system call that fails with EPERM or ENOSYS. */
  Sandbox denied(String call, String error) {
    confinement.addAll(List.of("--deny", call, error));
    return this;
  }

  /** So many descriptors at most. */
  Sandbox files(int most) {
    confinement.addAll(List.of("--files", String.valueOf(most)));
    return this;
  }

  /** So many bytes of locked memory at most. */
  Sandbox locked(int bytes) {
    confinement.addAll(List.of("--locked", String.valueOf(bytes)));
    return this;
  }

  /** No file can be written, wherever it is. */
  Sandbox readOnly() {
    namespaces.add("--mount");
    setup.append(
        """
        for mount in $(cut -d' ' -f2 /proc/self/mounts); do
          case $mount in /proc*) ;; *) mount -o remount,bind,ro "$mount" 2>/dev/null || true ;; esac
        done
        """);
    return this;
  }

  /** No /proc. The user is root there, without any capability: what would map another is in it. */
  Sandbox withoutProc() {
    namespaces.add("--mount");
    setup.append("mount -t tmpfs none /proc\n");
    hasProc = false;
    return this;
  }

  /** A network with a loopback interface alone, where ports below 1,024 are privileged. */
  Sandbox ownNetwork() {
    namespaces.add("--net");
    setup.append("ip link set lo up\n");
    return this;
  }

  /** What a program prints there, line by line. */
  List<String> run(List<String> program) throws IOException, InterruptedException {
    List<String> trial = start(command(List.of("true")), Map.of());
    if (!trial.isEmpty()) {
      abort("this machine lets nobody have such a sandbox: " + trial);
    }
    // The loader finds a JVM's libraries by /proc, or where it is told.
    String libraries = Path.of(System.getProperty("java.home"), "lib").toString();
    return start(command(program), hasProc ? Map.of() : Map.of("LD_LIBRARY_PATH", libraries));
  }

  private List<String> command(List<String> program) {
    List<String> command = new ArrayList<>();
    if (!namespaces.isEmpty()) {
      command.addAll(List.of("unshare", "--user", "--map-root-user"));
      command.addAll(namespaces.stream().distinct().toList());
      command.addAll(List.of("sh", "-ec", setup + "exec \"$@\"", "sh"));
    }
    if (hasProc) {
      command.addAll(List.of("unshare", "--user", "--map-user=1000", "--map-group=1000"));
    }
    command.add(confine());
    command.addAll(confinement);
    command.add("--");
    command.addAll(program);
    return command;
  }

  private List<String> start(List<String> command, Map<String, String> variables)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(variables);
    try {
      return ProcessRun.of(builder).lines();
    } catch (IOException noSuchProgram) {
      return List.of(String.valueOf(noSuchProgram.getMessage()));
    }
  }
}
