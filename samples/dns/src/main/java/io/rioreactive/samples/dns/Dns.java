package io.rioreactive.samples.dns;

import io.rioreactive.RioConnection;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command line of the sample. */
@Command(
    name = "dns",
    synopsisHeading = "Usage: samples/run ",
    description = {
      "Answers DNS questions over UDP, for one zone, from its zone file.",
      "Ctrl-C drains it and prints the totals."
    },
    footerHeading = "%nTry it from another terminal:%n",
    footer = {
      "  kdig @127.0.0.1 -p 5053 www.example.org",
      "  kdig @127.0.0.1 -p 5053 +ignore +noedns pool.example.org",
      "  dnsperf -s 127.0.0.1 -p 5053 -d samples/dns/questions.txt -l 10"
    })
public final class Dns implements Callable<Integer> {

  @Mixin private DnsOptions options = new DnsOptions();

  @Option(
      names = "--provider",
      paramLabel = "NAME",
      description =
          "windows-rio, windows-iocp, linux-mmsg, linux-uring, nio or auto (default: auto).")
  private String provider = "auto";

  @Option(
      names = "--pumps",
      paramLabel = "N",
      description = "Sockets on the port, each with a thread (default: 1).")
  private int pumps = 1;

  Dns() {}

  /** Exit status: 0 ended as asked, 1 failed, 2 wrong options. */
  public static void main(String[] args) {
    System.exit(commandLine(new Dns()).execute(args));
  }

  /** One line instead of a stack trace for what a user can mend. */
  static CommandLine commandLine(Object command) {
    return new CommandLine(command)
        .setParameterExceptionHandler((wrong, args) -> sayWhat(wrong.getCommandLine(), wrong))
        .setExecutionExceptionHandler((failure, line, parsed) -> sayWhy(line, failure));
  }

  private static int sayWhat(CommandLine command, Exception wrong) {
    command
        .getErr()
        .println(
            command.getCommandName() + ": " + wrong.getMessage() + "; --help lists the options");
    return ExitCode.USAGE;
  }

  private static int sayWhy(CommandLine command, Exception failure) throws Exception {
    if (failure instanceof IllegalArgumentException) {
      return sayWhat(command, failure);
    }
    if (failure instanceof UncheckedIOException || failure instanceof ZoneFileException) {
      command.getErr().println(command.getCommandName() + ": " + failure.getMessage());
      return ExitCode.SOFTWARE;
    }
    throw failure;
  }

  @Override
  public Integer call() throws ZoneFileException {
    Responder responder = options.responder();
    RioConnection connection = DnsServer.bind(options, provider, pumps, responder);
    new Display(connection, responder).serve();
    return ExitCode.OK;
  }
}
