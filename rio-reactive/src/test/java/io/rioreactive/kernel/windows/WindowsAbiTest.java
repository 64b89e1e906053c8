package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.rioreactive.kernel.abi.AbiLines;
import io.rioreactive.kernel.abi.JavaAbi;
import io.rioreactive.kernel.abi.ProgramRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Every layout, constant, error code and function against Microsoft's own metadata: what Java
 * believes and what the Rust program in src/test/rust/windows-abi prints are the same lines, no
 * more and no fewer. The program calls nothing of Windows, so any system will do.
 *
 * <p>What it printed is recorded, and stands in for it where cargo or the crate cannot be had.
 * After a change in Java: the program, then the record.
 */
class WindowsAbiTest {

  private static final Path PROGRAM = Path.of("src/test/rust/windows-abi/Cargo.toml");
  private static final Path TARGET = Path.of("target/windows-abi").toAbsolutePath();
  private static final Duration FETCH_LIMIT = Duration.ofMinutes(2);
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(5);

  @Test
  void javaAgreesWithTheRecord() throws Exception {
    assertThat(java().differences(recorded())).as("Java (+), the record (-)").isEmpty();
  }

  @Test
  void theRecordIsWhatTheProgramPrints() throws Exception {
    ProgramRun fetch = cargo(FETCH_LIMIT, "fetch");
    assertThat(PROGRAM).exists();
    assertThat(fetch.errors()).as("Cargo.lock fits Cargo.toml").doesNotContain("--locked");
    if (!fetch.succeeded()) {
      abort("only the record was compared, the crate cannot be had: " + fetch.report());
    }
    ProgramRun run = cargo(BUILD_LIMIT, "run", "--quiet", "--offline");
    if (run.errors().contains("error: linker `")) {
      abort("only the record was compared, Rust has no linker here: " + run.report());
    }

    assertThat(run.exitCode()).as(run.report()).isZero();
    AbiLines printed = AbiLines.printed(run.output());
    assertThat(recorded().source()).isEqualTo(printed.source());
    assertThat(recorded().differences(printed)).as("the record (+), the program (-)").isEmpty();
  }

  @Test
  void controlMessagesHaveTheHeaderThatIsProven() {
    JavaAbi.assertControlMessagesBeginWith(Layouts.WSACMSGHDR);
  }

  private static AbiLines java() throws IllegalAccessException {
    JavaAbi java = new JavaAbi().layouts(Layouts.class).constants(Constants.class);
    for (WsaError error : WsaError.values()) {
      java.constant(error.name(), error.code());
    }
    for (NtStatus status : NtStatus.values()) {
      java.constant(status.name(), status.code());
    }
    return java.functions(Winsock.class, "findMessageFunctions")
        .functions(Kernel32.class)
        .functions(RioFunctions.class, "error")
        .lines();
  }

  private static AbiLines recorded() throws IOException {
    return AbiLines.recorded(WindowsAbiTest.class, "windows-sys-0.61.2.txt");
  }

  private static ProgramRun cargo(Duration limit, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("cargo"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--locked", "--manifest-path", PROGRAM.toString()));
    return ProgramRun.of(limit, Map.of("CARGO_TARGET_DIR", TARGET.toString()), command)
        .orElseGet(() -> abort("only the record was compared, there is no cargo here"));
  }
}
