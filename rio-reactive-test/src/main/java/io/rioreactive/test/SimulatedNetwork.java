package io.rioreactive.test;

import io.rioreactive.PumpGroup;
import io.rioreactive.hook.PumpHook;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * A UDP network in memory: any number of servers and clients, at any addresses, with links between
 * them that delay, lose, reorder and duplicate. Above the kernel interface everything is what runs
 * in production.
 *
 * <pre>{@code
 * StepVerifier.withVirtualTime(() -> {
 *       SimulatedNetwork network = SimulatedNetwork.create(42).link(Link.create().latency(ofMillis(50)));
 *       RioUdpServer.create().host("10.0.0.1").port(53).runOn(network.pumps())
 *           .handle((in, out) -> out.send(in.receive())).bindNow();
 *       RioConnection client = RioUdpClient.create().host("10.0.0.1").port(53)
 *           .runOn(network.pumps()).connectNow();
 *       return client.send(Mono.just(Datagram.of("hello"))).then(client.next());
 *     })
 *     .expectSubscription()
 *     .expectNoEvent(ofMillis(100))
 *     .assertNext(…)
 *     .verifyComplete();
 * }</pre>
 *
 * <p><b>Addresses.</b> Whatever a socket binds to is an address of the network; nothing is looked
 * up. One that binds to a wildcard address hears what is sent to its port at every address where no
 * other socket has that port, and sends from {@code 127.0.0.1} or {@code ::1}, unless packet info
 * says otherwise: as on a machine with many addresses, a client that asked another one does not
 * know that answer. Port 0 picks one; one that is taken is a {@link java.net.BindException}, unless
 * all sockets on it have {@code SO_REUSEADDR} or {@code SO_REUSEPORT}: then the last one hears.
 * What is sent to a multicast group comes to every socket on that port that has joined it.
 * Broadcasts reach nobody.
 *
 * <p><b>Time</b> is virtual if Reactor's {@link reactor.test.scheduler.VirtualTimeScheduler} is
 * enabled at the first bind, or if {@link #virtualTime} asks for it; else it is the wall's. All of
 * the network is one task on that scheduler: links, pumps, and the timeouts of the application move
 * together, and signals come on the thread that advances time. {@code bindNow}, {@code connectNow},
 * {@code disposeNow} and {@link #close} do what is due at once on the calling thread; none of them
 * moves time. They work after the virtual time has been disposed of, too, as StepVerifier does at
 * its end. Names of hosts are resolved for real.
 *
 * <p><b>Waits</b> end. A thread that waits in {@code block()} or in a StepVerifier while nothing
 * moves is failed after {@link #failBlockAfter some seconds} on the wall, with an {@link
 * IllegalStateException} that says what it waits for.
 *
 * <p><b>Chance</b> comes from the seed. Each direction between two addresses draws for itself, so
 * what other sockets do does not change its fate; what is due at the same time arrives in the order
 * it was sent. In virtual time the same seed gives the same events.
 *
 * <p>Any thread may use it. Close it at the end of the test.
 */
@SuppressWarnings("exports") // the kernel's types are open to this module only
public final class SimulatedNetwork implements AutoCloseable {

  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_STEP = Duration.ofDays(36_500);

  private final long seed;
  private final NetworkTime time = new NetworkTime();
  private final NetworkWire wire;
  private final SimulatedKernel kernel;
  private final BlockWatch watch;
  private final NetworkPump pump;
  private final PumpGroup pumps;

  private SimulatedNetwork(long seed) {
    this.seed = seed;
    this.wire = new NetworkWire(seed, time::nanos);
    this.kernel = new SimulatedKernel(true, wire);
    this.watch = new BlockWatch(kernel);
    this.pump = new NetworkPump(time, wire, kernel, watch, name());
    this.pumps = PumpHook.newGroup(PumpGroup.class, kernel, pump);
    kernel.onByHand(pump::wake);
  }

  /** A network with a seed that nobody knows: {@link #seed} and every failure tell it. */
  public static SimulatedNetwork create() {
    return create(ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE)); // short enough to type
  }

  /** A network with perfect links: nothing is lost, and everything arrives at once. */
  public static SimulatedNetwork create(long seed) {
    return new SimulatedNetwork(seed);
  }

  // ---- before the first bind

  /**
   * Runs in virtual time. If none is enabled it is enabled now, for the whole JVM, as {@link
   * reactor.test.scheduler.VirtualTimeScheduler#getOrSet()} does, and reset by {@link #close}.
   *
   * @throws IllegalStateException if it runs already
   */
  public SimulatedNetwork virtualTime() {
    time.virtual();
    return this;
  }

  /**
   * Runs on this scheduler, one task at a time. If it is a {@link
   * reactor.test.scheduler.VirtualTimeScheduler}, its time is the network's; else the wall's is.
   *
   * @throws IllegalArgumentException if it cannot delay tasks
   * @throws IllegalStateException if it runs already
   */
  public SimulatedNetwork scheduler(Scheduler scheduler) {
    time.on(Objects.requireNonNull(scheduler, "scheduler"));
    return this;
  }

  /**
   * Behaves as Windows does: what is posted stays posted when a subscriber cancels, drops are not
   * counted for the application, and of a truncated datagram the true length is unknown. Without it
   * the network behaves as Linux does.
   *
   * @throws IllegalStateException after the first bind
   */
  public SimulatedNetwork keepingPosts() {
    synchronized (kernel.lock) {
      if (!kernel.sockets().isEmpty()) {
        throw new IllegalStateException(
            "keepingPosts comes too late: sockets have been bound: call it before");
      }
      kernel.keepPosts();
    }
    return this;
  }

  /**
   * How long a thread may wait in {@code block()} or in a StepVerifier while nothing happens.
   * Default 5 seconds in virtual time, measured on the wall; else 30 seconds, while no datagram is
   * under way, and not for a {@code block(timeout)}, which ends by itself.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public SimulatedNetwork failBlockAfter(Duration limit) {
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException(
          "failBlockAfter is " + limit + ": allowed are positive durations");
    }
    pump.patience(limit);
    return this;
  }

  /**
   * How many datagrams the receive buffers hold of sockets that are bound from now on, while no
   * receive is posted. Default 256. What comes then is dropped and counted ({@link
   * LossCause#RECEIVE_BUFFER}, {@link io.rioreactive.RioStats#kernelDrops}). A socket with the
   * option {@code SO_RCVBUF} has a buffer of so many bytes of payload instead.
   *
   * @param datagrams 0 or more
   * @throws IllegalArgumentException if it is negative
   */
  public SimulatedNetwork receiveBuffer(int datagrams) {
    if (datagrams < 0) {
      throw new IllegalArgumentException(
          "receiveBuffer is " + datagrams + ": allowed is 0 or more (datagrams)");
    }
    synchronized (kernel.lock) {
      wire.receiveBuffer(datagrams);
    }
    return this;
  }

  // ---- links, at any time

  /**
   * The link between all sockets that no other link is named for. Like each change below it holds
   * for datagrams that are sent from now on.
   */
  public SimulatedNetwork link(Link link) {
    Objects.requireNonNull(link, "link");
    return change("all links: " + link, () -> wire.rules().set(link));
  }

  /**
   * The link from one address to another, in that direction only. Of several that fit, the one that
   * was named last counts.
   *
   * @param from a literal address, {@code "10.0.0.1"} for all of its ports or {@code
   *     "10.0.0.1:53"}, {@code "[2001:db8::1]:53"}; somebody may bind to it later
   * @param to likewise
   * @throws IllegalArgumentException if one is no literal address, or a wildcard
   */
  public SimulatedNetwork link(String from, String to, Link link) {
    return link(AddressPattern.parse(from), AddressPattern.parse(to), link);
  }

  /**
   * The link from one socket's address to another's, in that direction only; port 0 means all
   * ports.
   *
   * @throws IllegalArgumentException if one is not resolved, or a wildcard
   */
  public SimulatedNetwork link(InetSocketAddress from, InetSocketAddress to, Link link) {
    return link(AddressPattern.of(from), AddressPattern.of(to), link);
  }

  private SimulatedNetwork link(AddressPattern from, AddressPattern to, Link link) {
    Objects.requireNonNull(link, "link");
    return change(
        "link " + from + " → " + to + ": " + link, () -> wire.rules().set(from, to, link));
  }

  /**
   * Cuts two addresses off from each other, both ways: what is sent is lost in silence.
   *
   * @param a as in {@link #link(String, String, Link)}
   * @throws IllegalArgumentException if one is no literal address, or a wildcard
   */
  public SimulatedNetwork partition(String a, String b) {
    return partition(AddressPattern.parse(a), AddressPattern.parse(b));
  }

  /** {@link #partition(String, String)} between sockets' addresses; port 0 means all ports. */
  public SimulatedNetwork partition(InetSocketAddress a, InetSocketAddress b) {
    return partition(AddressPattern.of(a), AddressPattern.of(b));
  }

  private SimulatedNetwork partition(AddressPattern a, AddressPattern b) {
    return change("partition " + a + ", " + b, () -> wire.rules().separate(a, b));
  }

  /**
   * Ends a partition, as it was named; in either order.
   *
   * @throws IllegalArgumentException if there is none between these
   */
  public SimulatedNetwork heal(String a, String b) {
    return heal(AddressPattern.parse(a), AddressPattern.parse(b));
  }

  /** {@link #heal(String, String)} between sockets' addresses. */
  public SimulatedNetwork heal(InetSocketAddress a, InetSocketAddress b) {
    return heal(AddressPattern.of(a), AddressPattern.of(b));
  }

  private SimulatedNetwork heal(AddressPattern a, AddressPattern b) {
    return change("heal " + a + ", " + b, () -> wire.rules().heal(a, b));
  }

  /** Ends all partitions; nothing if there are none. */
  public SimulatedNetwork heal() {
    return change("heal all", () -> wire.rules().heal());
  }

  private SimulatedNetwork change(String text, Runnable change) {
    synchronized (kernel.lock) {
      change.run();
      wire.log().add(time.nanos(), EventLog.Kind.SET, text);
    }
    return this;
  }

  // ---- use

  /** The group to pass to {@code runOn}: what is bound on it is on this network. */
  public PumpGroup pumps() {
    return pumps;
  }

  /** What chance is drawn from. */
  public long seed() {
    return seed;
  }

  /** How long it has run, in its own time: 0 before the first bind. */
  public Duration now() {
    return time.now();
  }

  /**
   * Moves virtual time, with everything that is due in between: {@link
   * reactor.test.scheduler.VirtualTimeScheduler#advanceTimeBy}.
   *
   * @param by 0 to 36,500 days
   * @throws IllegalArgumentException if it is out of range
   * @throws IllegalStateException if time is not virtual, or is over: at its end {@code
   *     StepVerifier.withVirtualTime} disposes of it, and of all timeouts that were running
   */
  public void advance(Duration by) {
    if (by.isNegative() || by.compareTo(LONGEST_STEP) > 0) {
      throw new IllegalArgumentException(
          "advance by " + by + ": allowed are 0 to " + LONGEST_STEP + " (36,500 days)");
    }
    VirtualTimeScheduler virtual = time.requireVirtual();
    pump.run(); // sets the alarm where a virtual time has taken over from one that ended
    virtual.advanceTimeBy(by);
  }

  /** What became of the datagrams so far: a snapshot. */
  public NetworkStats stats() {
    synchronized (kernel.lock) {
      return wire.stats();
    }
  }

  /** The last 200 events, the oldest first, each with its time. */
  public List<String> events() {
    synchronized (kernel.lock) {
      return wire.log().all();
    }
  }

  /** What has not arrived, and when the next one does: a line for people; null if nothing is. */
  @Nullable String underWay() {
    synchronized (kernel.lock) {
      long count = wire.stats().inFlight();
      if (count == 0) {
        return null;
      }
      return "datagrams under way: "
          + count
          + "; the next arrives at "
          + Duration.ofNanos(wire.nextDue())
          + (time.isVirtual() ? ", when virtual time is advanced to it" : "");
    }
  }

  /** For what is to be moved by hand. */
  SimulatedKernel kernel() {
    return kernel;
  }

  /**
   * Closes all connections, ends the pumps, and resets virtual time if {@link #virtualTime} has
   * enabled it. May be called again. What is under way stays there.
   *
   * @throws AssertionError if the library has broken the contract of its kernel
   * @throws IllegalStateException if the pumps do not end, within 10 seconds on the wall
   */
  @Override
  public void close() {
    try {
      pumps.dispose();
      if (pump.runner() != Thread.currentThread()) {
        runUntilEnded();
      }
    } finally { // else the watch and virtual time would be the next test's
      watch.close();
      time.close();
    }
    List<String> violations = kernel.violations();
    if (!violations.isEmpty()) {
      throw new AssertionError("the kernel's contract was broken on " + this + ": " + violations);
    }
  }

  private void runUntilEnded() {
    long started = System.nanoTime();
    if (time.isVirtual() || time.stands()) {
      pump.run();
    }
    while (!pump.isEnded() || pump.runner() != null) { // another thread turns it
      if (System.nanoTime() - started > LONGEST_CLOSE.toNanos()) {
        throw new IllegalStateException(
            "the pumps of " + this + " have not ended within " + LONGEST_CLOSE + ": " + events());
      }
      LockSupport.parkNanos(100_000);
    }
  }

  private String name() {
    return "SimulatedNetwork.create(" + seed + "L)";
  }

  /** Its seed, its time, and its statistics. */
  @Override
  public String toString() {
    return name() + " at " + time + ": " + stats();
  }
}
