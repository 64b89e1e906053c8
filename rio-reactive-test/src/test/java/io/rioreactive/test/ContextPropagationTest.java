package io.rioreactive.test;

import static io.rioreactive.test.SimulatedServer.PEER;
import static io.rioreactive.test.SimulatedServer.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;
import reactor.util.context.Context;

/**
 * What the subscriber of {@code bind} has about it is there in the handler: its Reactor context,
 * and its thread-locals where the application propagates them.
 */
class ContextPropagationTest {

  private static final String KEY = "request";
  private static final ThreadLocal<String> REQUEST = new ThreadLocal<>();

  private final SimulatedKernel kernel = SimulatedKernel.withdrawingPosts();
  private final ManualPump pump = ManualPump.over(kernel);

  /** What the code under test has seen. */
  private final List<String> seen = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    pump.close();
  }

  private RioConnection bind(UnaryOperator<RioUdpServer> options, Context context) {
    TestSubscriber<RioConnection> bound = TestSubscriber.create();
    RioUdpServer server = options.apply(RioUdpServer.create().sendSlots(4));
    server.runOn(pump.group()).bind().contextWrite(context).subscribe(bound);
    return runUntilBound(bound);
  }

  private RioConnection runUntilBound(TestSubscriber<RioConnection> bound) {
    pump.run();
    return bound.getReceivedOnNext().getFirst();
  }

  private void receive(String... texts) {
    for (String text : texts) {
      kernel.lastSocket().deliver(text);
    }
    pump.run();
  }

  /** Notes what the context has. */
  private <T> Mono<T> noteContext(T value) {
    return Mono.deferContextual(
        context -> {
          seen.add(context.getOrDefault(KEY, "nothing"));
          return Mono.just(value);
        });
  }

  @Test
  void theContextIsThereInTheHandlersPublishers() {
    bind(
        it -> it.handle((in, out) -> out.send(in.receive().concatMap(this::noteContext))),
        Context.of(KEY, "17"));
    receive("a", "b");

    assertThat(seen).containsExactly("17", "17");
    assertThat(kernel.lastSocket().sent()).hasSize(2);
  }

  @Test
  void theContextIsThereInTheRespondersPublishers() {
    bind(it -> it.respond(query -> noteContext(query.reply("yes"))), Context.of(KEY, "17"));
    receive("a", "b");

    assertThat(seen).containsExactly("17", "17");
  }

  @Test
  void theContextIsThereAgainWhenAHandlerIsTriedAgain() {
    bind(
        it ->
            it.handle(
                (in, out) ->
                    noteContext("")
                        .flatMap(
                            ignored ->
                                seen.size() == 1
                                    ? Mono.error(new IllegalStateException("once"))
                                    : in.receive().then())),
        Context.of(KEY, "17"));

    assertThat(seen).containsExactly("17", "17");
  }

  @Nested
  class WithAutomaticPropagation {

    @BeforeEach
    void enable() {
      ContextRegistry.getInstance()
          .registerThreadLocalAccessor(KEY, REQUEST::get, REQUEST::set, REQUEST::remove);
      Hooks.enableAutomaticContextPropagation();
    }

    @AfterEach
    void disable() {
      REQUEST.remove();
      Hooks.disableAutomaticContextPropagation();
      ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
    }

    /** With a thread-local that is there while bind is subscribed to, and no longer. */
    private void bindWith(String value, UnaryOperator<RioUdpServer> options) {
      RioUdpServer server = options.apply(RioUdpServer.create().sendSlots(4));
      Mono<RioConnection> bind = server.runOn(pump.group()).bind();
      TestSubscriber<RioConnection> bound = TestSubscriber.create();
      REQUEST.set(value);
      bind.subscribe(bound);
      REQUEST.remove();
      runUntilBound(bound);
    }

    private void note() {
      seen.add(String.valueOf(REQUEST.get()));
    }

    private Publisher<Datagram> noted(Datagram query) {
      note();
      return Mono.fromCallable(
          () -> {
            note();
            return query.reply("yes");
          });
    }

    @Test
    void theThreadLocalIsThereInTheHandler() {
      bindWith(
          "17",
          it ->
              it.handle(
                  (in, out) -> {
                    note();
                    return out.send(
                        in.receive()
                            .doOnNext(datagram -> note())
                            .filter(datagram -> true)
                            .map(datagram -> datagram.reply("yes")));
                  }));
      receive("a", "b");

      assertThat(seen).containsExactly("17", "17", "17");
      assertThat(REQUEST.get()).as("on the pump, afterwards").isNull();
    }

    @Test
    void theThreadLocalIsThereInTheResponder() {
      bindWith("17", it -> it.respond(this::noted));
      receive("a", "b");

      assertThat(seen).containsExactly("17", "17", "17", "17");
      assertThat(REQUEST.get()).isNull();
    }

    @Test
    void eachConnectionHasItsOwn() {
      bindWith("17", it -> it.respond(this::noted));
      receive("a");
      bindWith("18", it -> it.respond(this::noted));
      receive("b");

      assertThat(seen).containsExactly("17", "17", "18", "18");
    }

    /** The pump asks for the next ones, and they are made in that call. */
    @Test
    void theThreadLocalIsThereWhenThePumpAsksForMoreToSend() {
      Flux<Datagram> many =
          Flux.fromIterable(texts("t", 50))
              .doOnNext(text -> note())
              .map(text -> Datagram.to(PEER, text));
      bindWith("17", it -> it.handle((in, out) -> out.send(many).then(out.neverComplete())));

      assertThat(kernel.lastSocket().sent()).hasSize(50);
      assertThat(seen).hasSize(50).containsOnly("17");
    }

    @Test
    void aContextThatIsWrittenGoesBeforeAThreadLocal() {
      List<String> inHandler = new ArrayList<>();
      REQUEST.set("of the thread");
      bind(
          it ->
              it.handle(
                  (in, out) -> {
                    inHandler.add(REQUEST.get());
                    return out.neverComplete();
                  }),
          Context.of(KEY, "written"));

      assertThat(inHandler).containsExactly("written");
    }
  }
}
