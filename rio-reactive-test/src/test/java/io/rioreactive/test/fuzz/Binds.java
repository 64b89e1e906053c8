package io.rioreactive.test.fuzz;

import io.rioreactive.Datagram;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.Truncation;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Builders for the connections of a program. */
final class Binds {

  private Binds() {}

  /**
   * A bind that has not begun.
   *
   * @param onHandler what the function of a handler does with its inbound
   */
  static Mono<RioConnection> of(
      ModelConnection connection, PumpGroup group, int seed, Consumer<Flux<Datagram>> onHandler) {
    Truncation truncation = connection.deliversTruncated() ? Truncation.DELIVER : Truncation.DROP;
    if (connection.isClient()) {
      return RioUdpClient.create()
          .runOn(group)
          .remoteAddress(() -> Element.TARGET)
          .receiveSlots(connection.receiveSlots())
          .sendSlots(connection.sendSlots())
          .datagramSize(ModelConnection.DATAGRAM_SIZE)
          .truncation(truncation)
          .doOnDrop(connection::onDrop)
          .connect();
    }
    RioUdpServer server =
        RioUdpServer.create()
            .runOn(group)
            .receiveSlots(connection.receiveSlots())
            .sendSlots(connection.sendSlots())
            .datagramSize(ModelConnection.DATAGRAM_SIZE)
            .truncation(truncation)
            .doOnDrop(connection::onDrop);
    return switch (connection.sort()) {
      case HANDLER ->
          server
              .handle(
                  (in, out) ->
                      connection.handler.call(
                          () -> {
                            if (seed % 2 == 0) {
                              onHandler.accept(in.receive());
                            }
                          }))
              .bind();
      case RESPONDER ->
          server.respond(connection.responder::call, connection.responder.concurrency()).bind();
      case SERVER, CLIENT -> server.bind();
    };
  }
}
