package io.rioreactive.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.spring.RioDatagramHandler;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/**
 * An application with the starter and nothing else: no web server, Actuator, Micrometer, spring-web
 * or Jackson on its class path. In a JVM of its own, since here all of them are.
 */
@Timeout(120)
class BareApplicationTest {

  /** What the starter cannot do without. */
  private static final Pattern NEEDED =
      Pattern.compile(
          "(rio-reactive|reactor-core|reactive-streams|jctools-core|slf4j-api|logback-\\w+"
              + "|jul-to-slf4j|log4j-[\\w-]+|spring-boot|spring-boot-autoconfigure"
              + "|spring-(core|beans|context|aop|expression)|commons-logging|snakeyaml"
              + ")-\\d.*\\.jar");

  private static final Pattern BOUND = Pattern.compile("bound to port (\\d+)");

  @SpringBootConfiguration
  @EnableAutoConfiguration
  @Import(Echo.class)
  static class Program {

    private Program() {}

    public static void main(String[] arguments) {
      ConfigurableApplicationContext application = SpringApplication.run(Program.class, arguments);
      int port = Peer.addressOf(application, "default").getPort();
      Thread main = Thread.currentThread();
      Thread.ofPlatform().daemon().start(() -> printWhenEnded(main, port));
    }

    private static void printWhenEnded(Thread main, int port) {
      try {
        main.join();
        System.out.println("bound to port " + port);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  static class Echo {
    @RioDatagramHandler
    String answer(String query) {
      return query;
    }
  }

  @Test
  void livesUntilItIsEnded() throws Exception {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                neededClassPath(),
                Program.class.getName(),
                "--rio.udp.server.port=0")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output = program.inputReader();
        Peer peer = new Peer()) {
      InetSocketAddress server =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), portFrom(output));

      for (int i = 0; i < 500; i++) { // while main has returned
        assertThat(peer.ask(server, "call " + i)).isEqualTo("call " + i);
      }
      assertThat(program.isAlive()).isTrue();

      program.destroy();
      assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      program.destroyForcibly();
    }
  }

  private static int portFrom(BufferedReader output) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher bound = BOUND.matcher(line);
      if (bound.find()) {
        return Integer.parseInt(bound.group(1));
      }
      all.append(line).append('\n');
    }
    throw new AssertionError("the application did not start:\n" + all);
  }

  private static String neededClassPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(Path::of)
        .filter(BareApplicationTest::isNeeded)
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static boolean isNeeded(Path entry) {
    return Files.isDirectory(entry) || NEEDED.matcher(entry.getFileName().toString()).matches();
  }
}
