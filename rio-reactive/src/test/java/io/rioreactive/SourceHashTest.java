package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.SocketAddressFormat;
import java.util.Arrays;
import java.util.function.ToIntBiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Sources are spread evenly, whichever of their bits differ, and anew for each table. */
class SourceHashTest {

  private static final int SETS = 1 << 11;
  private static final int TIMES = 64;

  /** How many of so many sources for each set are in the fullest of them. */
  private static int fullest(ToIntBiFunction<SourceHash, Integer> setOf) {
    SourceHash hash = new SourceHash(SETS);
    int[] counts = new int[SETS];
    for (int i = 0; i < TIMES * SETS; i++) {
      counts[setOf.applyAsInt(hash, i)]++;
    }
    return Arrays.stream(counts).max().orElseThrow();
  }

  /** 64 on average, and never far from that: 8 is one standard deviation. */
  @Test
  void theyAreSpreadEvenlyByWhateverTheyDifferIn() {
    int most = 2 * TIMES;
    assertThat(fullest((hash, i) -> hash.setOf(0, SocketAddressFormat.lowOfV4(i), 0)))
        .as("IPv4 addresses of a network")
        .isLessThan(most);
    assertThat(fullest((hash, i) -> hash.setOf(0, SocketAddressFormat.lowOfV4(i << 15), 0)))
        .as("IPv4 networks")
        .isLessThan(most);
    assertThat(fullest((hash, i) -> hash.setOf((long) i << 16, 1, 0)))
        .as("IPv6 networks")
        .isLessThan(most);
    assertThat(fullest((hash, i) -> hash.setOf(1, 1, i))).as("ports").isLessThan(most);
  }

  /** In each of many tables, since what is linear spreads them well in most. */
  @Test
  void thePortsOfAnAddressOneAfterTheOtherMeetInNoTable() {
    for (int table = 0; table < 1_000; table++) {
      SourceHash hash = new SourceHash(SETS);
      int[] counts = new int[SETS];
      for (int port = 1; port <= 1_000; port++) {
        counts[hash.setOf(0, SocketAddressFormat.lowOfV4(7), port)]++;
      }
      assertThat(Arrays.stream(counts).filter(count -> count > 4).sum()).isLessThan(100);
    }
  }

  /** Sums of products by random factors would have them meet always. */
  @Test
  void sourcesThatDifferInTheUpperBitsOfBothHalvesDoNotMeet() {
    int meetings = 0;
    for (int i = 0; i < 1_000; i++) {
      SourceHash hash = new SourceHash(SETS);
      int victim = hash.setOf(7, 7, 0);
      meetings += hash.setOf(7 ^ (1L << 63), 7 ^ (1L << 63), 0) == victim ? 1 : 0;
    }

    assertThat(meetings).isLessThan(20);
  }

  @Test
  void eachTableHasItsOwnKeys() {
    long different =
        IntStream.range(0, 100)
            .map(i -> new SourceHash(SETS).setOf(0, SocketAddressFormat.lowOfV4(7), 0))
            .distinct()
            .count();

    assertThat(different).isGreaterThan(50);
  }

  @Test
  void oneSetIsForAll() {
    SourceHash hash = new SourceHash(1);

    for (long i = -100; i < 100; i++) {
      assertThat(hash.setOf(i << 40, i << 20, i)).isZero();
    }
  }
}
