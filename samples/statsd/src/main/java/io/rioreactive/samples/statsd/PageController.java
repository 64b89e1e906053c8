package io.rioreactive.samples.statsd;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;

/** What the page asks for; the page itself is in {@code static}. */
@RestController
final class PageController {

  private final TickFeed feed;
  private final SinkDelay sink;

  PageController(TickFeed feed, SinkDelay sink) {
    this.feed = feed;
    this.sink = sink;
  }

  @GetMapping(path = "/ticks", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  Flux<ServerSentEvent<String>> ticks() {
    return feed.watch();
  }

  /** The slider. A PUT: no page of another origin can send one unasked, see {@link HostFilter}. */
  @PutMapping("/delay/{millis}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delay(@PathVariable("millis") int millis) {
    try {
      sink.millis(millis);
    } catch (IllegalArgumentException e) {
      throw new ResponseStatusException(HttpStatus.BAD_REQUEST, e.getMessage(), e);
    }
  }
}
