package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.RioUdpServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.Fuseable;
import reactor.core.Scannable;
import reactor.core.Scannable.Attr;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

@DisplayName("The inbound Flux fits into Reactor")
class ReactorFitTest {

  private static final String HOOK = "test";

  private final Rig rig = Rig.create();

  @AfterEach
  void close() {
    Hooks.resetOnEachOperator(HOOK);
    Hooks.resetOnOperatorDebug();
    rig.close();
  }

  @Test
  @DisplayName("it passes Flux.onAssembly, each way to receive")
  void passesAssemblyHooks() {
    List<Publisher<?>> assembled = new ArrayList<>();
    Hooks.onEachOperator(
        HOOK,
        publisher -> {
          assembled.add(publisher);
          return publisher;
        });

    Flux<?> values = rig.connection().receive();
    Flux<?> decoded = rig.connection().receive(view -> view.length());
    rig.connection().next();

    assertThat(assembled).contains(values, decoded).hasSizeGreaterThan(3);
  }

  @Test
  @DisplayName("what the hook puts in its place is what the application gets")
  void hooksReplace() {
    AtomicInteger subscribed = new AtomicInteger();
    Hooks.onEachOperator(
        HOOK,
        Operators.lift(
            (scannable, actual) -> {
              subscribed.incrementAndGet();
              return actual;
            }));

    Probe<Integer> probe = Probe.requesting(1);
    rig.connection().<Integer>receive(view -> view.length()).subscribe(probe);
    rig.receive("abc");

    assertThat(subscribed).hasValue(1);
    assertThat(probe.values()).containsExactly(3);
  }

  @Test
  @DisplayName("operator debugging names it in its traces")
  void operatorDebug() {
    Hooks.onOperatorDebug();
    List<Throwable> errors = new ArrayList<>();
    rig.connection().receive(view -> view.length()).subscribe(value -> {});

    rig.connection().receive(view -> view.length()).subscribe(value -> {}, errors::add);
    rig.run();

    assertThat(errors).hasSize(1);
    assertThat(errors.getFirst().getSuppressed()[0].getMessage())
        .contains("io.rioreactive.InboundFlux");
  }

  @Test
  @DisplayName("the Flux is Scannable: asynchronous, and named after its connection")
  void fluxIsScannable() {
    Scannable scannable = Scannable.from(rig.connection().receive());

    assertThat(scannable.isScanAvailable()).isTrue();
    assertThat(scannable.scan(Attr.RUN_STYLE)).isEqualTo(Attr.RunStyle.ASYNC);
    assertThat(scannable.name()).contains("rio.receive", "127.0.0.1:50000");
    assertThat(Scannable.from(rig.texts()).parents().map(Scannable::name))
        .as("parents of an operator behind it")
        .anySatisfy(name -> assertThat(name).contains("rio.receive"));
  }

  @Test
  @DisplayName("the subscription is Scannable: who, how much demand, whether it has ended")
  void subscriptionIsScannable() {
    Probe<Integer> probe = Probe.requesting(3);
    rig.connection().<Integer>receive(view -> view.length()).subscribe(probe);
    rig.receive("a");
    Scannable scannable = Scannable.from(probe.subscription());

    assertThat(scannable.isScanAvailable()).isTrue();
    assertThat(scannable.scanUnsafe(Attr.ACTUAL)).isSameAs(probe);
    assertThat(scannable.scan(Attr.REQUESTED_FROM_DOWNSTREAM)).isEqualTo(2);
    assertThat(scannable.scan(Attr.RUN_STYLE)).isEqualTo(Attr.RunStyle.ASYNC);
    assertThat(scannable.scan(Attr.CANCELLED)).isFalse();
    assertThat(scannable.scan(Attr.TERMINATED)).isFalse();

    rig.connection().dispose();
    rig.run();
    assertThat(scannable.scan(Attr.TERMINATED)).isTrue();
  }

  @Test
  @DisplayName("a cancelled subscription says so")
  void cancelledIsScannable() {
    Probe<Integer> probe = Probe.requesting(3);
    rig.connection().<Integer>receive(view -> view.length()).subscribe(probe);

    probe.cancel();

    assertThat(Scannable.from(probe.subscription()).scan(Attr.CANCELLED)).isTrue();
  }

  @Test
  @DisplayName("neither Flux nor subscription is Fuseable: there is no queue to fuse with")
  void notFuseable() {
    Probe<Integer> probe = Probe.requesting(3);
    Flux<Integer> flux = rig.connection().receive(view -> view.length());
    flux.subscribe(probe);

    assertThat(flux).isNotInstanceOf(Fuseable.class);
    assertThat(probe.subscription()).isNotInstanceOf(Fuseable.QueueSubscription.class);
  }

  @Test
  @DisplayName("nothing happens before it is subscribed")
  void isCold() {
    rig.connection().receive();
    rig.connection().next();
    rig.receive("a");

    rig.assertPosted(0);
    assertThat(rig.texts().take(1).collectList().subscribe().isDisposed()).isFalse();
  }

  @Test
  @DisplayName("one Flux can be subscribed again and again")
  void canBeSubscribedAgain() {
    Flux<String> flux = rig.texts();
    for (int i = 0; i < 3; i++) {
      Probe<String> probe = Probe.requesting(1);
      flux.subscribe(probe);
      rig.receive("a");
      assertThat(probe.values()).containsExactly("a");
      probe.cancel();
    }
  }

  @Test
  @DisplayName("the handler sees the Context of bind's subscriber")
  void contextOfBind() {
    List<String> seen = new ArrayList<>();
    RioUdpServer.create()
        .runOn(rig.pump().group())
        .handle(
            (in, out) ->
                Flux.deferContextual(context -> in.receive().thenMany(Mono.<Void>empty()))
                    .transformDeferredContextual(
                        (flux, context) -> {
                          seen.add(context.get("tenant"));
                          return flux;
                        }))
        .bind()
        .contextWrite(Context.of("tenant", "blue"))
        .subscribe();
    rig.run();

    assertThat(seen).containsExactly("blue");
  }
}
