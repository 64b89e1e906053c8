package io.rioreactive;

import io.rioreactive.hook.PumpDriver;
import io.rioreactive.hook.PumpHook;
import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.Support;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * Pump threads that several servers share. A server that is not told otherwise has a pump of its
 * own, which ends with it.
 *
 * <pre>{@code
 * PumpGroup pumps = PumpGroup.create().name("edge").size(2);
 * RioConnection dns = RioUdpServer.create().port(5360).runOn(pumps).handle(…).bindNow();
 * RioConnection log = RioUdpServer.create().port(5514).runOn(pumps).handle(…).bindNow();
 * pumps.dispose(); // closes both
 * }</pre>
 *
 * <p>A socket is given to a new pump until all are started, then to the one with the fewest
 * sockets, of several the one that was started first; and stays there. Threads are daemons, start
 * when first needed, and end when the group is disposed. Provider and notification belong to the
 * pump, so they are set here and not on the servers. Any thread may use a group; its settings can
 * be changed until the first bind.
 */
public final class PumpGroup implements Disposable {

  static {
    PumpHook.install((kernel, driver) -> new PumpGroup(kernel, driver, false));
  }

  private static final AtomicInteger UNNAMED = new AtomicInteger();

  private static final Map<String, PumpGroup> OF_CLIENTS = new ConcurrentHashMap<>();

  private @Nullable String name;
  private int size = 1;
  private String provider = Providers.AUTO;
  private Notification notification = Notification.COMPLETION_PORT;
  private Duration busyPoll = Duration.ZERO;

  /** Those the pumps are kept on; empty for any. */
  private List<Integer> cpus = List.of();

  /** The test's kernel and driver; null in production. */
  private final @Nullable Kernel givenKernel;

  private final @Nullable PumpDriver givenDriver;

  /** Each pump ends when its last connection has closed; another is started for the next. */
  private final boolean endsWhenUnused;

  private @Nullable List<Pump> pumps;

  /** Threads that were made, those that could not be started included. */
  private int threads;

  private boolean disposed;

  private PumpGroup(@Nullable Kernel kernel, @Nullable PumpDriver driver, boolean endsWhenUnused) {
    givenKernel = kernel;
    givenDriver = driver;
    this.endsWhenUnused = endsWhenUnused;
  }

  /** A group of one pump, {@code auto} provider, {@link Notification#COMPLETION_PORT}. */
  public static PumpGroup create() {
    return new PumpGroup(null, null, false);
  }

  /** One for the connection of one server. Its pump ends with it, and only then is that closed. */
  static PumpGroup ofServer(String provider, Notification notification, Duration busyPoll) {
    return new PumpGroup(null, null, true)
        .provider(provider)
        .notification(notification)
        .busyPoll(busyPoll);
  }

  /** The one that all clients share which want the same. Its pump ends with the last of them. */
  static PumpGroup ofClients(String provider, Notification notification, Duration busyPoll) {
    return OF_CLIENTS.computeIfAbsent(
        provider + " " + notification + " " + busyPoll,
        ignored -> ofServer(provider, notification, busyPoll).name("rio-clients"));
  }

  /**
   * Names the threads: {@code name-1}, {@code name-2}. Without a name they are {@code rio-pump} and
   * a number that counts those of all groups without one.
   *
   * @throws IllegalStateException after the first bind
   */
  public synchronized PumpGroup name(String name) {
    requireUnused("name");
    this.name = Objects.requireNonNull(name, "name");
    return this;
  }

  /**
   * How many pumps, each a thread. Default 1.
   *
   * @param pumps 1 to 1,024
   * @throws IllegalArgumentException if it is out of range
   * @throws IllegalStateException after the first bind
   */
  public synchronized PumpGroup size(int pumps) {
    requireUnused("size");
    this.size = UdpOptions.checkRange("size", pumps, 1, UdpOptions.MOST_PUMPS, "pumps");
    return this;
  }

  /**
   * Which kernel interface to use, as {@link RioUdpServer#provider}.
   *
   * @throws IllegalArgumentException if nobody has that name
   * @throws IllegalStateException after the first bind
   */
  public synchronized PumpGroup provider(String name) {
    requireUnused("provider");
    this.provider = Providers.checkName(name);
    return this;
  }

  /**
   * How the pumps wait, as {@link RioUdpServer#notification}.
   *
   * @throws IllegalStateException after the first bind
   */
  public synchronized PumpGroup notification(Notification notification) {
    requireUnused("notification");
    Objects.requireNonNull(notification, "notification");
    UdpOptions.requireSleep(notification, busyPoll);
    this.notification = notification;
    return this;
  }

  /**
   * How long a pump that has nothing to do goes on asking before it sleeps, as {@link
   * RioUdpServer#busyPoll}.
   *
   * @throws IllegalArgumentException if it is negative
   * @throws IllegalStateException with {@link Notification#POLLED}, or after the first bind
   */
  public synchronized PumpGroup busyPoll(Duration longest) {
    requireUnused("busyPoll");
    Duration checked = UdpOptions.checkBusyPoll(longest);
    UdpOptions.requireSleep(notification, checked);
    this.busyPoll = checked;
    return this;
  }

