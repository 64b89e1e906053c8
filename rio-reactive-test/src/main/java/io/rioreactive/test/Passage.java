package io.rioreactive.test;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The way from one address to another: its generator, and the state of the link on it.
 *
 * <p>Guarded by the kernel's lock.
 */
final class Passage {

  private static final double NANOS = 1e9;

  /** Of a byte. */
  private static final double ROUNDING = 1e-3;

  final NetworkAddress from;
  final NetworkAddress to;
  private final SplittableRandom random;

  private Link link = Link.create();

  /** Of the {@link LinkRules} that {@link #link} was taken from. */
  private int version = -1;

  private boolean isPartitioned;

  /** What was sent since the link was set. */
  private long number;

  private boolean inBurst;

  /** When the last byte of the queue leaves it. */
  private double queueEnds;

  /** When the last one arrives, or would if it were not held back. */
  private long lastDue;

  private @Nullable Arrival arrival;

  Passage(NetworkAddress from, NetworkAddress to, long seed) {
    this.from = from;
    this.to = to;
    long mixed = mix(seed, from.high, from.low, from.port);
    this.random = new SplittableRandom(mix(mixed, to.high, to.low, to.port));
  }

  private static long mix(long seed, long... numbers) {
    long mixed = seed;
    for (long number : numbers) {
      mixed = (mixed ^ number) * 0x9E37_79B9_7F4A_7C15L;
      mixed ^= mixed >>> 29;
    }
    return mixed;
  }

  /** Takes over what the rules say now, if they have changed. */
  void obey(LinkRules rules) {
    if (version == rules.version()) {
      return;
    }
    version = rules.version();
    isPartitioned = rules.isPartitioned(from.address, to.address);
    Link now = rules.link(from.address, to.address);
    if (now != link) {
      link = now;
      number = 0;
      inBurst = false;
      queueEnds = 0;
      lastDue = 0;
    }
  }

  Link link() {
    return link;
  }

  boolean isPartitioned() {
    return isPartitioned;
  }

  /** Bytes of the IP packet around a payload. */
  int packetSize(int payload) {
    return payload + (to.isIpv6() ? 48 : 28);
  }

  /** Whether a payload is too large for the link. */
  boolean isTooLarge(int payload) {
    return packetSize(payload) > link.mtu();
  }

  /** Loses the next datagram for this cause; null if it gets through so far. */
  @Nullable LossCause loseNext(Parcel datagram) {
    number++;
    if (isPartitioned) {
      return LossCause.PARTITION;
    }
    if (isTooLarge(datagram.length())) {
      return LossCause.MTU;
    }
    if (link.isUnreachable()) {
      return null; // only where it would arrive
    }
    boolean lost = link.every() > 0 && number % link.every() == 0;
    if (!link.lost().isEmpty()) {
      lost |= isLostByRule(datagram);
    }
    boolean byChance = isLostByChance();
    return lost || byChance ? LossCause.LOSS : null;
  }

  private boolean isLostByRule(Parcel datagram) {
    Packet packet = new Packet(from.address, to.address, number, datagram.toBytes());
    boolean lost = false;
    for (var condition : link.lost()) {
      lost |= condition.test(packet);
    }
    return lost;
  }

  /** Draws whatever the rules said, so that they do not shift what is drawn for the others. */
  private boolean isLostByChance() {
    boolean lost = draws(link.loss());
    if (link.burst() > 0) {
      if (!inBurst) {
        inBurst = draws(link.burst());
      }
      if (inBurst) {
        lost = true;
        inBurst = !draws(1 / link.meanBurst());
      }
    }
    return lost;
  }

  private boolean draws(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  /** When a datagram leaves the link's queue that is sent now; -1 if it has no room in it. */
  long enqueue(long now, int payload) {
    if (link.bytesPerSecond() == 0) {
      return now;
    }
    double nanosPerByte = NANOS / link.bytesPerSecond();
    int size = packetSize(payload);
    double waiting = (queueEnds - (double) now) / nanosPerByte;
    if (waiting > 0 && waiting + size > link.queueBytes() + ROUNDING) {
      return -1;
    }
    queueEnds = Math.max(queueEnds, (double) now) + size * nanosPerByte;
    return (long) Math.ceil(queueEnds);
  }

  /** When one arrives that leaves the queue at this time. */
  long arrive(long leaves) {
    long due = leaves + link.latencyNanos();
    if (link.jitterNanos() > 0) {
      due += random.nextLong(link.jitterNanos() + 1);
    }
    lastDue = Math.max(lastDue, due); // jitter alone overtakes nobody, held back or not
    return draws(link.reordered()) ? lastDue + link.reorderNanos() : lastDue;
  }

  /** Whether a datagram that gets through arrives twice. */
  boolean duplicates() {
    return draws(link.duplicates());
  }

  /** What a socket with packet info is told of a datagram that came this way. */
  Arrival arrival(int hopLimit, int trafficClass) {
    Arrival known = arrival;
    if (known == null || known.hopLimit() != hopLimit || known.trafficClass() != trafficClass) {
      known = Arrival.at(to.address).by(1).with(hopLimit, trafficClass);
      arrival = known;
    }
    return known;
  }

  @Override
  public String toString() {
    return from + " → " + to;
  }
}
