package io.rioreactive.samples.dns;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioInbound;
import io.rioreactive.RioUdpServer;
import java.io.UncheckedIOException;
import java.util.Set;
import reactor.core.publisher.Flux;

/**
 * All of the I/O: datagrams in, those of them that are answered out. An answer is computed on the
 * pump, since it waits for nothing; so the demand is as much as a send takes ahead, and more
 * questions than that wait in the socket.
 */
final class DnsServer {

  private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::");

  private DnsServer() {}

  /**
   * Binds the socket, or several on one port.
   *
   * @param pumps how many
   * @throws UncheckedIOException if that fails, with the reason for a user
   */
  static RioConnection bind(DnsOptions options, String provider, int pumps, Responder responder) {
    return RioUdpServer.create()
        .host(options.host())
        .port(options.port())
        .datagramSize(options.datagramSize())
        // Who asked one of several addresses does not know an answer from another.
        .packetInfo(WILDCARDS.contains(options.host()))
        .provider(provider)
        .pumps(pumps)
        .handle((in, out) -> out.send(answers(in, responder)))
        .bindNow();
  }

  private static Flux<Datagram> answers(RioInbound in, Responder responder) {
    return in.receive()
        .handle(
            (question, sink) ->
                responder
                    .answer(question.payload())
                    .ifPresent(answer -> sink.next(question.reply(answer))));
  }
}