  /**
   * Keeps each pump on one CPU: the first on the first of these, the second on the second; where
   * the pumps are more than the CPUs, it begins again with the first. A pump then finds its memory
   * in the caches of its core and on its NUMA node. Nobody else is kept off these CPUs: that is for
   * the system ({@code isolcpus}, cpusets), as is where a network card's interrupts go.
   *
   * <pre>{@code
   * PumpGroup pumps = PumpGroup.create().size(4).cpuAffinity(4, 5, 6, 7);
   * RioUdpServer.create().port(5360).pumps(4).runOn(pumps).respond(…).bindNow();
   * }</pre>
   *
   * <p>Linux has a new thread run where the thread that starts it may. So threads that code on the
   * pump is the first to need, those of {@code Schedulers.boundedElastic()} for one, would share
   * its CPU: have them started before, or start them elsewhere. Those of {@code
   * Schedulers.parallel()}, which the pump's own timers need, it starts before.
   *
   * <p>Default: none, the system places the pumps. A bind fails with an {@link
   * IllegalArgumentException} where the provider cannot ({@link RioSupport}), and with an {@link
   * IOException} that names the CPUs there are if the system refuses.
   *
   * @param cpus the system's numbers of them, 0 to 8,191, each once; none for any
   * @throws IllegalArgumentException if one is out of range or named twice
   * @throws IllegalStateException after the first bind
   */
  public synchronized PumpGroup cpuAffinity(int... cpus) {
    requireUnused("cpuAffinity");
    List<Integer> checked = new ArrayList<>();
    for (int cpu : cpus) {
      UdpOptions.checkRange("cpuAffinity", cpu, 0, UdpOptions.MOST_CPUS - 1, "numbers of CPUs");
      if (checked.contains(cpu)) {
        throw new IllegalArgumentException(
            "cpuAffinity names CPU "
                + cpu
                + " twice: allowed is once, and pumps that are more than"
                + " the CPUs begin again with the first");
      }
      checked.add(cpu);
    }
    this.cpus = List.copyOf(checked);
    return this;
  }

  private void requireUnused(String setting) {
    if (pumps != null) {
      throw new IllegalStateException(
          "PumpGroup." + setting + " is called after the first bind on the group: set it before");
    }
  }

  /**
   * Closes every connection of the group and ends its threads. Returns before that is done; may be
   * called again.
   */
  @Override
  public void dispose() {
    List<Pump> all;
    synchronized (this) {
      disposed = true;
      all = pumps == null ? List.of() : List.copyOf(pumps);
    }
    all.forEach(Pump::end); // not under the lock: one that has ended runs tasks of users here
  }

  @Override
  public synchronized boolean isDisposed() {
    return disposed;
  }

  /**
   * The pump with the fewest sockets, one more of which is to be bound on it: tell it if that comes
   * to nothing.
   *
   * @throws IOException if the provider does not work here
   */
  synchronized Pump next() throws IOException {
    if (disposed) {
      throw new IOException("the PumpGroup has been disposed: bind on another, or on none");
    }
    List<Pump> all = pumps;
    if (all == null) {
      all = new ArrayList<>();
      pumps = all;
    }
    while (true) {
      all.removeIf(pump -> !pump.isUsable()); // it broke, or ended unused; its connections are told
      if (all.size() < size) {
        Pump fresh = startPump(nextCpu(all));
        fresh.reserve(); // here: one that ends when unused, and is never used, would never end
        all.add(fresh);
        return fresh;
      }
      Pump idlest = all.stream().min(Comparator.comparingInt(Pump::load)).orElseThrow();
      if (idlest.reserve()) {
        return idlest;
      }
    }
  }

  /** {@link PumpDriver#beforeBlock}, of the driver that was given. */
  void beforeBlock() {
    if (givenDriver != null) {
      givenDriver.beforeBlock();
    }
  }

  /** The first of those with the fewest pumps; one that broke has left its own to the next. */
  private OptionalInt nextCpu(List<Pump> all) {
    return cpus.stream()
        .min(Comparator.comparingLong(cpu -> pumpsOn(cpu, all)))
        .map(OptionalInt::of)
        .orElse(OptionalInt.empty());
  }

  private static long pumpsOn(int cpu, List<Pump> all) {
    return all.stream().filter(pump -> pump.cpu().orElse(-1) == cpu).count();
  }

  private Pump startPump(OptionalInt cpu) throws IOException {
    Kernel kernel = givenKernel == null ? Providers.choose(provider) : givenKernel;
    requireAffinity(kernel);
    Pump pump;
    if (givenDriver != null) {
      pump = new Pump(kernel, WaitMode.COMPLETION_PORT, givenDriver, endsWhenUnused);
    } else {
      PumpThread thread = new PumpThread(nextThreadName(), busyPoll);
      WaitMode waitMode = WaitMode.valueOf(notification.name());
      pump = new Pump(kernel, waitMode, thread, cpu, endsWhenUnused);
      thread.watched(new PumpWatch(pump, thread));
    }
    pump.start();
    return pump;
  }

  private void requireAffinity(Kernel kernel) {
    if (!cpus.isEmpty() && kernel.features().get(Feature.CPU_AFFINITY) != Support.YES) {
      throw new IllegalArgumentException(
          "cpuAffinity is "
              + cpus
              + ", and the provider "
              + kernel.name()
              + " does not keep a pump on a CPU: leave it out, or take another provider (linux-mmsg"
              + " and linux-uring do)");
    }
  }

  private String nextThreadName() {
    threads++;
    return name == null ? "rio-pump-" + UNNAMED.incrementAndGet() : name + "-" + threads;
  }

  @Override
  public String toString() {
    return "PumpGroup[" + (name == null ? "rio-pump" : name) + ", " + size + " pumps]";
  }
}
