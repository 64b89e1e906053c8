package io.rioreactive.kernel.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.Needs;
import io.rioreactive.kernel.abi.AbiLines;
import io.rioreactive.kernel.abi.JavaAbi;
import io.rioreactive.kernel.abi.ProgramRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every layout, constant and error code against the C headers: what Java believes and what the C
 * program in src/test/c/linux-abi prints are the same lines, no more and no fewer.
 *
 * <p>What it printed on x86-64 is recorded, and stands in for the compiler where there is none.
 * After a change in Java: the program, then the record.
 */
@EnabledOnOs(OS.LINUX)
class LinuxAbiTest {

  private static final Path PROGRAM = Path.of("src/test/c/linux-abi/main.c");
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** What differs between the architectures: the numbers of system calls, and a packed struct. */
  private static final Pattern OF_THE_ARCHITECTURE = Pattern.compile("SYS_.*|epoll_event[. ].*");

  @TempDir Path folder;

  @Test
  void javaAgreesWithTheRecord() throws Exception {
    assertThat(onAnyMachine(java()).differences(onAnyMachine(recorded())))
        .as("Java (+), the record (-)")
        .isEmpty();
  }

  @Test
  void javaAndTheRecordAgreeWithTheCompiler() throws Exception {
    Needs.need(run("cc", "--version").isPresent(), "cc");
    String binary = folder.resolve("linux-abi").toString();
    succeed("cc", "-Wall", "-Wextra", "-Werror", "-o", binary, PROGRAM.toString());
    AbiLines printed = AbiLines.printed(succeed(binary));

    assertThat(java().differences(printed)).as("Java (+), the program (-)").isEmpty();
    assertThat(onAnyMachine(recorded()).differences(onAnyMachine(printed)))
        .as("the record (+), the program (-)")
        .isEmpty();
  }

  @Test
  void controlMessagesHaveTheHeaderThatIsProven() {
    JavaAbi.assertControlMessagesBeginWith(Layouts.CMSGHDR);
  }

  private static AbiLines java() throws IllegalAccessException {
    JavaAbi java =
        new JavaAbi()
            .layouts(Layouts.class)
            .constants(Constants.class)
            .layouts(UringLayouts.class)
            .constants(UringConstants.class);
    for (Errno errno : Errno.values()) {
      java.constant(errno.name(), errno.code());
    }
    return java.constant("SYS_recvmmsg", LibC.SYS_RECVMMSG)
        .constant("SYS_sendmmsg", LibC.SYS_SENDMMSG)
        .constant("SYS_io_uring_setup", LibC.SYS_IO_URING_SETUP)
        .constant("SYS_io_uring_enter", LibC.SYS_IO_URING_ENTER)
        .constant("SYS_io_uring_register", LibC.SYS_IO_URING_REGISTER)
        .lines();
  }

  private static AbiLines recorded() throws IOException {
    return AbiLines.recorded(LinuxAbiTest.class, "linux-abi.txt");
  }

  /** All lines on x86-64, where the record was made; elsewhere those that are the same there. */
  private static AbiLines onAnyMachine(AbiLines lines) {
    boolean isX86 = Architecture.current().orElseThrow() == Architecture.X86_64;
    return lines.filter(line -> isX86 || !OF_THE_ARCHITECTURE.matcher(line).matches());
  }

  private static String succeed(String... command) throws Exception {
    ProgramRun run = run(command).orElseThrow(() -> new AssertionError("no " + command[0]));
    assertThat(run.exitCode()).as(run.report()).isZero();
    return run.output();
  }

  private static Optional<ProgramRun> run(String... command) throws Exception {
    return ProgramRun.of(LIMIT, Map.of(), List.of(command));
  }
}
