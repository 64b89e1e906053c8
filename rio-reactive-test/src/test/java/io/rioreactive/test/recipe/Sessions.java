package io.rioreactive.test.recipe;

import io.rioreactive.Datagram;
import io.rioreactive.RioInbound;
import io.rioreactive.RioOutbound;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitResult;

/** A conversation with each peer: it ends when the peer says "bye", or is silent for too long. */
class Sessions {

  private static final int BACKLOG = 64; // datagrams that may wait for one session

  private final Map<InetSocketAddress, Sinks.Many<Datagram>> open = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();
  private final int most;
  private final Duration silence;

  Sessions(int most, Duration silence) {
    this.most = most;
    this.silence = silence;
  }

  /** For RioUdpServer.handle. One place more than sessions: for what belongs to those. */
  Publisher<Void> handle(RioInbound in, RioOutbound out) {
    return out.send(in.receive().mapNotNull(this::dispatch).flatMap(session -> session, most + 1));
  }

  /** What one session does: here each line comes back with its number. */
  private Flux<Datagram> converse(Flux<Datagram> lines) {
    return lines
        .timeout(silence, Mono.empty())
        .takeUntil(line -> line.asString().equals("bye"))
        .index((n, line) -> line.reply((n + 1) + " " + line.asString()));
  }

  /** Hands a datagram to its session, and answers null; or answers a new session. */
  private Flux<Datagram> dispatch(Datagram datagram) {
    InetSocketAddress peer = datagram.remoteAddress();
    Sinks.Many<Datagram> known = open.get(peer);
    EmitResult result = known == null ? EmitResult.FAIL_TERMINATED : known.tryEmitNext(datagram);
    if (result == EmitResult.OK) {
      return null;
    }
    boolean isFull = known == null && open.size() >= most;
    if (isFull || result == EmitResult.FAIL_OVERFLOW) {
      refused.incrementAndGet();
      return null;
    }
    Sinks.Many<Datagram> session =
        Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(BACKLOG));
    session.tryEmitNext(datagram);
    open.put(peer, session); // in the place of one that has just ended, if there is one
    return converse(session.asFlux()).doFinally(end -> open.remove(peer, session));
  }

  int open() {
    return open.size();
  }

  /** Datagrams for which there was no room: in the backlog of a session, or for another session. */
  long refused() {
    return refused.get();
  }
}
