package io.rioreactive.samples;

import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lists the samples, or runs the one that is named. */
@Command(
    name = "samples/run",
    synopsisSubcommandLabel = "NAME",
    description = "Runs a sample of rio-reactive. samples/run NAME --help lists its options.",
    subcommands = {Echo.class, Count.class, Sockperf.class})
public final class Samples implements Runnable {

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  Samples() {}

  /** Exit status: 0 ended as asked, 1 failed, 2 wrong options. */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Samples())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(Samples::sayWhy)
            .execute(args));
  }

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }

  /** One line instead of a stack trace for what a user can mend. */
  private static int sayWhy(Exception failure, CommandLine command, Object parsed)
      throws Exception {
    if (failure instanceof IllegalArgumentException) {
      throw new ParameterException(command, failure.getMessage(), failure);
    }
    if (failure instanceof UncheckedIOException) {
      System.err.println(command.getCommandName() + ": " + failure.getMessage());
      return 1;
    }
    throw failure;
  }
}
