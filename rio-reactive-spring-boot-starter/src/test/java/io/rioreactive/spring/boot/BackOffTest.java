package io.rioreactive.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.spring.DatagramCodecs;
import io.rioreactive.spring.RioDatagramHandler;
import io.rioreactive.spring.RioUdpConnections;
import io.rioreactive.test.SimulatedNetwork;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** What the application defines itself, the starter does not. */
class BackOffTest {

  @Test
  void aServerOfTheApplicationTakesThePlaceOfTheOnlyOne() {
    Runner.create()
        .withPropertyValues("rio.udp.server.datagram-size=512B")
        .withUserConfiguration(OwnServer.class)
        .run(
            context -> {
              assertThat(context).hasSingleBean(RioUdpServer.class);
              assertThat(context.getBean(RioUdpConnections.class).names())
                  .containsExactly("syslog");
              assertThat(Peer.bound(context, "syslog").datagramSize()).isEqualTo(777);
            });
  }

  @Test
  void itIsAnsweredByAHandlerLikeAnyOther() {
    Runner.create()
        .withUserConfiguration(OwnServer.class, Echo.class)
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                assertThat(peer.ask(Peer.addressOf(context, "syslog"), "hello")).isEqualTo("hello");
              }
            });
  }

  static class Echo {
    @RioDatagramHandler
    String answer(String query) {
      return query;
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnServer {
    @Bean
    RioUdpServer syslog() {
      return RioUdpServer.create().datagramSize(777);
    }
  }

  @Test
  void aServerOfTheApplicationTakesThePlaceOfANamedOneByItsName() {
    Runner.create()
        .withPropertyValues(
            "rio.udp.servers.syslog.datagram-size=512B", "rio.udp.servers.dns.datagram-size=512B")
        .withUserConfiguration(OwnServer.class)
        .run(
            context -> {
              assertThat(context.getBean(RioUdpConnections.class).names())
                  .containsExactlyInAnyOrder("syslog", "dns");
              assertThat(Peer.bound(context, "syslog").datagramSize()).isEqualTo(777);
              assertThat(Peer.bound(context, "dns").datagramSize()).isEqualTo(512);
            });
  }

  @Test
  void pumpsOfTheApplicationTakeThePlaceOfThoseOfTheProperties() {
    Runner.create()
        .withPropertyValues("rio.udp.pump-group.name=theirs", "rio.udp.server.port=0")
        .withUserConfiguration(OwnPumps.class, ThreadName.class)
        .run(
            context -> {
              assertThat(context).hasSingleBean(PumpGroup.class);
              try (Peer peer = new Peer()) {
                assertThat(peer.ask(Peer.addressOf(context, "default"), "")).isEqualTo("mine-1");
              }
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnPumps {
    @Bean(destroyMethod = "dispose")
    PumpGroup pumps() {
      return PumpGroup.create().name("mine");
    }
  }

  static class ThreadName {
    @RioDatagramHandler
    Mono<String> answer(String query) {
      return Mono.just(Thread.currentThread().getName());
    }
  }

  @Test
  void codecsOfTheApplicationTakeThePlaceOfAllOthers() {
    DatagramCodecs none = new DatagramCodecs(List.of(), List.of());
    Runner.create()
        .withBean(DatagramCodecs.class, () -> none)
        .run(context -> assertThat(context).getBean(DatagramCodecs.class).isSameAs(none));
  }

  @Test
  void withoutAPumpGroupEachServerHasItsOwn() {
    Runner.create()
        .withPropertyValues("rio.udp.server.port=0")
        .run(context -> assertThat(context).doesNotHaveBean(PumpGroup.class));
  }

  /** So an application is tested without sockets: its pumps are those of a network in memory. */
  @Test
  void runsOnASimulatedNetwork() {
    try (SimulatedNetwork network = SimulatedNetwork.create(42)) {
      Runner.create()
          .withPropertyValues("rio.udp.server.host=10.0.0.1", "rio.udp.server.port=53")
          .withBean(PumpGroup.class, network::pumps)
          .withUserConfiguration(Echo.class)
          .run(
              context -> {
                assertThat(Peer.bound(context, "default").provider()).isEqualTo("simulated");
                assertThat(
                        RioUdpClient.create()
                            .runOn(network.pumps())
                            .host("10.0.0.1")
                            .port(53)
                            .connectNow()
                            .request(
                                Datagram.of("hello"),
                                reply -> true,
                                Duration.ofSeconds(20),
                                Retry.max(1))
                            .block()
                            .asString())
                    .isEqualTo("hello");
              });
    }
  }
}
