package io.rioreactive.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.rioreactive.RioConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * The meters of all sockets that have the same tags in the same registry: there while any of them
 * is open.
 *
 * <p>Meters hold on to it weakly, some of them; {@link #SETS} does so strongly.
 */
final class MeterSet {

  static final String PREFIX = "rio.udp.";

  /** How long a snapshot serves: longer than it takes to read all meters. */
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final Map<Key, MeterSet> SETS = new HashMap<>();

  record Key(MeterRegistry registry, Tags tags) {}

  private final Key key;
  private final MeterRegistry registry;
  private final Tags tags;

  /** What is registered. Changes with {@link #SETS} locked. */
  private final List<Meter> meters = new ArrayList<>();

  private boolean hasKernelDrops;

  /** Replaced with {@link #SETS} locked. */
  private volatile Members members = Members.NONE;

  private @Nullable Reading last;
  private long readAt;

  private MeterSet(Key key) {
    this.key = key;
    registry = key.registry();
    tags = key.tags();
  }

  /** Adds the sockets of a connection; each leaves with the answer, or when it has closed. */
  static Disposable bind(MeterRegistry registry, Tags tags, RioConnection connection) {
    Key key = new Key(registry, tags);
    List<Binding> sockets =
        connection.connections().stream().map(socket -> new Binding(key, socket)).toList();
    synchronized (SETS) {
      SETS.computeIfAbsent(key, MeterSet::new).add(sockets);
    }
    sockets.forEach(Binding::disposeWhenClosed);
    return Disposables.composite(sockets);
  }

  /** One bind of one socket. */
  static final class Binding implements Disposable {

    private final Key key;
    private final RioConnection socket;
    private final AtomicBoolean hasLeft = new AtomicBoolean();

    private Binding(Key key, RioConnection socket) {
      this.key = key;
      this.socket = socket;
    }

    RioConnection socket() {
      return socket;
    }

    private boolean hasKernelDrops() {
      return socket.stats().kernelDrops().isPresent();
    }

    private void disposeWhenClosed() {
      socket.onDispose().subscribe(ignored -> {}, ignored -> dispose(), this::dispose);
    }

    @Override
    public void dispose() {
      if (hasLeft.compareAndSet(false, true)) {
        synchronized (SETS) {
          MeterSet set = SETS.get(key);
          if (set != null) {
            set.remove(this);
          }
        }
      }
    }

    @Override
    public boolean isDisposed() {
      return hasLeft.get();
    }
  }

  // With SETS locked

  private void add(List<Binding> sockets) {
    try {
      if (meters.isEmpty()) {
        registerAll();
      }
      if (!hasKernelDrops && sockets.stream().anyMatch(Binding::hasKernelDrops)) {
        register(CounterDefinition.KERNEL_DROPS, Reading::kernelDrops);
        hasKernelDrops = true;
      }
    } catch (RuntimeException refused) { // by the registry: no half of them
      removeIfUnused();
      throw refused;
    }
    members = members.with(sockets);
  }

  private void remove(Binding socket) {
    members = members.without(socket);
    removeIfUnused();
  }

  private void removeIfUnused() {
    if (members.isEmpty()) {
      SETS.remove(key);
      meters.forEach(registry::remove);
      meters.clear();
    }
  }

  private void registerAll() {
    List<CounterDefinition> counters = CounterDefinition.ALL;
    for (int i = 0; i < counters.size(); i++) {
      int index = i;
      register(counters.get(i), reading -> reading.counter(index));
    }
    GaugeDefinition.ALL.forEach(this::register);
    meters.add(
        TimeGauge.builder(
                PREFIX + "turn.max",
                this,
                TimeUnit.SECONDS,
                set -> GaugeDefinition.longestTurn(set.read().open()))
            .tags(tags)
            .description("The longest turn of a pump so far")
            .strongReference(true)
            .register(registry));
  }

  private void register(CounterDefinition definition, ToDoubleFunction<Reading> value) {
    meters.add(
        FunctionCounter.builder(definition.name(), this, set -> value.applyAsDouble(set.read()))
            .tags(tags.and(definition.tags()))
            .baseUnit(definition.unit())
            .description(definition.description())
            .register(registry));
  }

  private void register(GaugeDefinition definition) {
    meters.add(
        Gauge.builder(
                definition.name(), this, set -> definition.value().applyAsDouble(set.read().open()))
            .tags(tags)
            .baseUnit(definition.unit())
            .description(definition.description())
            .strongReference(true)
            .register(registry));
  }

  // Whoever reads meters

  /** The statistics of now, or of a moment ago. */
  private synchronized Reading read() {
    long now = registry.config().clock().monotonicTime();
    Reading reading = last;
    if (reading == null || now - readAt > FRESH_NANOS) {
      reading = members.read();
      last = reading;
      readAt = now;
    }
    return reading;
  }
}
