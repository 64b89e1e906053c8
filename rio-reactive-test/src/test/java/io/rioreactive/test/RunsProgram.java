package io.rioreactive.test;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;

/**
 * Sends runs of datagrams of the lengths that are named to a server on {@code 127.0.0.1}, and
 * prints what came of each.
 */
final class RunsProgram {

  private static final Duration LONG = Duration.ofSeconds(10);
  private static final int DATAGRAMS = 20;

  private RunsProgram() {}

  public static void main(String[] args) {
    RioUdpServer options = RioUdpServer.create().host("127.0.0.1").provider(args[0]);
    RioConnection receiver = options.datagramSize(65_507).bindNow();
    RioConnection sender = options.datagramSize(65_507).bindNow();
    for (int i = 1; i < args.length; i++) {
      int length = Integer.parseInt(args[i]);
      List<Datagram> run =
          IntStream.range(0, DATAGRAMS)
              .mapToObj(number -> Datagram.to(receiver.localAddress(), bytes(length, number)))
              .toList();
      sender.send(Flux.fromIterable(run)).block(LONG);
      List<Datagram> got = receiver.receive().take(DATAGRAMS).collectList().block(LONG);
      boolean isSame = payloads(run).equals(payloads(got));
      System.out.println(length + " bytes: " + (isSame ? "as they were sent" : "not as sent"));
    }
    System.out.println("failed " + sender.stats().failedTotal());
    sender.disposeNow();
    receiver.disposeNow();
  }

  private static byte[] bytes(int length, int number) {
    byte[] bytes = new byte[length];
    bytes[length - 1] = (byte) number;
    return bytes;
  }

  private static List<?> payloads(List<Datagram> datagrams) {
    return datagrams.stream().map(Datagram::payload).toList();
  }
}
