package io.rioreactive.samples;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Answers {@code sockperf ping-pong}: a message goes back with the flag cleared that says it comes
 * from the client. What is too short to have flags is no message of sockperf's and gets no answer.
 */
@Command(name = "sockperf", description = "Answers sockperf ping-pong -i 127.0.0.1 -p PORT.")
final class Sockperf implements Runnable {

  /** A sequence number of 8 bytes stands first, then 16 bits of flags, big-endian. */
  private static final int FLAGS_LOW_BYTE = 9;

  private static final int FROM_CLIENT = 1;

  @Mixin private BindOptions options = new BindOptions();

  @Override
  public void run() {
    RioConnection connection =
        options
            .server()
            .refuseOwnPort(true) // an answer is long enough to be answered
            .handle(
                (in, out) ->
                    out.send(
                        in.receive()
                            .filter(message -> message.length() > FLAGS_LOW_BYTE)
                            .map(Sockperf::answer)))
            .bindNow();
    new Console(connection, Sockperf::status).serve();
  }

  private static Datagram answer(Datagram message) {
    byte[] bytes = message.asByteArray();
    bytes[FLAGS_LOW_BYTE] ^= FROM_CLIENT;
    return message.reply(bytes);
  }

  private static String status(RioStats now, RioStats before) {
    return "%,d answers/s, %s".formatted(now.sent() - before.sent(), Console.losses(now));
  }
}
