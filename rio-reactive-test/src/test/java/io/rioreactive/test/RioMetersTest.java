package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.CountingMode;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rioreactive.micrometer.RioMeters;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;

/** What the meters show, of one connection and of several, and for how long. */
class RioMetersTest {

  private static final OptionalLong NOT_TOLD = OptionalLong.empty();

  private final MockClock clock = new MockClock();
  private final MeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);

  /** The names of all meters of a connection whose kernel counts. */
  static Set<String> names() {
    MeterRegistry registry = new SimpleMeterRegistry();
    FakeConnection connection = new FakeConnection("any", FakeConnection.stats(OptionalLong.of(0)));
    RioMeters.of(registry).bind(connection.connection());
    Set<String> names = new TreeSet<>();
    registry.forEachMeter(meter -> names.add(meter.getId().getName()));
    connection.close();
    return names;
  }

  /** What the meters show, without their prefix, with their reason. */
  private Map<String, Double> values() {
    clock.add(Duration.ofSeconds(1));
    Map<String, Double> values = new TreeMap<>();
    for (Meter meter : registry.getMeters()) {
      String reason = meter.getId().getTag("reason");
      values.put(
          meter.getId().getName().replaceFirst("^rio\\.udp\\.", "")
              + (reason == null ? "" : " " + reason),
          meter.measure().iterator().next().getValue());
    }
    return values;
  }

  private double value(String name) {
    return values().get(name);
  }

  private FakeConnection bind(String name, OptionalLong kernelDrops) {
    FakeConnection fake = new FakeConnection(name, FakeConnection.stats(kernelDrops));
    RioMeters.of(registry).bind(fake.connection());
    return fake;
  }

  @Test
  void eachMeterIsReadOffItsStatistic() {
    bind("dns", OptionalLong.of(22));

    Map<String, Double> expected = new LinkedHashMap<>();
    expected.put("received", 1_000.0);
    expected.put("delivered", 900.0);
    expected.put("skipped", 40.0);
    expected.put("dropped truncated", 11.0);
    expected.put("dropped decoder", 12.0);
    expected.put("dropped filtered", 15.0);
    expected.put("dropped refused_port", 16.0);
    expected.put("dropped rate_limited", 17.0);
    expected.put("dropped cancelled", 13.0);
    expected.put("dropped closed", 14.0);
    expected.put("receive.errors", 15.0);
    expected.put("data.received", 16_000.0);
    expected.put("kernel.drops", 22.0);
    expected.put("accepted", 500.0);
    expected.put("sent", 480.0);
    expected.put("send.failures encoder", 31.0);
    expected.put("send.failures too_large", 32.0);
    expected.put("send.failures bad_address", 33.0);
    expected.put("send.failures unreachable", 34.0);
    expected.put("send.failures not_permitted", 35.0);
    expected.put("send.failures amplification", 37.0);
    expected.put("send.failures system", 36.0);
    expected.put("discarded", 17.0);
    expected.put("data.sent", 7_000.0);
    expected.put("handler.failures error", 18.0);
    expected.put("handler.failures timeout", 19.0);
    expected.put("unreachable", 20.0);
    expected.put("reconnects", 21.0);
    expected.put("batches", 50.0);
    expected.put("batch.size", 20.0);
    expected.put("turn.max", 0.25);
    expected.put("demand", 5.0);
    expected.put("demand.unbounded", 0.0);
    expected.put("posted", 3.0);
    expected.put("surplus", 2.0);
    expected.put("receive.slots", 8.0);
    expected.put("in.flight", 4.0);
    expected.put("send.slots", 6.0);
    expected.put("sockets", 1.0);
    assertThat(values()).containsExactlyInAnyOrderEntriesOf(expected);
  }

  @Test
  void unboundedDemandIsInfiniteAndCounted() {
    FakeConnection one = bind("dns", NOT_TOLD);
    FakeConnection other = bind("dns", NOT_TOLD);
    assertThat(value("demand")).isEqualTo(10);

    one.counts(FakeConnection.stats(Long.MAX_VALUE, NOT_TOLD));
    assertThat(value("demand")).isInfinite();
    assertThat(value("demand.unbounded")).isEqualTo(1);

    other.counts(FakeConnection.stats(Long.MAX_VALUE, NOT_TOLD));
    assertThat(value("demand")).isInfinite();
    assertThat(value("demand.unbounded")).isEqualTo(2);
  }

  @Test
  void kernelDropsAreAbsentWhereTheKernelDoesNotCount() {
    bind("dns", NOT_TOLD);
    assertThat(values()).doesNotContainKey("kernel.drops");

    bind("dns", OptionalLong.of(22));
    assertThat(value("kernel.drops")).isEqualTo(22);
  }

  @Test
  void connectionsWithTheSameTagsAreSummedAndTheSumNeverFalls() {
    FakeConnection one = bind("statsd", OptionalLong.of(22));
    bind("statsd", OptionalLong.of(1));
    assertThat(value("received")).isEqualTo(2_000);
    assertThat(value("kernel.drops")).isEqualTo(23);
    assertThat(value("posted")).isEqualTo(6);
    assertThat(value("sockets")).isEqualTo(2);
    assertThat(value("turn.max")).as("the longest of all").isEqualTo(0.25);

    one.close();

    assertThat(value("received")).isEqualTo(2_000);
    assertThat(value("kernel.drops")).isEqualTo(23);
    assertThat(value("posted")).as("of those that are open").isEqualTo(3);
    assertThat(value("sockets")).isEqualTo(1);

    bind("statsd", OptionalLong.of(0));
    assertThat(value("received")).isEqualTo(3_000);
  }

  @Test
  void metersAreRemovedWithTheLastConnectionAndThenBeginAtZero() {
    FakeConnection one = bind("dns", NOT_TOLD);
    FakeConnection other = bind("dns", NOT_TOLD);
    one.close();
    assertThat(values()).isNotEmpty();
    other.close();
    assertThat(values()).isEmpty();

    bind("dns", NOT_TOLD);
    assertThat(value("received")).isEqualTo(1_000);
  }

  @Test
  void whatBindAnswersRemovesThemEarlier() {
    FakeConnection fake = new FakeConnection("dns", FakeConnection.stats(NOT_TOLD));
    Disposable bound = RioMeters.of(registry).bind(fake.connection());
    bound.dispose();
    assertThat(bound.isDisposed()).isTrue();
    assertThat(values()).isEmpty();

    RioMeters.of(registry).bind(fake.connection());
    bound.dispose();
    assertThat(values()).as("of another bind").isNotEmpty();
    fake.close();
    assertThat(values()).isEmpty();
  }

  @Test
  void aConnectionThatIsBoundTwiceCountsOnce() {
    FakeConnection fake = bind("dns", NOT_TOLD);
    Disposable again = RioMeters.of(registry).bind(fake.connection());
    assertThat(value("received")).isEqualTo(1_000);
    assertThat(value("sockets")).isEqualTo(1);

    again.dispose();
    assertThat(value("received")).isEqualTo(1_000);
    fake.close();
    assertThat(values()).isEmpty();
  }

  @Test
  void theSocketsOfAServerWithSeveralPumpsAreSummed() {
    FakeConnection one = new FakeConnection("dns", FakeConnection.stats(OptionalLong.of(22)));
    FakeConnection other = new FakeConnection("dns", FakeConnection.stats(OptionalLong.of(1)));
    FakeConnection group =
        new FakeConnection("dns", FakeConnection.stats(OptionalLong.of(23))).of(one, other);
    RioMeters.of(registry).bind(group.connection());

    assertThat(value("received")).isEqualTo(2_000);
    assertThat(value("kernel.drops")).isEqualTo(23);
    assertThat(value("sockets")).isEqualTo(2);
    assertThat(group.snapshots()).as("of the sum").isZero();
  }

  @Test
  void oneOfTheseSocketsThatClosesIsOpenNoMore() {
    FakeConnection one = new FakeConnection("dns", FakeConnection.stats(OptionalLong.of(22)));
    FakeConnection other = new FakeConnection("dns", FakeConnection.stats(OptionalLong.of(1)));
    FakeConnection group =
        new FakeConnection("dns", FakeConnection.stats(OptionalLong.of(23))).of(one, other);
    RioMeters.of(registry).bind(group.connection());

    one.close();

    assertThat(value("sockets")).isEqualTo(1);
    assertThat(value("receive.slots")).isEqualTo(8);
    assertThat(value("received")).as("never falls").isEqualTo(2_000);
    assertThat(value("kernel.drops")).isEqualTo(23);
    other.close();
    assertThat(values()).isEmpty();
  }

  @Test
  void allMetersOfAScrapeAreReadOffOneSnapshot() {
    FakeConnection fake = bind("dns", NOT_TOLD);
    int before = fake.snapshots();

    values();
    assertThat(fake.snapshots()).isEqualTo(before + 1);
    clock.add(Duration.ofMillis(50));
    registry.get("rio.udp.received").functionCounter().count();
    assertThat(fake.snapshots()).as("still fresh").isEqualTo(before + 1);
    clock.add(Duration.ofMillis(1));
    registry.get("rio.udp.received").functionCounter().count();
    assertThat(fake.snapshots()).isEqualTo(before + 2);
  }

  @Test
  void noMeterIsLostToTheCollector() {
    bind("dns", NOT_TOLD);
    for (int i = 0; i < 3; i++) {
      System.gc();
      assertThat(values()).hasSizeGreaterThan(30).doesNotContainValue(Double.NaN);
      assertThat(value("received")).isEqualTo(1_000);
    }
  }

  /** The statistics change after the collector has run: what is read is not an old value. */
  @Test
  void afterTheCollectorTheyStillFollow() {
    FakeConnection fake = new FakeConnection("dns", FakeConnection.stats(NOT_TOLD));
    RioMeters.of(registry).bind(fake.connection());
    System.gc();

    fake.counts(FakeConnection.stats(77, NOT_TOLD));

    assertThat(value("demand")).isEqualTo(77);
  }

  @Test
  void theirTagsAreTheNameAndThoseThatWereGiven() {
    FakeConnection fake = new FakeConnection("dns", FakeConnection.stats(NOT_TOLD));
    RioMeters.of(registry).tags("region", "eu").tags("pump", "0").bind(fake.connection());

    assertThat(registry.getMeters())
        .allSatisfy(
            meter -> {
              assertThat(meter.getId().getTag("name")).isEqualTo("dns");
              assertThat(meter.getId().getTag("region")).isEqualTo("eu");
              assertThat(meter.getId().getTag("pump")).isEqualTo("0");
            });
    bind("other", NOT_TOLD);
    assertThat(registry.find("rio.udp.received").meters()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rio.udp.turn.max", "rio.udp.kernel.drops"})
  void aRegistryThatRefusesOneIsLeftWithNone(String refused) {
    registry
        .config()
        .meterFilter(
            new MeterFilter() {
              @Override
              public Meter.Id map(Meter.Id id) {
                if (id.getName().equals(refused)) {
                  throw new IllegalStateException("not this one");
                }
                return id;
              }
            });
    FakeConnection fake = new FakeConnection("dns", FakeConnection.stats(OptionalLong.of(22)));

    assertThatIllegalStateException()
        .isThrownBy(() -> RioMeters.of(registry).bind(fake.connection()));

    assertThat(registry.getMeters()).isEmpty();
  }

  /** Such a registry asks for what has been added since its last step. */
  @Test
  void countersThatComeAgainAddNothingTwice() {
    SimpleConfig steps =
        new SimpleConfig() {
          @Override
          public String get(String key) {
            return null;
          }

          @Override
          public CountingMode mode() {
            return CountingMode.STEP;
          }

          @Override
          public Duration step() {
            return Duration.ofSeconds(10);
          }
        };
    MeterRegistry registry = new SimpleMeterRegistry(steps, clock);
    FakeConnection first = new FakeConnection("dns", FakeConnection.stats(NOT_TOLD));
    RioMeters.of(registry).bind(first.connection());
    assertThat(ofStep(registry)).isEqualTo(1_000);
    assertThat(ofStep(registry)).isZero();
    first.close();

    FakeConnection second = new FakeConnection("dns", FakeConnection.stats(NOT_TOLD));
    RioMeters.of(registry).bind(second.connection());
    assertThat(ofStep(registry)).isEqualTo(1_000);
    assertThat(ofStep(registry)).isZero();
  }

  private double ofStep(MeterRegistry registry) {
    var counter = registry.get("rio.udp.received").functionCounter();
    counter.count(); // reads it within the step
    clock.add(Duration.ofSeconds(10));
    return counter.count();
  }
}
