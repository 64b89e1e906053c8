package io.rioreactive.test.fuzz;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * Who takes what is received, and what he does when he gets it. Each answers what it was in words,
 * or null if not now.
 */
final class InboundSteps {

  private final Cast cast;
  private final Model model;
  private final StepScheduler scheduler;
  private final OutboundSteps outbound;
  private final EndSteps ends;
  private final List<InboundTap<?>> taps = new ArrayList<>();

  InboundSteps(
      Cast cast, Model model, StepScheduler scheduler, OutboundSteps outbound, EndSteps ends) {
    this.cast = cast;
    this.model = model;
    this.scheduler = scheduler;
    this.outbound = outbound;
    this.ends = ends;
  }

  List<InboundTap<?>> taps() {
    return taps;
  }

  /** Subscribes, and asks for the first ones. */
  InboundTap<Datagram> tap(
      ModelConnection connection, InboundTap.Sort sort, long first, Publisher<Datagram> inbound) {
    InboundTap<Datagram> tap =
        new InboundTap<>(model, connection, cast.name("subscriber"), sort, first, null);
    taps.add(tap);
    tap.subscribeTo(inbound);
    return tap;
  }

  @Nullable String subscribe(Step step, InboundTap.Sort sort, boolean second) {
    ModelConnection connection =
        cast.connection(
            step.a(),
            each ->
                each.sort() != ModelConnection.Sort.RESPONDER
                    && (each.isTaken() == second || step.c() % 8 == 0));
    return connection == null ? null : subscribe(connection, sort, step.b() % 7);
  }

  private String subscribe(ModelConnection connection, InboundTap.Sort sort, long first) {
    RioConnection api = Cast.api(connection);
    InboundTap<?> tap =
        switch (sort) {
          case RECEIVE -> tap(connection, sort, first, api.receive());
          case NEXT -> tap(connection, sort, first, api.next());
          case DECODER -> tapDecoder(connection, first, api);
        };
    return "%s of %s asks for %d by %s".formatted(tap, connection, first, sort);
  }

  private InboundTap<?> tapDecoder(ModelConnection connection, long first, RioConnection api) {
    InboundTap<String> tap =
        new InboundTap<>(
            model, connection, cast.name("subscriber"), InboundTap.Sort.DECODER, first, null);
    taps.add(tap);
    tap.subscribeTo(api.<String>receive(tap::decode));
    return tap;
  }

  @Nullable String subscribePublishOn(Step step) {
    ModelConnection connection =
        cast.connection(
            step.a(), each -> each.sort() != ModelConnection.Sort.RESPONDER && !each.isTaken());
    if (connection == null) {
      return null;
    }
    int prefetch = 1 + step.b() % 5;
    String name = cast.name("subscriber");
    Taps.tapped(model, connection, name, Cast.api(connection).receive())
        .publishOn(scheduler, prefetch)
        .subscribe(ignored -> {}, ignored -> {});
    return "%s of %s with publishOn, prefetch %d".formatted(name, connection, prefetch);
  }

  @Nullable String request(Step step, long n) {
    InboundTap<?> tap =
        Cast.pick(taps, step.a(), each -> each.isDirect() && each.isLive() && each.isSubscribed());
    if (tap == null) {
      return null;
    }
    tap.request(n);
    return "%s of %s requests %d".formatted(tap, tap.connection(), n);
  }

  @Nullable String cancel(Step step) {
    InboundTap<?> tap = Cast.pick(taps, step.a(), each -> each.isLive() && each.isSubscribed());
    if (tap == null) {
      return null;
    }
    tap.cancel();
    return "%s of %s cancels".formatted(tap, tap.connection());
  }

  @Nullable String script(Step step) {
    InboundTap<?> tap = Cast.pick(taps, step.a(), each -> each.isDirect() && each.isLive());
    if (tap == null) {
      return null;
    }
    int n = 1 + step.c() % 4;
    String what =
        switch (step.b() % 12) {
          case 0, 1 -> {
            tap.inOnNext(by -> by.request(n));
            yield "request " + n;
          }
          case 2, 3 -> {
            tap.inOnNext(InboundTap::cancel);
            yield "cancel";
          }
          case 4 -> {
            tap.inOnNext(
                by -> {
                  throw by.thrown();
                });
            yield "throw";
          }
          case 5 -> {
            tap.inOnNext(
                by -> {
                  by.cancel();
                  resubscribe(by.connection(), n);
                });
            yield "cancel, and let another ask for " + n;
          }
          case 6 -> {
            tap.inOnNext(by -> by.request(0));
            yield "request 0";
          }
          case 7 -> {
            tap.inOnNext(by -> resubscribe(by.connection(), n));
            yield "let a second subscribe";
          }
          case 8 -> {
            tap.inOnNext(by -> ends.dispose(step));
            yield "dispose of some connection";
          }
          case 9 -> {
            tap.inOnNext(by -> ends.shutdown(step));
            yield "shut some connection down";
          }
          case 10 -> {
            tap.inOnNext(by -> outbound.sendMany(step, false));
            yield "send";
          }
          default -> {
            tap.inOnNext(by -> request(step, n));
            yield "request " + n + " for some subscriber";
          }
        };
    return "%s will, in an onNext: %s".formatted(tap, what);
  }

  private void resubscribe(ModelConnection connection, int n) {
    if (connection.connection() != null) {
      subscribe(connection, InboundTap.Sort.RECEIVE, n);
    }
  }

  @Nullable String scriptDecoder(Step step) {
    InboundTap<?> tap = Cast.pick(taps, step.a(), each -> each.hasDecoder() && each.isLive());
    if (tap == null) {
      return null;
    }
    tap.inDecoder(InboundTap::cancel);
    return tap + " will cancel in its decoder";
  }
}
