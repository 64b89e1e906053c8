package io.rioreactive.samples;

import picocli.CommandLine.Option;

/** The options that every sample with a socket has. */
final class CommonOptions {

  @Option(
      names = "--provider",
      paramLabel = "NAME",
      description =
          "windows-rio, windows-iocp, linux-mmsg, linux-uring, nio or auto (default: auto).")
  private String provider = "auto";

  @Option(names = "--help", usageHelp = true, description = "Prints this.")
  @SuppressWarnings("unused") // picocli reads it
  private boolean help;

  String provider() {
    return provider;
  }
}
