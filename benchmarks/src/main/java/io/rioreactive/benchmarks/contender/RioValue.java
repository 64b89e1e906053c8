package io.rioreactive.benchmarks.contender;

import io.rioreactive.Datagram;
import io.rioreactive.RioInbound;
import io.rioreactive.RioOutbound;
import java.io.IOException;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** This library with values: each datagram is a {@link Datagram} that owns its bytes. */
final class RioValue implements RioServers.Path {

  private final Task task;
  private final Tally tally;
  private final byte[] payload;

  private RioValue(Task task, Tally tally) {
    this.task = task;
    this.tally = tally;
    payload = new byte[task.size()];
  }

  /** The first arguments are those of {@link RioServers#run}. */
  public static void main(String[] args) throws IOException {
    RioServers.run(args, RioValue::new);
  }

  @Override
  public Mono<Void> send(RioOutbound out, Turns turns) {
    return out.send(Flux.fromIterable(turns).map(target -> Datagram.to(target, payload)));
  }

  @Override
  public Publisher<Void> handle(RioInbound in, RioOutbound out) {
    return switch (task.kind()) {
      case ECHO -> out.send(in.receive().doOnNext(this::count).map(this::reply));
      case SLOW -> in.receive().publishOn(Schedulers.single(), 1).doOnNext(this::takeTime).then();
      default -> in.receive().doOnNext(this::count).then();
    };
  }

  private void count(Datagram datagram) {
    tally.onDatagram(datagram.payload().getLong(0));
  }

  private void takeTime(Datagram datagram) {
    tally.onSlowDatagram(datagram.payload().getLong(0));
  }

  private Datagram reply(Datagram datagram) {
    tally.onReply();
    if (task.flipMask() == 0) {
      return datagram;
    }
    byte[] bytes = datagram.asByteArray();
    bytes[task.flipIndex()] ^= (byte) task.flipMask();
    return datagram.reply(bytes);
  }
}
