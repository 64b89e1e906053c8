package io.rioreactive.samples;

import io.rioreactive.Datagram;
import io.rioreactive.DatagramView;
import io.rioreactive.RioInbound;
import io.rioreactive.RioOutbound;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Those who announce themselves to a group, this program included: each says {@code rio-discover ID
 * here NAME} again and again, and {@code gone} at the end. The id tells two of the same name apart,
 * and an own announcement, which the group brings back, from others.
 */
final class Neighbours {

  private static final String MAGIC = "rio-discover";

  /** Announcements that may be lost before somebody is taken for gone. */
  private static final int PATIENCE = 3;

  private final String id = UUID.randomUUID().toString();
  private final String name;
  private final InetSocketAddress group;
  private final Duration every;
  private final Consumer<String> say;
  private final Map<String, Neighbour> byId = new ConcurrentHashMap<>();

  private record Neighbour(String name, InetSocketAddress address, Instant heard) {}

  private record Message(InetSocketAddress from, String id, String verb, String name) {}

  Neighbours(String name, InetSocketAddress group, Duration every, Consumer<String> say) {
    this.name = name;
    this.group = group;
    this.every = every;
    this.say = say;
  }

  /** What the server does: announce and listen, until it is told to end. */
  Publisher<Void> meet(RioInbound in, RioOutbound out) {
    Flux<Datagram> announcements =
        Flux.interval(Duration.ZERO, every)
            .onBackpressureDrop()
            .doOnNext(tick -> forgetTheSilent())
            .map(tick -> message("here"));
    Mono<Void> listening = in.receive(Neighbours::parse).doOnNext(this::onMessage).then();
    return out.send(announcements.takeUntilOther(out.neverComplete())).and(listening);
  }

  Datagram farewell() {
    return message("gone");
  }

  /** How many others there are. */
  int count() {
    return byId.size();
  }

  private Datagram message(String verb) {
    return Datagram.to(group, String.join(" ", MAGIC, id, verb, name));
  }

  /** Null, which skips it, for what somebody else sends to this group. */
  private static @Nullable Message parse(DatagramView view) {
    String[] words = view.asString().split(" ", 4);
    return words.length == 4 && words[0].equals(MAGIC)
        ? new Message(view.remoteAddress(), words[1], words[2], words[3])
        : null;
  }

  private void onMessage(Message message) {
    if (message.id().equals(id)) {
      return;
    }
    if (message.verb().equals("gone")) {
      onGone(message.id(), "says goodbye");
      return;
    }
    Neighbour now = new Neighbour(message.name(), message.from(), Instant.now());
    if (byId.put(message.id(), now) == null) {
      say.accept("found " + now.name() + " at " + PeerAddress.text(now.address()));
    }
  }

  private void forgetTheSilent() {
    Instant limit = Instant.now().minus(every.multipliedBy(PATIENCE));
    byId.forEach(
        (each, neighbour) -> {
          if (neighbour.heard().isBefore(limit)) {
            onGone(each, "has fallen silent");
          }
        });
  }

  private void onGone(String gone, String why) {
    Neighbour neighbour = byId.remove(gone);
    if (neighbour != null) {
      say.accept("lost " + neighbour.name() + ": " + why);
    }
  }
}
