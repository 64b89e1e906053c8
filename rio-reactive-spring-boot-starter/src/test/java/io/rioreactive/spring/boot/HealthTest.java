package io.rioreactive.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rioreactive.spring.RioDatagramHandler;
import io.rioreactive.spring.RioUdpServerLifecycle;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

class HealthTest {

  private static final ApplicationContextRunner RUNNER =
      Runner.create()
          .withConfiguration(AutoConfigurations.of(RioUdpHealthAutoConfiguration.class))
          .withPropertyValues("rio.udp.servers.dns.port=0", "rio.udp.servers.log.port=0")
          .withUserConfiguration(Echo.class);

  static class Echo {
    @RioDatagramHandler(server = "dns")
    Mono<String> answer(String query) {
      return Mono.just(query);
    }
  }

  private static Health healthOf(BeanFactory application, String server) {
    CompositeHealthContributor all =
        application.getBean("rioUdpHealthContributor", CompositeHealthContributor.class);
    return ((HealthIndicator) all.getContributor(server)).health();
  }

  @Test
  void eachServerIsUpWhileItIsBound() {
    RUNNER.run(
        context -> {
          Health dns = healthOf(context, "dns");
          assertThat(dns.getStatus()).isEqualTo(Status.UP);
          assertThat(dns.getDetails())
              .containsEntry("socket", Peer.bound(context, "dns").toString())
              .containsEntry("open", "1 of 1")
              .containsEntry("received", 0L)
              .containsKeys("provider", "demand", "dropped", "kernelDrops", "handlerFailures");
          assertThat(healthOf(context, "log").getStatus()).isEqualTo(Status.UP);
        });
  }

  @Test
  void unboundedDemandIsCalledThat() {
    RUNNER.run(
        context -> {
          Disposable subscription = Peer.bound(context, "log").receive().subscribe();
          await()
              .untilAsserted(
                  () ->
                      assertThat(healthOf(context, "log").getDetails())
                          .containsEntry("demand", "unbounded"));
          subscription.dispose();
        });
  }

  @Test
  void oneThatIsClosedIsDownAndTheOthersAreNot() {
    RUNNER.run(
        context -> {
          Peer.bound(context, "dns").disposeNow();

          assertThat(healthOf(context, "dns").getStatus()).isEqualTo(Status.DOWN);
          assertThat(healthOf(context, "dns").getDetails()).containsEntry("state", "closed");
          assertThat(healthOf(context, "log").getStatus()).isEqualTo(Status.UP);
        });
  }

  @Test
  void oneThatIsStoppedIsDown() {
    RUNNER.run(
        context -> {
          context.getBean(RioUdpServerLifecycle.class).stop();

          assertThat(healthOf(context, "dns"))
              .isEqualTo(Health.down().withDetail("state", "not bound").build());
        });
  }

  @Test
  void itCanBeLeftOut() {
    RUNNER
        .withPropertyValues("management.health.rio-udp.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean("rioUdpHealthContributor"));
  }

  @Test
  void withoutServersThereIsNone() {
    Runner.create()
        .withConfiguration(AutoConfigurations.of(RioUdpHealthAutoConfiguration.class))
        .run(context -> assertThat(context).doesNotHaveBean("rioUdpHealthContributor"));
  }
}
