package io.rioreactive.samples.dns;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where to listen, and what to answer: the options of a responder, whoever does its I/O. */
final class DnsOptions {

  private static final int LARGEST = 4_096;
  private static final int LONGEST_QUESTION = 2_048;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Local address (default: 127.0.0.1).")
  private String host = "127.0.0.1";

  @Option(names = "--port", paramLabel = "PORT", description = "Local port (default: 5053).")
  private int port = 5053;

  @Option(
      names = "--zone",
      paramLabel = "FILE",
      description = "Zone file, with the SOA as its first record (default: one for example.org).")
  private @Nullable Path zone;

  @Option(
      names = "--udp-size",
      paramLabel = "BYTES",
      description =
          "Longest answer for who can take more than 512 bytes, 512 to 4096 (default: 1232, which"
              + " nearly every path carries in one piece).")
  private int udpSize = 1_232;

  @Option(names = "--help", usageHelp = true, description = "Prints this.")
  @SuppressWarnings("unused") // picocli reads it
  private boolean help;

  String host() {
    return host;
  }

  int port() {
    return port;
  }

  /** Room for every question and every answer, in bytes. */
  int datagramSize() {
    return Math.max(udpSize, LONGEST_QUESTION);
  }

  /**
   * What to answer with.
   *
   * @throws ZoneFileException if the zone cannot be served
   * @throws IllegalArgumentException if an option is out of range
   */
  Responder responder() throws ZoneFileException {
    if (udpSize < Responder.SMALLEST || udpSize > LARGEST) {
      throw new IllegalArgumentException(
          "udp-size is " + udpSize + ": allowed are " + Responder.SMALLEST + " to " + LARGEST);
    }
    return new Responder(zone == null ? ZoneFile.example() : ZoneFile.read(zone), udpSize);
  }
}
