package io.rioreactive.benchmarks.contender;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.rioreactive.RioConnection;
import io.rioreactive.micrometer.RioMeters;

/**
 * A registry as an application has one, whose page is asked for once a second: many times as often
 * as Prometheus mostly does.
 */
final class Scraped implements Runnable {

  private static final long PERIOD_MILLIS = 1_000;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private Scraped() {}

  /** Registers the meters of these, and scrapes them until the process ends. */
  static void eachSecond(Iterable<RioConnection> connections) {
    Scraped scraped = new Scraped();
    RioMeters meters = RioMeters.of(scraped.registry);
    connections.forEach(meters::bind);
    Thread.ofPlatform().daemon().name("scraper").start(scraped);
  }

  @Override
  public void run() {
    try {
      while (registry.scrape().contains("rio_udp_received_datagrams_total")) {
        Thread.sleep(PERIOD_MILLIS);
      }
      System.err.println("the page has no meters: what is measured is nothing");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    System.exit(1);
  }
}
