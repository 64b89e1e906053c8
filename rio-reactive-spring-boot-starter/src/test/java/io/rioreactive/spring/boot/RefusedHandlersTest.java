package io.rioreactive.spring.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.DatagramView;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.spring.RioDatagramHandler;
import io.rioreactive.spring.RioUdpServerCustomizer;
import java.net.SocketAddress;
import java.nio.MappedByteBuffer;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.http.codec.CodecConfigurer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Handlers that cannot work fail the start: by bean and method, with what would work. */
class RefusedHandlersTest {

  private static final ApplicationContextRunner ONE_SERVER =
      Runner.create().withPropertyValues("rio.udp.server.port=0");

  static Stream<Arguments> impossible() {
    return Stream.of(
        Arguments.of(
            TakesStream.class, "TakesStream.answer(Flux)", "not for a stream", "RioUdpConnections"),
        Arguments.of(
            TakesView.class, "TakesView.answer(DatagramView)", "no Decoder reads that", "Datagram"),
        Arguments.of(
            TakesConnection.class,
            "TakesConnection.answer(String, RioConnection)",
            "parameter 2 is",
            "Datagram"),
        Arguments.of(
            TakesUnknown.class,
            "TakesUnknown.answer(UUID)",
            "java.util.UUID",
            "JSON needs spring-web"),
        Arguments.of(
            GivesUnknown.class,
            "GivesUnknown.answer(String)",
            "no Encoder writes that",
            "Publisher"),
        Arguments.of(
            GivesMonoOfUnknown.class,
            "GivesMonoOfUnknown.answer(String)",
            "its result is java.util.UUID",
            "Encoder"),
        Arguments.of(
            GivesNested.class, "GivesNested.answer(String)", "no Encoder writes that", "Publisher"),
        Arguments.of(
            WrongMimeType.class, "WrongMimeType.answer(String)", "Invalid mime type", "mimeType"));
  }

  @ParameterizedTest
  @MethodSource("impossible")
  void whatCannotBeCalledIsRefused(Class<?> handler, String method, String reason, String remedy) {
    ONE_SERVER
        .withClassLoader(new FilteredClassLoader(CodecConfigurer.class))
        .withBean("mine", handler)
        .run(
            context ->
                assertThat(Runner.analysisOf(context))
                    .contains(method)
                    .contains("of the bean 'mine'")
                    .contains(reason)
                    .contains(remedy));
  }

  static class TakesStream {
    @RioDatagramHandler
    Flux<Datagram> answer(Flux<Datagram> queries) {
      return queries;
    }
  }

  static class TakesView {
    @RioDatagramHandler
    String answer(DatagramView view) {
      return view.asString();
    }
  }

  static class TakesConnection {
    @RioDatagramHandler
    String answer(String query, RioConnection connection) {
      return query + connection;
    }
  }

  static class TakesUnknown {
    @RioDatagramHandler
    String answer(UUID query) {
      return query.toString();
    }
  }

  static class GivesUnknown {
    @RioDatagramHandler
    UUID answer(String query) {
      return UUID.fromString(query);
    }
  }

  static class GivesMonoOfUnknown {
    @RioDatagramHandler
    Mono<UUID> answer(String query) {
      return Mono.just(UUID.fromString(query));
    }
  }

  static class GivesNested {
    @RioDatagramHandler
    Mono<Flux<String>> answer(String query) {
      return Mono.just(Flux.just(query));
    }
  }

  static class WrongMimeType {
    @RioDatagramHandler(mimeType = "json")
    String answer(String query) {
      return query;
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        TakesView.class,
        TakesNettysBuffer.class,
        TakesMappedBuffer.class,
        TakesAnyAddress.class
      })
  void whatDecodersWouldClaimToReadIsRefusedToo(Class<?> handler) {
    ONE_SERVER
        .withBean("mine", handler)
        .run(
            context ->
                assertThat(Runner.analysisOf(context))
                    .contains(handler.getSimpleName() + ".answer(")
                    .contains("no Decoder reads that"));
  }

  static class TakesNettysBuffer {
    @RioDatagramHandler
    String answer(NettyDataBuffer query) {
      return query.toString(UTF_8);
    }
  }

