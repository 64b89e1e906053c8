package io.rioreactive.spring.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.spring.RioDatagramHandler;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;
import reactor.core.publisher.Flux;

/** What Spring writes for a native image. None is built here. */
class AheadOfTimeTest {

  private static final InMemoryGeneratedFiles FILES = new InMemoryGeneratedFiles();

  private static RuntimeHints hints;

  record Question(String name) {}

  record Answer(String address) {}

  static class Resolver {
    @RioDatagramHandler(server = "dns")
    Flux<Answer> answer(Question question, Datagram query, InetSocketAddress sender) {
      return Flux.just(new Answer(question.name() + query + sender));
    }
  }

  /** Of a type that is bound to itself. */
  static class Sorter<T extends Comparable<T>> {
    @RioDatagramHandler(server = "dns")
    List<T> answer(List<T> query) {
      return query.stream().sorted().toList();
    }
  }

  @BeforeAll
  static void process() {
    try (AnnotationConfigApplicationContext application =
        new AnnotationConfigApplicationContext()) {
      TestPropertyValues.of("rio.udp.server.port=0", "rio.udp.servers.dns.port=0")
          .applyTo(application);
      application.register(
          RioUdpAutoConfiguration.class,
          DatagramCodecsAutoConfiguration.class,
          Resolver.class,
          Sorter.class);
      DefaultGenerationContext generation =
          new DefaultGenerationContext(
              new ClassNameGenerator(ClassName.get("io.rioreactive.spring.boot", "Application")),
              FILES);
      new ApplicationContextAotGenerator().processAheadOfTime(application, generation);
      generation.writeGeneratedContent();
      hints = generation.getRuntimeHints();
    }
  }

  @Test
  void handlersAreCalledByReflection() {
    for (Class<?> handler : List.of(Resolver.class, Sorter.class)) {
      assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(handler, "answer"))
          .accepts(hints);
    }
  }

  @Test
  void whatTheyTakeAndGiveIsReadAndWritten() {
    for (Class<?> payload : List.of(Question.class, Answer.class)) {
      assertThat(
              RuntimeHintsPredicates.reflection()
                  .onConstructorInvocation(payload.getDeclaredConstructors()[0]))
          .accepts(hints);
    }
    assertThat(hints.reflection().getTypeHint(Datagram.class)).isNull();
  }

  @Test
  void propertiesAreBound() {
    assertThat(
            RuntimeHintsPredicates.reflection()
                .onConstructorInvocation(
                    RioUdpProperties.Server.class.getDeclaredConstructors()[0]))
        .accepts(hints);
  }

  @Test
  void namedServersAreBeans() {
    assertThat(FILES.getGeneratedFiles(Kind.SOURCE).values())
        .anySatisfy(
            source -> {
              StringBuilder text = new StringBuilder();
              try (var stream = source.getInputStream()) {
                text.append(new String(stream.readAllBytes(), UTF_8));
              }
              assertThat(text).contains("\"dnsRioUdpServer\"");
            });
  }
}
