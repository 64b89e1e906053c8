package io.rioreactive.benchmarks.contender;

import io.rioreactive.RioInbound;
import io.rioreactive.RioOutbound;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * This library, decoding and encoding in place. The echo is that of the README, with a pool of
 * holders.
 */
final class RioDecoder implements RioServers.Path {

  private static final class Holder {
    final byte[] bytes = new byte[Task.SLOT];
    int length;
    InetSocketAddress peer = new InetSocketAddress(0);
  }

  private final Task task;
  private final Tally tally;
  private final byte[] payload;
  private final ArrayDeque<Holder> pool = new ArrayDeque<>(); // used on the pump alone

  private RioDecoder(Task task, Tally tally) {
    this.task = task;
    this.tally = tally;
    payload = new byte[task.size()];
  }

  /** The first arguments are those of {@link RioServers#run}. */
  public static void main(String[] args) throws IOException {
    RioServers.run(args, RioDecoder::new);
  }

  @Override
  public Publisher<Void> handle(RioInbound in, RioOutbound out) {
    return switch (task.kind()) {
      case ECHO -> echo(in, out);
      case SLOW -> slow(in);
      default -> receive(in);
    };
  }

  @Override
  public Mono<Void> send(RioOutbound out, Turns turns) {
    return out.send(
        Flux.fromIterable(turns), (target, writer) -> writer.remoteAddress(target).put(payload));
  }

  private Publisher<Void> receive(RioInbound in) {
    return in.receive(
            view -> {
              tally.onDatagram(view.getLong(0));
              return tally;
            })
        .then();
  }

  private Publisher<Void> slow(RioInbound in) {
    return in.receive(view -> view.getLong(0))
        .publishOn(Schedulers.single(), 1)
        .doOnNext(tally::onSlowDatagram)
        .then();
  }

  private Publisher<Void> echo(RioInbound in, RioOutbound out) {
    return out.send(
        in.receive(
            view -> {
              tally.onDatagram(view.getLong(0));
              Holder holder = pool.isEmpty() ? new Holder() : pool.pop();
              holder.peer = view.remoteAddress();
              holder.length = view.length();
              view.getBytes(0, holder.bytes, 0, holder.length);
              return holder;
            }),
        (holder, writer) -> {
          holder.bytes[task.flipIndex()] ^= (byte) task.flipMask();
          writer.remoteAddress(holder.peer).put(holder.bytes, 0, holder.length);
          pool.push(holder);
          tally.onReply();
        });
  }
}
