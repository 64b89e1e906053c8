package io.rioreactive.test.fuzz;

import io.rioreactive.RioConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What an application sends. Each answers what it was in words, or null if not now. */
final class OutboundSteps {

  private static final List<Element.Sort> BAD_SORTS =
      List.of(Element.Sort.TOO_LONG, Element.Sort.BAD_ADDRESS, Element.Sort.ENCODER_THROWS);

  private final Cast cast;
  private final Model model;
  private final List<ModelSend> sends = new ArrayList<>();
  private final List<HandSource<Element>> sources = new ArrayList<>();
  private final List<ModelSend> sendOfSource = new ArrayList<>();

  OutboundSteps(Cast cast, Model model) {
    this.cast = cast;
    this.model = model;
  }

  List<ModelSend> sends() {
    return sends;
  }

  private ModelSend newSend(ModelConnection connection, int window) {
    ModelSend send = new ModelSend(model, connection, cast.name("send"), window);
    connection.sends().add(send);
    sends.add(send);
    return send;
  }

  private @Nullable ModelConnection sender(Step step) {
    return cast.connection(
        step.a(), each -> each.sort() != ModelConnection.Sort.RESPONDER || step.c() % 16 == 0);
  }

  @Nullable String sendOne(Step step) {
    ModelConnection connection = sender(step);
    if (connection == null) {
      return null;
    }
    ModelSend send = newSend(connection, 1);
    Mono<Element> source = Mono.fromCallable(() -> send.newElement(Element.Sort.GOOD)).hide();
    start(send, connection, Mono.from(send.observed(source)), step.b() % 2 == 0);
    return "%s of one on %s".formatted(send, connection);
  }

  @Nullable String sendMany(Step step, boolean bad) {
    ModelConnection connection = sender(step);
    if (connection == null) {
      return null;
    }
    ModelSend send = newSend(connection, window(connection));
    int count = step.b() % 12;
    boolean fails = step.c() % 5 == 0;
    Flux<Element> source =
        Flux.range(0, count)
            .map(
                i ->
                    send.newElement(
                        bad && (step.c() + i) % 3 == 0
                            ? badSort(step.b() + i)
                            : Element.Sort.GOOD));
    if (fails) {
      source = source.concatWith(Flux.error(new IOException("the publisher fails")));
    }
    start(send, connection, send.observed(source), bad || step.b() % 2 == 0);
    return "%s of %d%s on %s%s"
        .formatted(
            send, count, bad ? ", some bad," : "", connection, fails ? ", which fails then" : "");
  }

  private static Element.Sort badSort(int which) {
    return BAD_SORTS.get(which % BAD_SORTS.size());
  }

  @Nullable String sendByHand(Step step) {
    ModelConnection connection = sender(step);
    if (connection == null) {
      return null;
    }
    ModelSend send = newSend(connection, window(connection));
    HandSource<Element> source = new HandSource<>(() -> {});
    sources.add(source);
    sendOfSource.add(send);
    start(send, connection, send.observed(Flux.from(source)), step.b() % 2 == 0);
    return "%s by hand on %s".formatted(send, connection);
  }

  @Nullable String echo(Step step) {
    ModelConnection connection =
        cast.connection(
            step.a(), each -> each.sort() != ModelConnection.Sort.RESPONDER && !each.isTaken());
    if (connection == null) {
      return null;
    }
    ModelSend send = newSend(connection, window(connection));
    String name = cast.name("subscriber");
    Flux<Element> replies =
        Taps.tapped(model, connection, name, Cast.api(connection).receive())
            .map(ignored -> send.newElement(Element.Sort.GOOD));
    start(send, connection, send.observed(replies), step.b() % 2 == 0);
    return "%s on %s echoes what %s gets".formatted(send, connection, name);
  }

  private static int window(ModelConnection connection) {
    return Math.min(connection.sendSlots(), 256);
  }

  private void start(
      ModelSend send, ModelConnection connection, Flux<Element> source, boolean encodes) {
    RioConnection api = Cast.api(connection);
    send.subscribeTo(
        encodes ? api.send(source, send::encode) : api.send(source.map(Element::datagram)));
  }

  private void start(
      ModelSend send, ModelConnection connection, Mono<Element> source, boolean encodes) {
    RioConnection api = Cast.api(connection);
    send.subscribeTo(
        encodes ? api.send(source, send::encode) : api.send(source.map(Element::datagram)));
  }

  @Nullable String emit(Step step) {
    HandSource<Element> source = Cast.pick(sources, step.a(), HandSource::isLive);
    if (source == null) {
      return null;
    }
    ModelSend send = sendOfSource.get(sources.indexOf(source));
    int count = source.emit(1 + step.b() % 5, () -> send.newElement(Element.Sort.GOOD));
    return count == 0 ? null : "the publisher of %s emits %d".formatted(send, count);
  }

  @Nullable String endSource(Step step, boolean fails) {
    HandSource<Element> source = Cast.pick(sources, step.a(), HandSource::isLive);
    if (source == null) {
      return null;
    }
    if (fails) {
      source.fail(new IOException("the publisher fails"));
    } else {
      source.complete();
    }
    return "the publisher of %s %s"
        .formatted(sendOfSource.get(sources.indexOf(source)), fails ? "fails" : "completes");
  }

  @Nullable String cancelSend(Step step) {
    ModelSend send = Cast.pick(sends, step.a(), ModelSend::isLive);
    if (send == null) {
      return null;
    }
    send.cancel();
    return "cancel " + send;
  }
}
