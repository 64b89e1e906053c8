package io.rioreactive;

import io.rioreactive.jfr.FlightEvents;
import io.rioreactive.kernel.Feature;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells of drops: the first of each reason to the log, with the remedy, and each one to {@link
 * RioUdpServer#doOnDrop}, and to a flight recording. The others are in the counters, so that nobody
 * can fill the log by sending; at debug level too it has a few of them a second, and says how many
 * it left out.
 *
 * <p>On the pump.
 */
final class DropLog {

  private static final Logger LOG = LoggerFactory.getLogger(Drop.class);

  private final UdpConnection connection;
  private final @Nullable Consumer<? super Drop> consumer;
  private final LogBudget budget = new LogBudget();

  /** Whether the consumer has thrown before. */
  private boolean hasThrown;

  DropLog(UdpConnection connection, @Nullable Consumer<? super Drop> consumer) {
    this.connection = connection;
    this.consumer = consumer;
  }

  /** Whether the next drop needs an object. */
  boolean wants(boolean isFirst) {
    return consumer != null
        || isFirst
        || FlightEvents.wantsDrops()
        || (LOG.isDebugEnabled() && budget.hasRoom());
  }

  /**
   * Tells of one.
   *
   * @param isFirst whether it is the first of its reason
   */
  void onDrop(Drop drop, boolean isFirst) {
    try {
      log(drop, isFirst);
    } catch (Throwable unprintable) { // a cause whose stack throws, for one
      LOG.warn("{}: {}, and its cause cannot be printed", connection, drop.reason());
    }
    if (FlightEvents.wantsDrops()) {
      FlightEvents.drop(
          connection.name(),
          connection.toString(),
          drop.reason().name(),
          drop.direction().name(),
          String.valueOf(drop.peer()),
          drop.length());
    }
    if (consumer != null) {
      try {
        consumer.accept(drop);
      } catch (Throwable thrown) {
        onThrown(thrown);
      }
    }
  }

  private void onThrown(Throwable thrown) {
    if (!hasThrown) {
      hasThrown = true;
      LOG.error(
          "{}: doOnDrop threw; later ones are logged at debug level",
          connection,
          Withheld.of(thrown, connection.options()));
    } else if (LOG.isDebugEnabled() && budget.takes()) {
      LOG.debug("{}: doOnDrop threw {}", connection, thrown.getClass().getName());
    }
  }

  private void log(Drop drop, boolean isFirst) {
    boolean isNews = isFirst && isWorthWarning(drop.reason());
    if (!isNews && !(LOG.isDebugEnabled() && budget.takes())) {
      return;
    }
    Throwable cause = drop.cause();
    LOG.atLevel(isNews ? Level.WARN : Level.DEBUG)
        .setCause(cause == null ? null : Withheld.of(cause, connection.options()))
        .log(
            "{}: {} a datagram of {}{} bytes {} {}: {}. {}{}",
            connection,
            drop.direction() == Drop.Direction.INBOUND ? "dropped" : "did not send",
            isLengthKnown(drop) ? "" : "more than ",
            drop.length(),
            drop.direction() == Drop.Direction.INBOUND ? "from" : "to",
            drop.peer(),
            drop.reason(),
            remedy(drop),
            isNews
                ? " Later ones are counted in stats(), and logged at debug level."
                : budget.leftOut());
  }

  /** Some kernels tell of a datagram that was cut off only that it was. */
  private boolean isLengthKnown(Drop drop) {
    return drop.reason() != DropReason.TRUNCATED || connection.pump().has(Feature.TRUE_LENGTH);
  }

  /** What belongs to closing and cancelling is no news, nor what the application has asked for. */
  private static boolean isWorthWarning(DropReason reason) {
    return reason != DropReason.CLOSED
        && reason != DropReason.CANCELLED
        && reason != DropReason.FILTERED;
  }

  private String remedy(Drop drop) {
    Throwable cause = drop.cause();
    return switch (drop.reason()) {
      case TRUNCATED ->
          "It did not fit a slot of "
              + connection.options().datagramSize()
              + " bytes: raise datagramSize, at most 65507, or take the beginning"
              + " (truncation DELIVER).";
      case DECODER -> "The decoder threw.";
      case FILTERED -> "The source filter did not want its sender.";
      case REFUSED_PORT ->
          "An answer to that port might be answered again, and so on for ever: if peers of this"
              + " protocol use it, say so by refusedSourcePorts or refuseOwnPort.";
      case RATE_LIMITED ->
          "Its source sends more than " + connection.options().rateLimit() + " allows.";
      case CANCELLED -> "Its subscriber had cancelled.";
      case CLOSED -> "The connection was ending.";
      case ENCODER -> "The encoder threw, or named no target.";
      case TOO_LARGE, BAD_ADDRESS, UNREACHABLE, NOT_PERMITTED, AMPLIFICATION, SYSTEM ->
          cause == null ? "" : cause.getMessage() + ".";
    };
  }
}
