package io.rioreactive.jfr;

import java.util.OptionalLong;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * The way to the events. Nothing of JFR is loaded before somebody records, and a runtime without
 * the module {@code jdk.jfr} does without them. Any thread; nothing here blocks.
 */
public final class FlightEvents {

  /** What a kernel counts where it does not count. */
  private static final long UNKNOWN = -1;

  private static final boolean HAS_JFR =
      ModuleLayer.boot().findModule("jdk.jfr").isPresent(); // the class path cannot ask for it

  /** Asked whether they are enabled, and never committed: so asking allocates nothing. */
  private static final class Probes {
    static final BatchEvent BATCH = new BatchEvent();
    static final DropEvent DROP = new DropEvent();
  }

  private FlightEvents() {}

  /** Whether anybody has recorded in this process: one read while nobody has. */
  public static boolean isRecording() {
    return HAS_JFR && FlightRecorder.isInitialized();
  }

  /** Begins a batch; null unless batches are recorded. Ends with {@link BatchEvent#finish}. */
  public static @Nullable BatchEvent beginBatch() {
    return isRecording() && Probes.BATCH.isEnabled() ? BatchEvent.begun() : null;
  }

  /** Whether drops are recorded. */
  public static boolean wantsDrops() {
    return isRecording() && Probes.DROP.isEnabled();
  }

  /** A datagram was dropped. Only while {@link #wantsDrops}. */
  public static void drop(
      String name, String connection, String reason, String direction, String peer, int length) {
    DropEvent event = new DropEvent();
    event.name = name;
    event.connection = connection;
    event.reason = reason;
    event.direction = direction;
    event.peer = peer;
    event.length = length;
    event.commit();
  }

  /** A turn lasts. Only while {@link #isRecording}. */
  public static void blocked(String name, String connection, long nanos, String stack) {
    StallEvent event = new StallEvent();
    event.name = name;
    event.connection = connection;
    event.kind = "the pump is blocked";
    event.lasting = nanos;
    event.stack = stack;
    event.commit();
  }

  /** The kernel drops what nobody asks for. Only while {@link #isRecording}. */
  public static void starved(String name, String connection, long kernelDrops) {
    StallEvent event = new StallEvent();
    event.name = name;
    event.connection = connection;
    event.kind = "no demand";
    event.kernelDrops = kernelDrops;
    event.commit();
  }

  /** A socket was bound. Only while {@link #isRecording}. */
  public static void bind(
      String name,
      String connection,
      String provider,
      int receiveSlots,
      int sendSlots,
      int datagramSize) {
    BindEvent event = new BindEvent();
    event.name = name;
    event.connection = connection;
    event.provider = provider;
    event.receiveSlots = receiveSlots;
    event.sendSlots = sendSlots;
    event.datagramSize = datagramSize;
    event.commit();
  }

  /**
   * A socket was closed. Only while {@link #isRecording}.
   *
   * @param failure what has closed it; null if it was told to close
   */
  public static void close(
      String name,
      String connection,
      @Nullable String failure,
      long received,
      long delivered,
      long dropped,
      long sent,
      long failed,
      OptionalLong kernelDrops) {
    CloseEvent event = new CloseEvent();
    event.name = name;
    event.connection = connection;
    event.failure = failure;
    event.received = received;
    event.delivered = delivered;
    event.dropped = dropped;
    event.sent = sent;
    event.failed = failed;
    event.kernelDrops = kernelDrops.orElse(UNKNOWN);
    event.commit();
  }
}
