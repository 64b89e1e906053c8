package io.rioreactive.spring.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.spring.RioDatagramHandler;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.AbstractDataBufferDecoder;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.codec.CodecConfigurer;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What handler methods take and give, and on which threads they are called. */
class HandlersTest {

  private static ApplicationContextRunner withHandler(Class<?> handler) {
    return Runner.create()
        .withPropertyValues("rio.udp.server.port=0")
        .withUserConfiguration(handler);
  }

  private static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        DatagramToDatagram.class,
        BytesToBytes.class,
        TextToText.class,
        ByteBufferToByteBuffer.class,
        DataBufferToDataBuffer.class,
        SenderToo.class,
        TextToMono.class,
        TextToDeferredMono.class,
        TextToPublisher.class,
        TextToFuture.class,
        TextToStage.class,
        TextToObject.class,
        NotVisible.class
      })
  void answerInEachForm(Class<?> handler) {
    withHandler(handler)
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                assertThat(peer.ask(Peer.addressOf(context, "default"), "hello"))
                    .isEqualTo("HELLO");
              }
            });
  }

  static class DatagramToDatagram {
    @RioDatagramHandler
    Datagram answer(Datagram query) {
      return query.reply(upper(query.asString()));
    }
  }

  static class BytesToBytes {
    @RioDatagramHandler
    byte[] answer(byte[] query) {
      return upper(new String(query, UTF_8)).getBytes(UTF_8);
    }
  }

  static class TextToText {
    @RioDatagramHandler
    String answer(String query) {
      return upper(query);
    }
  }

  static class ByteBufferToByteBuffer {
    @RioDatagramHandler
    ByteBuffer answer(ByteBuffer query) {
      return UTF_8.encode(upper(UTF_8.decode(query).toString()));
    }
  }

  static class DataBufferToDataBuffer {
    @RioDatagramHandler
    DataBuffer answer(DataBuffer query) {
      return DefaultDataBufferFactory.sharedInstance.wrap(
          upper(query.toString(UTF_8)).getBytes(UTF_8));
    }
  }

  static class SenderToo {
    @RioDatagramHandler
    Datagram answer(InetSocketAddress sender, String query) {
      return Datagram.to(sender, upper(query));
    }
  }

  static class TextToMono {
    @RioDatagramHandler
    Mono<String> answer(String query) {
      return Mono.just(upper(query));
    }
  }

  static class TextToDeferredMono {
    @RioDatagramHandler
    Mono<String> answer(String query) {
      return Mono.just(query).hide().map(HandlersTest::upper);
    }
  }

  static class TextToPublisher {
    @RioDatagramHandler
    Publisher<byte[]> answer(String query) {
      return Flux.just(upper(query).getBytes(UTF_8));
    }
  }

  static class TextToFuture {
    @RioDatagramHandler
    CompletableFuture<String> answer(String query) {
      return CompletableFuture.supplyAsync(() -> upper(query));
    }
  }

  static class TextToStage {
    @RioDatagramHandler
    CompletionStage<Datagram> answer(Datagram query) {
      return CompletableFuture.completedStage(query.reply(upper(query.asString())));
    }
  }

  static class TextToObject {
    @RioDatagramHandler
    Object answer(String query) {
      return upper(query);
    }
  }

  @SuppressWarnings("UnusedMethod") // called by reflection
  static class NotVisible {
    @RioDatagramHandler
    private String answer(String query) {
      return upper(query);
    }
  }

  @Test
  void eachElementOfAPublisherIsAReply() {
    withHandler(Letters.class)
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                peer.send(Peer.addressOf(context, "default"), "abc");
                assertThat(List.of(peer.receive(), peer.receive(), peer.receive()))
                    .containsExactly("a", "b", "c");
              }
            });
  }

  static class Letters {
    @RioDatagramHandler
    Flux<String> answer(String query) {
      return Flux.fromArray(query.split(""));
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {ToVoid.class, ToNull.class, ToEmpty.class, ToNothing.class, ToNullStage.class})
  void nothingIsNoReply(Class<?> handler) {
    withHandler(handler)
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                RioConnection bound = Peer.bound(context, "default");
                peer.send(bound.localAddress(), "hello");

                AtomicReference<?> seen = context.getBean(Seen.class).last;
                await().untilAsserted(() -> assertThat(seen.get()).isEqualTo("hello"));
                bound.shutdown(Duration.ofSeconds(20)).block(); // the call has ended then
                assertThat(bound.stats().accepted()).isZero();
                assertThat(bound.stats().handlerFailures()).isZero();
              }
            });
  }

  /** What was handled last. */
  static class Seen {
    final AtomicReference<@Nullable String> last = new AtomicReference<>();
  }

  static class ToVoid extends Seen {
    @RioDatagramHandler
    void take(String query) {
      last.set(query);
    }
  }

  static class ToNull extends Seen {
    @RioDatagramHandler
    @Nullable String take(String query) {
      last.set(query);
      return null;
    }
  }

  static class ToEmpty extends Seen {
    @RioDatagramHandler
    Mono<Void> take(String query) {
      return Mono.fromRunnable(() -> last.set(query));
    }
  }

  static class ToNothing extends Seen {
    @RioDatagramHandler
    Flux<String> take(String query) {
      last.set(query);
      return Flux.empty();
    }
  }

  static class ToNullStage extends Seen {
    @RioDatagramHandler
    CompletionStage<@Nullable String> take(String query) {
      last.set(query);
      return CompletableFuture.completedStage(null);
    }
  }

  @Test
  void jsonIsReadAndWrittenAsTheApplicationHasSetItUp() {
    withHandler(Resolver.class)
        .withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
        .withPropertyValues("spring.jackson.property-naming-strategy=SNAKE_CASE")
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                assertThat(
                        peer.ask(
                            Peer.addressOf(context, "default"), "{\"host_name\":\"example.org\"}"))
                    .isEqualTo("{\"host_name\":\"example.org\",\"ip_address\":\"192.0.2.1\"}");
              }
            });
  }

  record Question(String hostName) {}

  record Answer(String hostName, String ipAddress) {}

  static class Resolver {
    @RioDatagramHandler
    Mono<Answer> answer(Question question) {
      return Mono.just(new Answer(question.hostName(), "192.0.2.1"));
    }
  }

  @Test
  void aListIsOneJsonArray() {
    withHandler(Splitter.class)
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                assertThat(peer.ask(Peer.addressOf(context, "default"), "a b"))
                    .isEqualTo("[\"a\",\"b\"]");
              }
            });
  }

  static class Splitter {
    @RioDatagramHandler
    List<String> answer(String query) {
      return List.of(query.split(" "));
    }
  }

  @Test
  void aDecoderOfTheApplicationComesFirst() {
    withHandler(Thermometer.class)
        .withBean(ReadingDecoder.class)
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                assertThat(peer.ask(Peer.addressOf(context, "default"), "-7")).isEqualTo("cold");
              }
            });
  }

  @Test
  void theApplicationsDecodersNeedNoSpringWeb() {
    withHandler(Thermometer.class)
        .withBean(ReadingDecoder.class)
        .withClassLoader(new FilteredClassLoader(CodecConfigurer.class))
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                assertThat(peer.ask(Peer.addressOf(context, "default"), "31")).isEqualTo("hot");
              }
            });
  }

  @Test
  void theMimeTypeChooses() {
    withHandler(ByMimeType.class)
        .withBean(ReadingDecoder.class)
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                assertThat(peer.ask(Peer.addressOf(context, "default"), "{\"degrees\":31}"))
                    .isEqualTo("hot");
              }
            });
  }

  record Reading(int degrees) {}

  static class Thermometer {
    @RioDatagramHandler
    String answer(Reading reading) {
      return reading.degrees() > 20 ? "hot" : "cold";
    }
  }

  static class ByMimeType {
    @RioDatagramHandler(mimeType = "application/json")
    String answer(Reading reading) {
      return reading.degrees() > 20 ? "hot" : "cold";
    }
  }

  /** A number in decimal digits. */
  static class ReadingDecoder extends AbstractDataBufferDecoder<Reading> {

    ReadingDecoder() {
      super(MimeTypeUtils.TEXT_PLAIN);
    }

    @Override
    public boolean canDecode(ResolvableType type, @Nullable MimeType mimeType) {
      return type.toClass().equals(Reading.class) && super.canDecode(type, mimeType);
    }

    @Override
    public Reading decode(
        DataBuffer buffer,
        ResolvableType type,
        @Nullable MimeType mimeType,
        @Nullable Map<String, Object> hints) {
      return new Reading(Integer.parseInt(buffer.toString(UTF_8)));
    }
  }

  @Test
  void aReactiveMethodIsCalledOnThePump() {
    withHandler(ReactiveThread.class)
        .withPropertyValues("rio.udp.pump-group.name=edge")
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                assertThat(peer.ask(Peer.addressOf(context, "default"), ""))
                    .isEqualTo("edge-1, platform");
              }
            });
  }

  @Test
  void anyOtherIsCalledOnAnElasticThread() {
    withHandler(OtherThread.class)
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                assertThat(peer.ask(Peer.addressOf(context, "default"), ""))
                    .startsWith("boundedElastic-")
                    .endsWith(", platform");
              }
            });
  }

  @Test
  void anyOtherIsCalledOnAVirtualThreadWhereTheApplicationHasThem() {
    withHandler(OtherThread.class)
        .withPropertyValues("spring.threads.virtual.enabled=true")
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                assertThat(peer.ask(Peer.addressOf(context, "default"), ""))
                    .startsWith("rio-handler-")
                    .endsWith(", virtual");
              }
            });
  }

  private static String thread() {
    Thread thread = Thread.currentThread();
    return thread.getName() + ", " + (thread.isVirtual() ? "virtual" : "platform");
  }

  static class ReactiveThread {
    @RioDatagramHandler
    Mono<String> answer(Datagram query) {
      return Mono.just(thread());
    }
  }

  static class OtherThread {
    @RioDatagramHandler
    String answer() {
      return thread();
    }
  }

  @Test
  void eachServerHasItsOwn() {
    Runner.create()
        .withPropertyValues("rio.udp.servers.upper.port=0", "rio.udp.servers.length.port=0")
        .withUserConfiguration(OfTwoServers.class)
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                assertThat(peer.ask(Peer.addressOf(context, "upper"), "abc")).isEqualTo("ABC");
                assertThat(peer.ask(Peer.addressOf(context, "length"), "abc")).isEqualTo("3");
              }
            });
  }

  static class OfTwoServers {
    @RioDatagramHandler(server = "upper")
    String upper(String query) {
      return HandlersTest.upper(query);
    }

    @RioDatagramHandler(server = "length")
    Mono<String> length(byte[] query) {
      return Mono.just(Integer.toString(query.length));
    }
  }

  @Test
  void aProxiedBeanIsCalledThroughItsProxy() {
    withHandler(TextToText.class)
        .withBean(Proxies.class)
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                assertThat(peer.ask(Peer.addressOf(context, "default"), "abc"))
                    .isEqualTo("ABC, by its proxy");
              }
            });
  }

  /** Puts a proxy before each handler bean. */
  static class Proxies implements BeanPostProcessor {

    boolean isProxied(Object bean) {
      return bean instanceof TextToText;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
      if (!isProxied(bean)) {
        return bean;
      }
      ProxyFactory proxies = new ProxyFactory(bean);
      proxies.setProxyTargetClass(true);
      proxies.addAdvice((MethodInterceptor) call -> call.proceed() + ", by its proxy");
      return proxies.getProxy();
    }
  }

  @Test
  void aLazyBeanIsMadeForItsHandler() {
    withHandler(TextToText.class)
        .withInitializer(
            context ->
                context.addBeanFactoryPostProcessor(
                    new LazyInitializationBeanFactoryPostProcessor()))
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                assertThat(peer.ask(Peer.addressOf(context, "default"), "abc")).isEqualTo("ABC");
              }
            });
  }
}
