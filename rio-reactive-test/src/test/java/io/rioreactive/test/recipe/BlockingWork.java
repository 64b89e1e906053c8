package io.rioreactive.test.recipe;

import io.rioreactive.RioUdpServer;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Answers by a call that blocks: a driver, a file, a library of old. */
class BlockingWork {

  private BlockingWork() {}

  /** So many calls at once, and no more datagrams taken from the socket than that. */
  static RioUdpServer answering(
      RioUdpServer server, UnaryOperator<String> blockingCall, int atOnce) {
    return server.respond(
        query ->
            Mono.fromCallable(() -> query.reply(blockingCall.apply(query.asString())))
                .subscribeOn(Schedulers.boundedElastic()),
        atOnce);
  }
}
