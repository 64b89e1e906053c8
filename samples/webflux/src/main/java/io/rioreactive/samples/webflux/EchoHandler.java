package io.rioreactive.samples.webflux;

import io.rioreactive.Datagram;
import io.rioreactive.spring.RioDatagramHandler;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Sends each datagram back, and shows it to whoever watches. */
@Component
class EchoHandler {

  private final DatagramFeed feed;

  EchoHandler(DatagramFeed feed) {
    this.feed = feed;
  }

  /** Called on the thread that receives, since it answers with a Mono: it must not block. */
  @RioDatagramHandler
  Mono<Datagram> echo(Datagram datagram) {
    feed.publish(new Received(datagram.remoteAddress(), datagram.length(), datagram.asString()));
    return Mono.just(datagram); // what was received, sent, goes to its sender
  }
}