  static class TakesMappedBuffer {
    @RioDatagramHandler
    String answer(MappedByteBuffer query) {
      return query.toString();
    }
  }

  static class TakesAnyAddress {
    @RioDatagramHandler
    String answer(String query, SocketAddress sender) {
      return query + sender;
    }
  }

  @Test
  void aMethodThatAProxyHidesIsRefused() {
    ONE_SERVER
        .withBean("mine", Hidden.class)
        .withBean(HidingProxies.class)
        .run(
            context ->
                assertThat(Runner.analysisOf(context))
                    .contains("Hidden.answer(String) of the bean 'mine'")
                    .contains("Make the method public"));
  }

  @SuppressWarnings("UnusedMethod") // called by reflection
  static class Hidden {
    @RioDatagramHandler
    private String answer(String query) {
      return query;
    }
  }

  static class HidingProxies extends HandlersTest.Proxies {
    @Override
    boolean isProxied(Object bean) {
      return bean instanceof Hidden;
    }
  }

  @Test
  void twoForOneServerAreRefused() {
    ONE_SERVER
        .withBean("one", First.class)
        .withBean("two", Second.class)
        .run(
            context ->
                assertThat(Runner.analysisOf(context))
                    .contains("The UDP server \"default\" has two handlers")
                    .contains("First.answer(String) of the bean 'one'")
                    .contains("Second.answer(byte[]) of the bean 'two'"));
  }

  static class First {
    @RioDatagramHandler
    String answer(String query) {
      return query;
    }
  }

  static class Second {
    @RioDatagramHandler
    byte[] answer(byte[] query) {
      return query;
    }
  }

  static Stream<RioUdpServerCustomizer> givenHandlers() {
    return Stream.of(
        (name, server) -> server.handle((in, out) -> out.neverComplete()),
        (name, server) -> server.respond(query -> Mono.empty()));
  }

  @ParameterizedTest
  @MethodSource("givenHandlers")
  void oneBesideThatOfTheServerItselfIsRefused(RioUdpServerCustomizer customizer) {
    ONE_SERVER
        .withBean("one", First.class)
        .withBean(RioUdpServerCustomizer.class, () -> customizer)
        .run(
            context ->
                assertThat(Runner.analysisOf(context))
                    .contains("has two handlers: ")
                    .contains("First.answer(String) of the bean 'one'")
                    .contains("handle() or respond()"));
  }

  @Test
  void oneWithoutAnyServerIsRefused() {
    Runner.create()
        .withBean("one", First.class)
        .run(
            context ->
                assertThat(Runner.analysisOf(context))
                    .contains("First.answer(String) of the bean 'one' has no server")
                    .contains("there is no UDP server")
                    .contains("Set rio.udp.server.port"));
  }

  @Test
  void oneThatDoesNotSayWhichServerIsRefused() {
    Runner.create()
        .withPropertyValues("rio.udp.servers.dns.port=0", "rio.udp.servers.log.port=0")
        .withBean("one", First.class)
        .run(
            context ->
                assertThat(Runner.analysisOf(context))
                    .contains("it names no server, and there are several: [dns, log]")
                    .contains("@RioDatagramHandler(server = "));
  }

  @Test
  void oneOfAServerThatIsNotThereIsRefused() {
    Runner.create()
        .withPropertyValues("rio.udp.servers.dns.port=0")
        .withBean("one", OfLog.class)
        .run(
            context ->
                assertThat(Runner.analysisOf(context))
                    .contains("OfLog.answer(String) of the bean 'one' has no server")
                    .contains("there is no UDP server \"log\" but [dns]")
                    .contains("rio.udp.servers.log.port"));
  }

  static class OfLog {
    @RioDatagramHandler(server = "log")
    void answer(String line) {
      assertThat(line).isNotNull();
    }
  }

  @Test
  void twoBeansOfOneServerNameAreRefused() {
    Runner.create()
        .withBean("dns", RioUdpServer.class, RioUdpServer::create)
        .withBean("dnsRioUdpServer", RioUdpServer.class, RioUdpServer::create)
        .run(
            context ->
                assertThat(Runner.analysisOf(context))
                    .contains("'dns' and 'dnsRioUdpServer' are both the UDP server \"dns\""));
  }
}
