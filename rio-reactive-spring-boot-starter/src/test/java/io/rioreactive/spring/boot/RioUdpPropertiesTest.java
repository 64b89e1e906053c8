package io.rioreactive.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Notification;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.Truncation;
import io.rioreactive.spring.RioUdpConnections;
import io.rioreactive.spring.RioUdpServerCustomizer;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardSocketOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RioUdpPropertiesTest {

  @Test
  void withoutAnyThereIsNoServer() {
    Runner.create()
        .run(
            context -> {
              assertThat(context).hasNotFailed().doesNotHaveBean(RioUdpServer.class);
              assertThat(context.getBean(RioUdpConnections.class).names()).isEmpty();
            });
  }

  @Test
  void onePropertyMakesAServer() {
    Runner.create()
        .withPropertyValues("rio.udp.server.port=0")
        .run(
            context -> {
              RioConnection bound = Peer.bound(context, "default");
              assertThat(context.getBean(RioUdpConnections.class).names())
                  .containsExactly("default");
              assertThat(bound.localAddress().getAddress().isLoopbackAddress()).isTrue();
              assertThat(bound.localAddress().getPort()).isPositive();
            });
  }

  @Test
  void eachOfThemReachesTheServer(@TempDir Path folder) {
    Path capture = folder.resolve("udp.pcap");
    Runner.create()
        .withPropertyValues(
            "rio.udp.server.host=127.0.0.1",
            "rio.udp.server.receive-slots=7",
            "rio.udp.server.send-slots=5",
            "rio.udp.server.datagram-size=1KB",
            "rio.udp.server.truncation=deliver",
            "rio.udp.server.provider=nio",
            "rio.udp.server.notification=event",
            "rio.udp.server.busy-poll=20us",
            "rio.udp.server.pumps=1",
            "rio.udp.server.steer-by-cpu=false",
            "rio.udp.server.packet-info=false",
            "rio.udp.server.segmentation=false",
            "rio.udp.server.coalescing=false",
            "rio.udp.server.receive-buffer=64KB",
            "rio.udp.server.send-buffer=64KB",
            "rio.udp.server.concurrency=3",
            "rio.udp.server.respond-timeout=5s",
            "rio.udp.server.allowed-sources=127.0.0.0/8,::1",
            "rio.udp.server.rate-limit=20",
            "rio.udp.server.rate-limit-burst=100",
            "rio.udp.server.refused-source-ports=53",
            "rio.udp.server.refuse-own-port=true",
            "rio.udp.server.amplification-guard=true",
            "rio.udp.server.wiretap=true",
            "rio.udp.server.wiretap-file=" + capture)
        .run(
            context -> {
              RioConnection bound = Peer.bound(context, "default");
              assertThat(bound.provider()).isEqualTo("nio");
              assertThat(bound.datagramSize()).isEqualTo(1_024);
              assertThat(bound.stats().receiveSlots()).isEqualTo(7);
              assertThat(bound.stats().sendSlots()).isEqualTo(5);
              assertThat(capture).isNotEmptyFile();

              RioUdpProperties.Server said = context.getBean(RioUdpProperties.class).server();
              assertThat(said.truncation()).isEqualTo(Truncation.DELIVER);
              assertThat(said.busyPoll()).isEqualTo(Duration.ofNanos(20_000));
              assertThat(said.concurrency()).isEqualTo(3);
              assertThat(said.respondTimeout()).isEqualTo(Duration.ofSeconds(5));
            });
  }

  /** Each differs from its default, and from the others of its kind. */
  @Test
  void noneOfThemIsTakenForAnother() {
    RioUdpServer server =
        made(
            "host=192.0.2.1",
            "port=5353",
            "receive-slots=7",
            "send-slots=5",
            "datagram-size=1KB",
            "truncation=deliver",
            "provider=nio",
            "notification=event",
            "busy-poll=20us",
            "pumps=3",
            "receive-buffer=64KB",
            "send-buffer=32KB",
            "respond-timeout=5s",
            "segmentation=false");

    assertThat(server)
        .extracting(
            "options.receiveSlots",
            "options.sendSlots",
            "options.datagramSize",
            "options.truncation",
            "options.provider",
            "options.notification",
            "options.busyPoll",
            "options.pumps",
            "options.respondTimeout",
            "options.segmentation")
        .containsExactly(
            7,
            5,
            1_024,
            Truncation.DELIVER,
            "nio",
            Notification.EVENT,
            Duration.ofNanos(20_000),
            3,
            Duration.ofSeconds(5),
            false);
    assertThat(server).extracting("options.local").hasToString("192.0.2.1:5353");
    assertThat(server)
        .extracting("options.socketOptions")
        .isEqualTo(
            Map.of(
                StandardSocketOptions.SO_RCVBUF,
                64 << 10,
                StandardSocketOptions.SO_SNDBUF,
                32 << 10));
  }

  /** The server that these describe, which need not be one that can be bound here. */
  private static RioUdpServer made(String... properties) {
    AtomicReference<RioUdpServer> made = new AtomicReference<>();
    RioUdpServerCustomizer taking =
        (name, server) -> {
          made.set(server);
          return RioUdpServer.create(); // bound in its place
        };
    Runner.create()
        .withBean(RioUdpServerCustomizer.class, () -> taking)
        .withPropertyValues(
            Stream.of(properties).map(it -> "rio.udp.server." + it).toArray(String[]::new))
        .run(context -> assertThat(context).hasNotFailed());
    return made.get();
  }

  @ParameterizedTest
  @CsvSource({
    "steer-by-cpu, steerByCpu",
    "packet-info, packetInfo",
    "coalescing, coalescing",
    "wiretap, wiretap"
  })
  void aSwitchTurnsOnWhatItNamesAlone(String property, String option) {
    assertThat(made(property + "=true"))
        .extracting(
            "options.steerByCpu",
            "options.packetInfo",
            "options.coalescing",
            "options.wiretap",
            "options.segmentation")
        .containsExactly(
            option.equals("steerByCpu"),
            option.equals("packetInfo"),
            option.equals("coalescing"),
            option.equals("wiretap"),
            true);
  }

  @Test
  void eachOfThePumpGroupReachesIt() {
    Runner.create()
        .withPropertyValues(
            "rio.udp.pump-group.name=edge",
            "rio.udp.pump-group.size=3",
            "rio.udp.pump-group.provider=nio",
            "rio.udp.pump-group.notification=event",
            "rio.udp.pump-group.busy-poll=20us",
            "rio.udp.pump-group.cpu-affinity=4,2")
        .run(
            context ->
                assertThat(context.getBean(PumpGroup.class))
                    .extracting("name", "size", "provider", "notification", "busyPoll", "cpus")
                    .containsExactly(
                        "edge",
                        3,
                        "nio",
                        Notification.EVENT,
                        Duration.ofNanos(20_000),
                        List.of(4, 2)));
  }

  @Test
  void severalServersHaveNames() {
    Runner.create()
        .withPropertyValues(
            "rio.udp.server.port=0",
            "rio.udp.servers.dns.datagram-size=512B",
            "rio.udp.servers.edge-log.receive-slots=9")
        .run(
            context -> {
              assertThat(context.getBean(RioUdpConnections.class).names())
                  .containsExactlyInAnyOrder("default", "dns", "edge-log");
              assertThat(context)
                  .hasBean("rioUdpServer")
                  .hasBean("dnsRioUdpServer")
                  .hasBean("edge-logRioUdpServer");
              assertThat(Peer.bound(context, "default").datagramSize()).isEqualTo(2_048);
              assertThat(Peer.bound(context, "dns").datagramSize()).isEqualTo(512);
              assertThat(Peer.bound(context, "edge-log").stats().receiveSlots()).isEqualTo(9);
            });
  }

  @Test
  void twoServersOfOneNameAreRefused() {
    Runner.create()
        .withPropertyValues("rio.udp.server.port=0", "rio.udp.servers.default.port=0")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("rio.udp.servers.default"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rio.udp.server.port           | 70000   | allowed are 0 to 65535
          rio.udp.server.receive-slots  | 0       | allowed are 1 to 16777216
          rio.udp.server.datagram-size  | 1MB     | allowed are 1 to 65507
          rio.udp.server.datagram-size  | 5GB     | allowed are 1 to 65507
          rio.udp.server.provider       | winsock | use auto, windows-rio
          rio.udp.server.respond-timeout| -1s     | zero for no limit
          rio.udp.server.concurrency    | 0       | allowed are 1 to 16777216
          rio.udp.server.host           | ' '     | name a host or an address
          rio.udp.server.rate-limit     | 0       | allowed are 1 to 1000000
          rio.udp.server.allowed-sources| 10/8    | is not a whole address
          rio.udp.server.rate-limit-burst | 9     | set rate-limit as well
          rio.udp.server.refused-source-ports | 65536 | allowed are 0 to 65535
          rio.udp.servers.dns.pumps     | 2000    | allowed are 1 to 1024
          rio.udp.pump-group.size       | 0       | allowed are 1 to 1024
          """)
  void aValueThatCanNeverBeRightIsRefusedByItsProperty(
      String property, String value, String allowed) {
    Runner.create()
        .withPropertyValues(property + "=" + value)
        .run(
            context -> {
              InvalidConfigurationPropertyValueException refusal = refusal(context);
              assertThat(refusal.getName()).isEqualTo(property);
              assertThat(refusal.getReason()).contains(allowed).endsWith(".");
            });
  }

  private static InvalidConfigurationPropertyValueException refusal(
      AssertableApplicationContext context) {
    for (Throwable cause : Runner.causesOf(context)) {
      if (cause instanceof InvalidConfigurationPropertyValueException refusal) {
        return refusal;
      }
    }
    throw new AssertionError("no property is named", context.getStartupFailure());
  }

  @ParameterizedTest
  @CsvSource({
    "rio.udp.server.prot=5050", // mistyped
    "rio.udp.server.port=many",
    "rio.udp.server.truncation=sometimes",
    "rio.udp.servers.dns.respond-timeout=soon",
    "rio.udp.server=5050",
  })
  void whatCannotBeReadIsRefused(String line) {
    Runner.create()
        .withPropertyValues(line)
        .run(
            context ->
                assertThat(Runner.causesOf(context))
                    .hasAtLeastOneElementOfType(BindException.class));
  }

  @Test
  void whatBelongsToThePumpIsRefusedBesideASharedOne() {
    Runner.create()
        .withPropertyValues("rio.udp.pump-group.size=1", "rio.udp.server.provider=nio")
        .run(
            context -> {
              InvalidConfigurationPropertyValueException refusal = refusal(context);
              assertThat(refusal.getName()).isEqualTo("rio.udp.server.provider");
              assertThat(refusal.getReason())
                  .contains("set it on the PumpGroup: rio.udp.pump-group.provider");
            });
  }

  @Test
  void customizersHaveTheLastWordInTheirOrder() {
    RioUdpServerCustomizer larger = (name, server) -> server.datagramSize(600).receiveSlots(6);
    RioUdpServerCustomizer byName =
        (name, server) -> name.equals("dns") ? server.datagramSize(700) : server;
    Runner.create()
        .withPropertyValues("rio.udp.servers.dns.datagram-size=512B", "rio.udp.servers.log.port=0")
        .withBean("a", RioUdpServerCustomizer.class, () -> larger)
        .withBean("b", RioUdpServerCustomizer.class, () -> byName)
        .run(
            context -> {
              assertThat(Peer.bound(context, "dns").datagramSize()).isEqualTo(700);
              assertThat(Peer.bound(context, "dns").stats().receiveSlots()).isEqualTo(6);
              assertThat(Peer.bound(context, "log").datagramSize()).isEqualTo(600);
            });
  }

  @Test
  void eachIsDescribedForEditors() throws IOException {
    Map<String, JsonNode> properties = metadata();

    assertThat(properties.keySet())
        .contains(
            "rio.udp.servers", "rio.udp.pump-group.size", "management.health.rio-udp.enabled");
    assertThat(properties.keySet().stream().filter(it -> it.startsWith("rio.udp.server.")))
        .hasSize(RioUdpProperties.Server.class.getRecordComponents().length);
    properties.forEach(
        (name, property) ->
            assertThat(property.path("description").asString("")).as(name).endsWith("."));
    assertThat(type(properties, "rio.udp.server.respond-timeout")).isEqualTo("java.time.Duration");
    assertThat(type(properties, "rio.udp.server.datagram-size"))
        .isEqualTo("org.springframework.util.unit.DataSize");
  }

  private static String type(Map<String, JsonNode> properties, String name) {
    return properties.get(name).path("type").asString();
  }

  /** One table gives every default of the library; what Boot tells must not differ from it. */
  @Test
  void theDefaultsAreThoseOfTheLibrary() throws IOException {
    Map<String, String> defaults = new HashMap<>();
    metadata()
        .forEach(
            (name, property) -> defaults.put(name, property.path("defaultValue").asString("none")));

    Map<String, String> options =
        Map.of(
            "port", "port",
            "receive-slots", "receiveSlots",
            "send-slots", "sendSlots",
            "provider", "provider",
            "pumps", "pumps",
            "truncation", "truncation",
            "respond-timeout", "respondTimeout",
            "busy-poll", "busyPoll",
            "notification", "notification",
            "datagram-size", "datagramSize");
    options.forEach(
        (property, option) ->
            assertThat(plain(defaults.get("rio.udp.server." + property)))
                .as(property)
                .isEqualTo(plain(defaultOf(option))));
    assertThat(defaults.get("rio.udp.server.refused-source-ports"))
        .isEqualTo("[" + defaultOf("refusedSourcePorts") + "]");
    assertThat(defaults.get("rio.udp.server.segmentation")).isEqualTo("true");
    assertThat(defaultOf("segmentation")).isEqualTo("on");
    for (String[] off :
        new String[][] {
          {"coalescing", "coalescing"},
          {"packet-info", "packetInfo"},
          {"steer-by-cpu", "steerByCpu"}
        }) {
      assertThat(defaults.get("rio.udp.server." + off[0])).as(off[0]).isEqualTo("false");
      assertThat(defaultOf(off[1])).as(off[1]).isEqualTo("off");
    }
  }

  /** 2048B, 2,048 bytes, `COMPLETION_PORT`, completion-port, 30s and 30 s. */
  private static String plain(String value) {
    return value
        .replaceAll("[`, ]", "")
        .replace('-', '_')
        .replaceFirst("bytes$", "B")
        .replaceFirst("^0s$", "0")
        .toUpperCase(Locale.ROOT);
  }

  /** Second column of the README's table of defaults. */
  private static String defaultOf(String option) {
    try {
      return Pattern.compile("^\\| `" + option + "` \\| ([^|]*) \\|", Pattern.MULTILINE)
          .matcher(Files.readString(Path.of("..", "README.md")))
          .results()
          .map(row -> row.group(1))
          .findFirst()
          .orElseThrow(() -> new AssertionError(option));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static Map<String, JsonNode> metadata() throws IOException {
    try (InputStream file =
        RioUdpProperties.class.getResourceAsStream(
            "/META-INF/spring-configuration-metadata.json")) {
      Map<String, JsonNode> properties = new HashMap<>();
      for (JsonNode property : JsonMapper.builder().build().readTree(file).path("properties")) {
        properties.put(property.path("name").asString(), property);
      }
      return properties;
    }
  }
}
