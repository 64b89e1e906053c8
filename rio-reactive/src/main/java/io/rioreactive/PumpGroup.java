package io.rioreactive;

import io.rioreactive.hook.PumpDriver;
import io.rioreactive.hook.PumpHook;
import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 * RioConnection dns = RioUdpServer.create().port(5353).runOn(pumps).handle(…).bindNow();
 * RioConnection log = RioUdpServer.create().port(5514).runOn(pumps).handle(…).bindNow();
 * pumps.dispose(); // closes both
 * }</pre>
 *
 * <p>A socket is given to the pump with the fewest, and stays there. Threads are daemons, start
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
  static PumpGroup ofServer(String provider, Notification notification) {
    return new PumpGroup(null, null, true).provider(provider).notification(notification);
  }

  /** The one that all clients share which want the same. Its pump ends with the last of them. */
  static PumpGroup ofClients(String provider, Notification notification) {
    return OF_CLIENTS.computeIfAbsent(
        provider + " " + notification,
        ignored -> ofServer(provider, notification).name("rio-clients"));
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
    this.notification = Objects.requireNonNull(notification, "notification");
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
        Pump fresh = startPump();
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

  private Pump startPump() throws IOException {
    Pump pump;
    if (givenKernel != null && givenDriver != null) {
      pump = new Pump(givenKernel, WaitMode.COMPLETION_PORT, givenDriver, endsWhenUnused);
    } else {
      PumpThread thread = new PumpThread(nextThreadName());
      WaitMode waitMode = WaitMode.valueOf(notification.name());
      pump = new Pump(Providers.choose(provider), waitMode, thread, endsWhenUnused);
      thread.watched(new PumpWatch(pump, thread));
    }
    pump.start();
    return pump;
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
