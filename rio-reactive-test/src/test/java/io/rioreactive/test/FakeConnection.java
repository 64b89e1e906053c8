package io.rioreactive.test;

import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import reactor.core.publisher.Sinks;

/** A connection whose statistics a test makes up. */
final class FakeConnection {

  private final String name;
  private final Sinks.Empty<Void> closed = Sinks.empty();
  private final RioConnection connection;
  private List<RioConnection> members;
  private RioStats stats;
  private int snapshots;

  FakeConnection(String name, RioStats stats) {
    this.name = name;
    this.stats = stats;
    connection =
        (RioConnection)
            Proxy.newProxyInstance(
                FakeConnection.class.getClassLoader(),
                new Class<?>[] {RioConnection.class},
                this::answer);
    members = List.of(connection);
  }

  /** It stands for these. */
  FakeConnection of(FakeConnection... others) {
    members = List.of(others).stream().map(FakeConnection::connection).toList();
    return this;
  }

  @SuppressWarnings("ReferenceEquality") // as connections are compared
  private Object answer(Object self, Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "name" -> name;
      case "connections" -> members;
      case "onDispose" -> closed.asMono();
      case "stats" -> {
        snapshots++;
        yield stats;
      }
      case "equals" -> self == arguments[0];
      case "hashCode" -> System.identityHashCode(self);
      case "toString" -> name;
      default -> throw new UnsupportedOperationException(method.getName());
    };
  }

  RioConnection connection() {
    return connection;
  }

  void counts(RioStats now) {
    stats = now;
  }

  /** How often somebody has asked for statistics. */
  int snapshots() {
    return snapshots;
  }

  void close() {
    closed.tryEmitEmpty().orThrow();
  }

  /** With a number of its own in each place; kernel drops only where they are told. */
  static RioStats stats(OptionalLong kernelDrops) {
    return stats(5, kernelDrops);
  }

  static RioStats stats(long demand, OptionalLong kernelDrops) {
    Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
    dropped.put(DropReason.TRUNCATED, 11L);
    dropped.put(DropReason.DECODER, 12L);
    dropped.put(DropReason.FILTERED, 15L);
    dropped.put(DropReason.REFUSED_PORT, 16L);
    dropped.put(DropReason.RATE_LIMITED, 17L);
    dropped.put(DropReason.CANCELLED, 13L);
    dropped.put(DropReason.CLOSED, 14L);
    Map<DropReason, Long> failed = new EnumMap<>(DropReason.class);
    failed.put(DropReason.ENCODER, 31L);
    failed.put(DropReason.TOO_LARGE, 32L);
    failed.put(DropReason.BAD_ADDRESS, 33L);
    failed.put(DropReason.UNREACHABLE, 34L);
    failed.put(DropReason.NOT_PERMITTED, 35L);
    failed.put(DropReason.AMPLIFICATION, 37L);
    failed.put(DropReason.SYSTEM, 36L);
    return new RioStats(
        demand,
        3,
        8,
        2,
        1_000,
        900,
        40,
        dropped,
        15,
        16_000,
        500,
        480,
        failed,
        17,
        4,
        6,
        7_000,
        18,
        19,
        20,
        21,
        50,
        Duration.ofMillis(250),
        kernelDrops,
        List.of());
  }
}
