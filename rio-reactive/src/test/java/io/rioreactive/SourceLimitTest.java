package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.rioreactive.kernel.SocketAddressFormat;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each source has its rate and no more, whatever the others send; time is the test's. */
class SourceLimitTest {

  private static final long SECOND = 1_000_000_000;
  private static final long VICTIM = SocketAddressFormat.lowOfV4(0xC000_0207);

  private static boolean admits(SourceLimit limit, String ip, long now) {
    InetAddress address = InetAddress.ofLiteral(ip);
    return limit.admits(SocketAddressFormat.high(address), SocketAddressFormat.low(address), now);
  }

  private static long anybody(Random random) {
    return SocketAddressFormat.lowOfV4(random.nextInt());
  }

  @Test
  void afterASilenceABurstAndThenTheRate() {
    SourceLimit limit = new SourceLimit(RateLimit.perSecond(10).withBurst(5));
    for (long start : new long[] {0, 100 * SECOND}) {
      for (int i = 0; i < 5; i++) {
        assertThat(admits(limit, "192.0.2.7", start)).as("datagram %d of the burst", i).isTrue();
      }
      assertThat(admits(limit, "192.0.2.7", start)).isFalse();
      assertThat(admits(limit, "192.0.2.7", start + SECOND / 10 - 1)).isFalse();
      assertThat(admits(limit, "192.0.2.7", start + SECOND / 10)).isTrue();
      assertThat(admits(limit, "192.0.2.7", start + SECOND / 10)).isFalse();
      assertThat(admits(limit, "192.0.2.8", start)).as("another source").isTrue();
    }
  }

  @Test
  void whatIsRefusedDoesNotCount() {
    SourceLimit limit = new SourceLimit(RateLimit.perSecond(1).withBurst(1));
    assertThat(admits(limit, "192.0.2.7", 0)).isTrue();
    for (int i = 0; i < 1_000; i++) {
      assertThat(admits(limit, "192.0.2.7", SECOND - 1)).isFalse();
    }

    assertThat(admits(limit, "192.0.2.7", SECOND)).isTrue();
  }

  /** The bound is that of a token bucket: burst + rate x time, between any two admissions. */
  @Test
  void noSourceEverGetsMoreThanItsRateHoweverManyOthersShareItsPlace() {
    for (int seed = 1; seed <= 50; seed++) {
      Random random = new Random(seed);
      RateLimit rate = RateLimit.perSecond(1_000).withBurst(4).withSources(8);
      SourceLimit limit = new SourceLimit(rate);
      List<Long> admissions = new ArrayList<>();
      long now = 0;
      for (int i = 0; i < 4_000; i++) {
        now += random.nextInt(400_000);
        if (random.nextInt(3) == 0 && limit.admits(0, VICTIM, now)) {
          admissions.add(now);
        }
        for (int others = random.nextInt(20); others > 0; others--) {
          limit.admits(0, anybody(random), now);
        }
      }
      assertThat(admissions).as("seed %d", seed).isNotEmpty();
      assertThat(mostBeyondTheRate(admissions)).as("seed %d", seed).isLessThanOrEqualTo(4);
    }
  }

  /** Of all spans from one admission to another, at one a millisecond. */
  private static long mostBeyondTheRate(List<Long> admissions) {
    long most = 0;
    for (int first = 0; first < admissions.size(); first++) {
      for (int last = first; last < admissions.size(); last++) {
        long nanos = admissions.get(last) - admissions.get(first);
        most = Math.max(most, last - first + 1 - nanos / 1_000_000);
      }
    }
    return most;
  }

  @Test
  void aFloodOfForgedSourcesGivesTheOneThatIsOverItsLimitNothing() {
    SourceLimit limit = new SourceLimit(RateLimit.perSecond(100));
    for (int i = 0; i < 100; i++) {
      assertThat(limit.admits(0, VICTIM, 0)).isTrue();
    }
    Random random = new Random(1);
    for (int i = 0; i < 200_000; i++) {
      limit.admits(0, anybody(random), 0);
    }

    assertThat(limit.admits(0, VICTIM, 0)).isFalse();
  }

  @Test
  void sourcesThatAreNoMoreThanItIsMadeForDoNotDisturbEachOther() {
    SourceLimit limit = new SourceLimit(RateLimit.perSecond(1).withBurst(1));
    for (int i = 0; i < 500; i++) {
      assertThat(limit.admits(0, SocketAddressFormat.lowOfV4(0x0A00_0000 + i), 0)).isTrue();
    }
    for (int i = 0; i < 500; i++) {
      assertThat(limit.admits(0, SocketAddressFormat.lowOfV4(0x0A00_0000 + i), 0)).isFalse();
    }
  }

