package io.rioreactive.samples.webflux;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

/** Shows the datagrams in a browser, as they come. */
@RestController
class DatagramController {

  private final DatagramFeed feed;

  DatagramController(DatagramFeed feed) {
    this.feed = feed;
  }

  @GetMapping(path = "/datagrams", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  Flux<Received> datagrams() {
    return feed.watch();
  }
}
