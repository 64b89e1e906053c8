package io.rioreactive.samples;

import io.rioreactive.samples.rioprobe.RioProbe;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the samples, or runs the one that is named. */
@Command(
    name = "samples/run",
    synopsisSubcommandLabel = "NAME",
    description = "Runs a sample of rio-reactive. samples/run NAME --help lists its options.",
    subcommands = {
      Echo.class,
      Count.class,
      Discover.class,
      Load.class,
      Relay.class,
      Sockperf.class,
      RioProbe.class
    })
public final class Samples implements Runnable {

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  Samples() {}

  /** Exit status: 0 ended as asked, 1 failed, 2 wrong options. */
  public static void main(String[] args) {
    String folder = System.getProperty("samples.folder"); // from samples/run
    Application[] applications =
        folder == null ? new Application[0] : Application.in(Path.of(folder));
    System.exit(commandLine(applications).execute(args));
  }

  /** The samples in this module, and beside them what is only listed. */
  static CommandLine commandLine(Application... applications) {
    CommandLine samples = new CommandLine(new Samples());
    for (Application each : applications) {
      samples.addSubcommand(each.name(), each.command());
    }
    return samples
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((wrong, args) -> sayWhat(wrong.getCommandLine(), wrong))
        .setExecutionExceptionHandler(Samples::sayWhy);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** One line about an option that is wrong, be it by its form or by its value. */
  private static int sayWhat(CommandLine command, Exception wrong) {
    String hint =
        command.getParent() == null
            ? "without a NAME the samples are listed"
            : "--help lists the options";
    command.getErr().println(command.getCommandName() + ": " + wrong.getMessage() + "; " + hint);
    return ExitCode.USAGE;
  }

  /** One line instead of a stack trace for what a user can mend. */
  private static int sayWhy(Exception failure, CommandLine command, Object parsed)
      throws Exception {
    if (failure instanceof IllegalArgumentException) {
      return sayWhat(command, failure);
    }
    if (failure instanceof UncheckedIOException) {
      command.getErr().println(command.getCommandName() + ": " + failure.getMessage());
      return ExitCode.SOFTWARE;
    }
    throw failure;
  }
}