  @Test
  void whereMoreAreBusyThanItIsMadeForTheyShare() {
    SourceLimit limit = new SourceLimit(RateLimit.perSecond(1).withBurst(1).withSources(8));
    int admitted = 0;
    for (int i = 0; i < 1_000; i++) {
      admitted += limit.admits(0, SocketAddressFormat.lowOfV4(i), 0) ? 1 : 0;
    }

    assertThat(admitted).isEqualTo(8);
    assertThat(limit.capacity()).isEqualTo(8);
  }

  @ParameterizedTest
  @CsvSource({"1, 8", "8, 8", "9, 16", "16384, 16384", "1048576, 1048576"})
  void itsMemoryIsFixed(int sources, int capacity) {
    assertThat(new SourceLimit(RateLimit.perSecond(1).withSources(sources)).capacity())
        .isEqualTo(capacity);
  }

  @ParameterizedTest
  @CsvSource({
    "32, 64, 192.0.2.7, 192.0.2.8, false",
    "24, 64, 192.0.2.7, 192.0.2.8, true",
    "24, 64, 192.0.2.7, 192.0.3.7, false",
    "0, 64, 192.0.2.7, 10.0.0.1, true",
    "32, 64, 2001:db8::1, 2001:db8::2, true",
    "32, 64, 2001:db8::1, 2001:db8:0:1::1, false",
    "32, 128, 2001:db8::1, 2001:db8::2, false",
    "32, 56, 2001:db8::1, 2001:db8:0:1::1, true",
    "32, 0, 2001:db8::1, ::1, true",
    "32, 64, fe80::1, fe80::2, false",
    "32, 48, febf::1, febf::2, false",
    "32, 64, fec0::1, fec0::2, true",
    "32, 0, fe80::1, fe80::2, true",
    "32, 64, 64:ff9b::c000:207, 64:ff9b::c000:208, false",
    "32, 64, 64:ff9b::c000:207, 192.0.2.7, true",
    "24, 64, 64:ff9b::c000:207, 64:ff9b::c000:208, true",
    "32, 64, 64:ff9b:0:0:0:1:c000:207, 64:ff9b:0:0:0:1:c000:208, true",
    "0, 0, 2001:db8::1, 192.0.2.7, false"
  })
  void aSourceIsAsManyBitsAsWasSaid(int ipv4, int ipv6, String one, String other, boolean isSame) {
    SourceLimit limit =
        new SourceLimit(RateLimit.perSecond(1).withBurst(1).withPrefixes(ipv4, ipv6));
    assertThat(admits(limit, one, 0)).isTrue();

    assertThat(admits(limit, other, 0)).isEqualTo(!isSame);
    assertThat(admits(limit, one, 0)).isFalse();
  }

  @Test
  void aRateThatDividesNoSecondIsNotExceeded() {
    SourceLimit limit = new SourceLimit(RateLimit.perSecond(3).withBurst(1));
    int admitted = 0;
    for (long now = 0; now < 300 * SECOND; now += SECOND / 1_000) {
      admitted += limit.admits(0, VICTIM, now) ? 1 : 0;
    }

    assertThat(admitted).isBetween(880, 900);
  }

  /** Here a part of a nanosecond too little would be half a datagram in a thousand too many. */
  @Test
  void anIntervalIsRoundedInFavourOfTheRate() {
    SourceLimit limit = new SourceLimit(RateLimit.perSecond(600_000).withBurst(2));
    int admitted = 0;
    for (long now = 0; now < SECOND / 100; now += 100) {
      admitted += limit.admits(0, VICTIM, now) ? 1 : 0;
    }

    assertThat(admitted).isLessThanOrEqualTo(6_000 + 2);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 1, 0, 0, datagrams is 0",
    "1000001, 1, 1, 0, 0, datagrams is 1000001",
    "1, 0, 1, 0, 0, burst is 0",
    "1, 1000001, 1, 0, 0, burst is 1000001",
    "1, 1, 0, 0, 0, sources is 0",
    "1, 1, 1048577, 0, 0, sources is 1048577",
    "1, 1, 1, -1, 0, ipv4Prefix is -1",
    "1, 1, 1, 33, 0, ipv4Prefix is 33",
    "1, 1, 1, 0, -1, ipv6Prefix is -1",
    "1, 1, 1, 0, 129, ipv6Prefix is 129"
  })
  void anImpossibleLimitIsRefusedByNameAndValue(
      int datagrams, int burst, int sources, int ipv4, int ipv6, String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RateLimit(datagrams, burst, sources, ipv4, ipv6))
        .withMessageContainingAll("rateLimit: " + text, "allowed are");
  }
}
