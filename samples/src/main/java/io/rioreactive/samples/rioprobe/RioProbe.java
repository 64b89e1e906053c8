package io.rioreactive.samples.rioprobe;

import io.rioreactive.ffm.NativeLibrary;
import io.rioreactive.kernel.windows.Winsock;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Confirms or refutes, with real sockets on the loopback address, what this project has inferred
 * about Registered I/O. What it finds is a table for docs/WINDOWS.md.
 */
@Command(
    name = "rio-probe",
    description = "Asks Windows what is open about Registered I/O; prints a table.",
    footer = {
      "",
      "The table, in Markdown, goes to standard output, all else to standard error. Everything"
          + " happens on the loopback address and takes less than a minute.",
      "Exit status: 0 all was asked, whatever the answers; 1 something could not be asked; 2"
          + " wrong options."
    })
public final class RioProbe implements Callable<Integer> {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Spec private CommandSpec spec;

  @Option(names = "--help", usageHelp = true, description = "Prints this.")
  @SuppressWarnings("unused") // picocli reads it
  private boolean help;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  RioProbe() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    String system = System.getProperty("os.name", "");
    if (!system.startsWith("Windows")) {
      err.println(
          "rio-probe: this is "
              + system
              + ", it needs Windows: run \"samples\\run.cmd rio-probe\" there; here"
              + " \"windows/verify run rio-probe\" asks a Windows JVM on Wine");
      return ExitCode.SOFTWARE;
    }
    return ask(out, err);
  }

  private static int ask(PrintWriter out, PrintWriter err) {
    Surroundings here =
        Surroundings.look(System.getProperty(Winsock.LIBRARY_PROPERTY, Winsock.DEFAULT_LIBRARY));
    err.println("rio-probe: " + here.text());
    String withoutRio = whyNoRio();
    if (withoutRio != null) {
      err.println("rio-probe: no RIO here: " + withoutRio + "; " + remedy(here));
    }
    List<Finding> findings = new CheckRunner(err, LIMIT).run(checks(), withoutRio == null);
    out.println(here.text());
    out.println();
    if (here.caveat() != null) {
      out.println("**" + here.caveat() + "**");
      out.println();
    }
    MarkdownTable.print(findings, out);
    return findings.stream().allMatch(Finding::asked) ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static List<Check> checks() {
    return Stream.of(
            SocketChecks.all(),
            ReceiveChecks.all(),
            SendChecks.all(),
            ConnectChecks.all(),
            QueueChecks.all(),
            PacketChecks.all(),
            MemoryChecks.all())
        .flatMap(List::stream)
        .toList();
  }

  /** Null if the functions are handed out. */
  private static @Nullable String whyNoRio() {
    try {
      new WindowsCalls().rio();
      return null;
    } catch (IOException refused) {
      return refused.getMessage();
    } catch (LinkageError noLibrary) {
      throw new UncheckedIOException(
          "Winsock does not load: " + NativeLibrary.reason(noLibrary), new IOException(noLibrary));
    }
  }

  private static String remedy(Surroundings here) {
    return here.wine() == null
        ? "it needs Windows 8, Server 2012 or newer; antivirus and other layered providers may"
            + " refuse it (docs/WINDOWS.md)"
        : "Wine has none: run it on Windows, or on the double of RIO with \"windows/verify run"
            + " rio-probe\"";
  }
}
