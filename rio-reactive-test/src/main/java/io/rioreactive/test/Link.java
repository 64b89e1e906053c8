package io.rioreactive.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * What a datagram meets on its way from one socket of a {@link SimulatedNetwork} to another.
 * Immutable: each method answers a new one, and all of them can be combined.
 *
 * <pre>{@code
 * Link mobile = Link.create().latency(Duration.ofMillis(40)).jitter(Duration.ofMillis(30)).loss(0.02);
 * network.link(mobile);
 * network.link("10.0.0.1", "10.0.0.9", mobile.loss(0.3)); // worse on the way back
 * }</pre>
 *
 * <p>A datagram passes, in this order: {@link #mtu}, {@link #unreachable}, loss by rule ({@link
 * #lose}, {@link #loseEvery}), loss by chance ({@link #loss}, {@link #lossInBursts}), the queue of
 * {@link #bandwidth}, then {@link #latency}, {@link #jitter} and {@link #reorder}; what gets
 * through may be {@link #duplicate}d. Where several lose, each does its part: a datagram arrives if
 * none has lost it.
 *
 * <p>A link is a description. Each direction between two sockets has a state of its own (the queue,
 * the burst, the count), which begins anew when another link is set for it; and a generator of its
 * own, made of the network's seed and the two addresses.
 *
 * <table>
 * <caption>Defaults</caption>
 * <tr><th>what</th><th>default</th><th>range</th></tr>
 * <tr><td>latency, jitter</td><td>0</td><td>0 to 1 day</td></tr>
 * <tr><td>loss, duplicate, reorder</td><td>0</td><td>0 to 1</td></tr>
 * <tr><td>lossInBursts</td><td>none</td><td>probability 0 to 1, mean length from 1</td></tr>
 * <tr><td>loseEvery, lose</td><td>none</td><td>n from 1</td></tr>
 * <tr><td>mtu</td><td>none</td><td>68 to 65,535 bytes</td></tr>
 * <tr><td>bandwidth</td><td>unlimited</td><td>1 byte a second or more; a queue of 0 bytes or
 * more</td></tr>
 * </table>
 *
 * <p>Any thread.
 */
public final class Link implements Cloneable {

  private static final Duration LONGEST = Duration.ofDays(1);
  private static final int LEAST_MTU = 68; // every network that carries IPv4 takes so much
  private static final int MOST_MTU = 65_535;
  private static final int NO_MTU = Integer.MAX_VALUE; // over IPv6, packets are larger than any MTU

  private static final Link PERFECT = new Link();

  private long latency;
  private long jitter;
  private double loss;
  private double burst;
  private double meanBurst = 1;
  private int every;
  private List<Predicate<? super Packet>> lost = List.of();
  private double duplicates;
  private double reordered;
  private long reorderDelay;
  private int mtu = NO_MTU;
  private long bytesPerSecond;
  private int queueBytes;
  private boolean isUnreachable;

  private Link() {}

  /** One that delivers everything, in order and at once. */
  public static Link create() {
    return PERFECT;
  }

  private Link copy() {
    try {
      return (Link) clone();
    } catch (CloneNotSupportedException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /**
   * How long each datagram is under way, at least.
   *
   * @param delay 0 to 1 day
   * @throws IllegalArgumentException if it is out of range
   */
  public Link latency(Duration delay) {
    Link link = copy();
    link.latency = checkDelay("latency", delay);
    return link;
  }

  /**
   * How much longer than {@link #latency} a datagram may be under way: by anything from 0 to this,
   * each as likely. Order is kept: one that would overtake another arrives right after it, so on a
   * busy link delays are longer than drawn. {@link #reorder} is what changes the order.
   *
   * @param most 0 to 1 day
   * @throws IllegalArgumentException if it is out of range
   */
  public Link jitter(Duration most) {
    Link link = copy();
    link.jitter = checkDelay("jitter", most);
    return link;
  }

  /**
   * Loses each datagram with this probability, whatever became of the others.
   *
   * @param probability 0 (none) to 1 (all)
   * @throws IllegalArgumentException if it is out of range
   */
  public Link loss(double probability) {
    Link link = copy();
    link.loss = checkProbability("loss", probability);
    return link;
  }

  /**
   * Loses datagrams in bursts: each datagram that is not in a burst begins one with this
   * probability, and of those in it each is the last with the probability 1 / mean length. So the
   * share that is lost is {@code p * meanLength / (1 - p + p * meanLength)}, with the probability
   * {@code p} of a burst to begin; one may follow another without a datagram in between.
   *
   * @param probability of a burst to begin, 0 (none) to 1
   * @param meanLength datagrams that are lost in a burst on average, 1 or more
   * @throws IllegalArgumentException if one is out of range
   */
  public Link lossInBursts(double probability, double meanLength) {
    Link link = copy();
    link.burst = checkProbability("lossInBursts: probability", probability);
    if (!(meanLength >= 1) || Double.isInfinite(meanLength)) {
      throw new IllegalArgumentException(
          "lossInBursts: meanLength is " + meanLength + ": allowed is 1 or more (datagrams)");
    }
    link.meanBurst = meanLength;
    return link;
  }

  /**
   * Loses every n-th datagram: of 1, 2, 3, … those whose number is a multiple of n.
   *
   * @param n 1 (all) or more
   * @throws IllegalArgumentException if it is not positive
   */
  public Link loseEvery(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("loseEvery is " + n + ": allowed is 1 (all) or more");
    }
    Link link = copy();
    link.every = n;
    return link;
  }

  /**
   * Loses those datagrams that the condition holds for. Of several conditions, each loses its own.
   *
   * @param condition called once for each datagram, on the thread that turns the network, with a
   *     copy of it; it must not block or use the network. What it throws closes the connection that
   *     sent
   */
  public Link lose(Predicate<? super Packet> condition) {
    Objects.requireNonNull(condition, "condition");
    Link link = copy();
    List<Predicate<? super Packet>> all = new ArrayList<>(lost);
    all.add(condition);
    link.lost = List.copyOf(all);
    return link;
  }

  /**
   * Delivers each datagram twice with this probability, one right after the other.
   *
   * @param probability 0 (none) to 1 (all)
   * @throws IllegalArgumentException if it is out of range
   */
  public Link duplicate(double probability) {
    Link link = copy();
    link.duplicates = checkProbability("duplicate", probability);
    return link;
  }

  /**
   * Holds each datagram back with this probability, for so long beyond its delay. Those sent
   * meanwhile overtake it.
   *
   * @param probability 0 (none) to 1 (all)
   * @param delay 0 to 1 day; with 0 nothing is overtaken
   * @throws IllegalArgumentException if one is out of range
   */
  public Link reorder(double probability, Duration delay) {
    Link link = copy();
    link.reordered = checkProbability("reorder: probability", probability);
    link.reorderDelay = checkDelay("reorder: delay", delay);
    return link;
  }

  /**
   * Loses datagrams that are larger: as IP packets, that is with 28 bytes of headers over IPv4 and
   * 48 over IPv6. As where fragments are dropped, nobody is told; but the sends of a socket with
   * {@link io.rioreactive.RioSocketOptions#IP_DONTFRAGMENT IP_DONTFRAGMENT} fail ({@link
   * io.rioreactive.DropReason#TOO_LARGE TOO_LARGE}), and then nothing has left. It is also what a
   * connected client is told by {@link io.rioreactive.RioConnection#pathMtu}.
   *
   * @param bytes 68 to 65,535
   * @throws IllegalArgumentException if it is out of range
   */
  public Link mtu(int bytes) {
    if (bytes < LEAST_MTU || bytes > MOST_MTU) {
      throw new IllegalArgumentException(
          "mtu is "
              + bytes
              + ": allowed are "
              + LEAST_MTU
              + " to "
              + MOST_MTU
              + " (bytes of an IP packet, its headers included)");
    }
    Link link = copy();
    link.mtu = bytes;
    return link;
  }

  /**
   * Lets so many bytes pass in a second, headers included as in {@link #mtu}. What comes while one
   * is being sent waits in a queue, before its latency begins; one that does not fit into it is
   * lost ({@link LossCause#QUEUE}). Each direction between two sockets has a queue of its own.
   *
   * @param bytesPerSecond 1 or more
   * @param queueBytes what the queue holds, with the rest of the datagram that is being sent: 0 or
   *     more; with 0 a datagram passes only if the link is idle
   * @throws IllegalArgumentException if one is out of range
   */
  public Link bandwidth(long bytesPerSecond, int queueBytes) {
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException(
          "bandwidth is " + bytesPerSecond + " bytes a second: allowed is 1 or more");
    }
    if (queueBytes < 0) {
      throw new IllegalArgumentException(
          "bandwidth: queueBytes is " + queueBytes + ": allowed is 0 or more");
    }
    Link link = copy();
    link.bytesPerSecond = bytesPerSecond;
    link.queueBytes = queueBytes;
    return link;
  }

  /**
   * Loses everything after its latency, and the sender, if it is connected, is told as by a router:
   * its connection counts it ({@link io.rioreactive.RioStats#unreachable}) and goes on. The same
   * happens, on any link, where nobody is bound at the target. The news needs the latency of the
   * way back, and is never lost but to a partition.
   */
  public Link unreachable() {
    Link link = copy();
    link.isUnreachable = true;
    return link;
  }

  private static long checkDelay(String name, Duration delay) {
    Objects.requireNonNull(delay, name);
    if (delay.isNegative() || delay.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + " is " + delay + ": allowed are 0 to " + LONGEST + " (1 day)");
    }
    return delay.toNanos();
  }

  private static double checkProbability(String name, double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          name + " is " + probability + ": allowed are 0 (never) to 1 (always)");
    }
    return probability;
  }

  /** Nanoseconds. */
  long latencyNanos() {
    return latency;
  }

  /** Nanoseconds. */
  long jitterNanos() {
    return jitter;
  }

  double loss() {
    return loss;
  }

  /** The probability of a burst to begin. */
  double burst() {
    return burst;
  }

  double meanBurst() {
    return meanBurst;
  }

  /** 0 for none. */
  int every() {
    return every;
  }

  List<Predicate<? super Packet>> lost() {
    return lost;
  }

  double duplicates() {
    return duplicates;
  }

  double reordered() {
    return reordered;
  }

  /** Nanoseconds. */
  long reorderNanos() {
    return reorderDelay;
  }

  /** Bytes of an IP packet. */
  int mtu() {
    return mtu;
  }

  boolean hasMtu() {
    return mtu != NO_MTU;
  }

  /** 0 for unlimited. */
  long bytesPerSecond() {
    return bytesPerSecond;
  }

  int queueBytes() {
    return queueBytes;
  }

  boolean isUnreachable() {
    return isUnreachable;
  }

  /** What it does, as far as it does anything. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    add(parts, latency > 0, "latency " + Duration.ofNanos(latency));
    add(parts, jitter > 0, "jitter " + Duration.ofNanos(jitter));
    add(parts, loss > 0, "loss " + loss);
    add(parts, burst > 0, "bursts " + burst + " of " + meanBurst);
    add(parts, every > 0, "every " + every + ". lost");
    add(parts, !lost.isEmpty(), "lost by " + lost.size() + " conditions");
    add(parts, duplicates > 0, "duplicates " + duplicates);
    add(parts, reordered > 0, "reordered " + reordered + " by " + Duration.ofNanos(reorderDelay));
    add(parts, hasMtu(), "mtu " + mtu);
    add(parts, bytesPerSecond > 0, bytesPerSecond + " bytes/s, queue " + queueBytes);
    add(parts, isUnreachable, "unreachable");
    return "Link[" + (parts.isEmpty() ? "perfect" : String.join(", ", parts)) + "]";
  }

  private static void add(List<String> parts, boolean applies, String part) {
    if (applies) {
      parts.add(part);
    }
  }
}
