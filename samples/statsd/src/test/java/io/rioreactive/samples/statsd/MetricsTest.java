package io.rioreactive.samples.statsd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lines add up to, in one batch and over several. */
class MetricsTest {

  private final Metrics metrics = new Metrics();

  /** One batch. */
  private void add(String... lines) {
    add(metrics, List.of(lines));
  }

  private static void add(Metrics metrics, List<String> lines) {
    Batch batch = new Batch();
    batch.add(StatsdParser.parse(String.join("\n", lines).getBytes(UTF_8)));
    metrics.add(batch);
  }

  private Shown shown(String name) {
    return shown(metrics.look(2), name);
  }

  private static Shown shown(Metrics.Look look, String name) {
    return look.busiest().stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void aCounterSumsUpAndASampleStandsForThoseThatWereNotSent() {
    add("hits:1|c", "hits:2|c|@0.1");
    add("hits:-1|c");

    assertThat(shown("hits")).isEqualTo(Shown.of(Kind.COUNTER, "hits", 3, 10, 20));
    add("hits:4|c");
    assertThat(shown("hits")).isEqualTo(Shown.of(Kind.COUNTER, "hits", 1, 2, 24));
    assertThat(shown("hits")).isEqualTo(Shown.of(Kind.COUNTER, "hits", 0, 0, 24));
  }

  @Test
  void aGaugeStaysUntilItIsToldOtherwise() {
    add("depth:7|g");
    assertThat(shown("depth").value()).isEqualTo(7);
    assertThat(shown("depth").value()).isEqualTo(7);

    add("depth:+3|g", "depth:-1|g");
    assertThat(shown("depth").value()).isEqualTo(9);

    add("depth:-5|g", "depth:2|g", "depth:+1|g");
    assertThat(shown("depth").value()).isEqualTo(3);
  }

  /** As clients do, since a sign makes it a change. */
  @Test
  void aGaugeBelowZeroIsSetInTwoSteps() {
    add("depth:7|g");
    add("depth:0|g", "depth:-5|g");

    assertThat(shown("depth").value()).isEqualTo(-5);
  }

  @Test
  void aTimerKnowsItsMeanAndItsSpread() {
    IntStream.rangeClosed(1, 100).forEach(i -> add("took:" + i + "|ms"));

    Shown took = shown("took");

    assertThat(took.value()).isEqualTo(100);
    assertThat(took.perSecond()).isEqualTo(50);
    assertThat(took.mean()).isCloseTo(50.5, within(1e-9));
    assertThat(took.p95()).isBetween(95.0, 95.0 * 9 / 8);
    assertThat(took.max()).isEqualTo(100);
  }

  @Test
  void aSampledTimeStandsForThoseThatWereNotSent() {
    add("took:10|ms|@0.01", "took:1000|ms");

    Shown took = shown("took");

    assertThat(took.value()).isEqualTo(101);
    assertThat(took.perSecond()).isEqualTo(50.5);
    assertThat(took.mean()).isCloseTo(2_000.0 / 101, within(1e-9));
    assertThat(took.p95()).isBetween(10.0, 10.0 * 9 / 8);
    assertThat(took.max()).isEqualTo(1_000);
  }

  @Test
  void aTimerBeginsAnewWithEachLook() {
    add("took:1000|ms|@0.5");
    assertThat(shown("took").value()).isEqualTo(2);

    Shown quiet = shown("took");
    assertThat(quiet.value()).isEqualTo(2);
    assertThat(quiet.mean()).isNull();

    add("took:10|ms");
    assertThat(shown("took").max()).isEqualTo(10);

    add("took:20|ms"); // what was shorter before is no part of it
    assertThat(shown("took").p95()).isEqualTo(20);
  }

  @Test
  void aSetCountsEachMemberOnceInALook() {
    add("users:a|s", "users:b|s", "users:a|s");
    add("users:b|s", "users:c|s");

    assertThat(shown("users").value()).isEqualTo(3);
    assertThat(shown("users").value()).isZero();
  }

  @Test
  void theSameNameMayBeOfSeveralKinds() {
    add("it:1|c", "it:5|g", "it:2|ms", "it:x|s");

    List<Shown> shown = metrics.look(2).busiest();
    assertThat(shown).extracting(Shown::kind).containsExactlyInAnyOrder(Kind.values());
    assertThat(shown).extracting(Shown::perSecond).containsOnly(0.5);
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {0, 1e-9, 0.0009, 0.001, 0.5, 0.99, 1, 1.0625, 1.125, 7, 1_000, 1e9, 1e14, 1e15})
  void noPercentileIsTooLowNorMoreThanAnEighthTooHigh(double value) {
    Timer timer = new Timer();
    timer.add(new Metric(Kind.TIMER, "it", value, 1, false, ""));
    timer.add(new Metric(Kind.TIMER, "it", Decimal.LARGEST, 1, false, ""));

    double median = timer.percentile(0.5);

    assertThat(median).isBetween(value, Math.max(value * 9 / 8, 1.0 / 1_024));
    assertThat(timer.percentile(1)).isEqualTo(Decimal.LARGEST);
  }

  @Test
  void whatIsNoMetricIsCountedByReason() {
    add("hits:1|c", "nonsense", "hits:x|c", "hits:y|c");

    Metrics.Look look = metrics.look(1);

    assertThat(look.stored()).isEqualTo(1);
    assertThat(look.refused()).isEqualTo(3);
    assertThat(look.faults())
        .containsEntry(Fault.NO_VALUE, 1L)
        .containsEntry(Fault.VALUE, 2L)
        .containsEntry(Fault.RATE, 0L)
        .hasSize(Fault.values().length);
  }

  /** Names without end, over several batches: so many are kept, the rest is counted. */
  @Test
  void thereIsRoomForSoManyMetricsAndNoMore() {
    List<String> names =
        IntStream.range(0, SeriesTable.MOST + 500).mapToObj(i -> "n" + i + ":1|c").toList();
    add(metrics, names.subList(0, 6_000));
    add(metrics, names.subList(6_000, names.size()));
    add("n0:1|c", "more:1|c", "more:1|c", "another:1|g");

    Metrics.Look look = metrics.look(1);

    assertThat(look.stored()).isEqualTo(SeriesTable.MOST + 1);
    assertThat(look.faults()).containsEntry(Fault.TOO_MANY, 500L + 3);
    assertThat(look.busiest()).hasSize(50);
    assertThat(look.busiest().getFirst()).isEqualTo(Shown.of(Kind.COUNTER, "n0", 2, 2, 2));
  }

  @Test
  void oneBatchHasNoMoreRoomEither() {
    Batch batch = new Batch();
    List<String> types = List.of("c", "g", "ms", "s");
    for (int i = 0; i < SeriesTable.MOST + 7; i++) {
      String line = "n" + i + ":1|" + types.get(i % types.size());
      batch.add(StatsdParser.parse(line.getBytes(UTF_8)));
    }

    assertThat(batch.metrics()).isEqualTo(SeriesTable.MOST);
    assertThat(batch.faults()).containsEntry(Fault.TOO_MANY, 7L);
  }

  @Test
  void setsTellSoManyApartAndNoMoreInALook() {
    Batch batch = new Batch();
    IntStream.range(0, SeriesTable.MOST_MEMBERS + 100)
        .forEach(i -> batch.add(StatsdParser.parse(("users:" + i + "|s").getBytes(UTF_8))));
    metrics.add(batch);

    assertThat(shown("users").value()).isEqualTo(SeriesTable.MOST_MEMBERS);

    add("users:0|s", "users:1|s");
    assertThat(shown("users").value()).isEqualTo(2);
  }

  @Test
  void theSetsOfABatchShareTheirRoom() {
    Batch batch = new Batch();
    for (int i = 0; i < SeriesTable.MOST_MEMBERS; i++) {
      batch.add(StatsdParser.parse(("a:" + i + "|s\nb:" + i + "|s").getBytes(UTF_8)));
    }

    assertThat(batch.series().show(1, 0).stream().mapToDouble(Shown::value).sum())
        .isEqualTo(SeriesTable.MOST_MEMBERS);
  }

  /** Ten minutes of two looks a second. */
  @Test
  void aMetricOfWhichNothingIsHeardIsForgotten() {
    add("old:1|c", "kept:1|g");
    metrics.look(0.5);
    for (int look = 0; look <= 1_200; look++) {
      add("kept:1|g");
      assertThat(metrics.look(0.5).busiest()).hasSize(2);
    }

    assertThat(metrics.look(0.5).busiest()).extracting(Shown::name).containsExactly("kept");
  }

  /** However the lines fall into batches, the sum is the same. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void batchesAddUpToWhatTheirLinesAre(long seed) {
    Random random = new Random(seed);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      String name = "n" + random.nextInt(20);
      String value = String.valueOf(random.nextInt(1_000));
      lines.add(
          switch (random.nextInt(6)) {
            case 0 -> name + ":" + value + "|c|@0.5";
            case 1 -> name + ":" + value + "|g";
            case 2 -> name + ":+" + value + "|g";
            case 3 -> name + ":-" + value + "|g";
            case 4 -> name + ":" + value + "|ms";
            default -> name + ":" + value + "|s";
          });
    }
    Metrics oneByOne = new Metrics();
    Metrics inParts = new Metrics();
    lines.forEach(line -> add(oneByOne, List.of(line)));
    IntStream cuts = random.ints(30, 0, lines.size()).sorted();
    int from = 0;
    for (int to : IntStream.concat(cuts, IntStream.of(lines.size())).toArray()) {
      if (to > from) {
        add(inParts, lines.subList(from, to));
        from = to;
      }
    }

    Metrics.Look expected = oneByOne.look(1);
    Metrics.Look actual = inParts.look(1);

    assertThat(actual.stored()).isEqualTo(lines.size()).isEqualTo(expected.stored());
    assertThat(actual.busiest()).isEqualTo(expected.busiest());
  }
}
