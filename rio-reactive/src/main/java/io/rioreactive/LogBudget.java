package io.rioreactive;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many lines of the log others may cause: a few a second. What is left out is counted, and told
 * by the next line.
 *
 * <p>Not synchronised: its owner's lines come one after the other. It asks for the time only when
 * there is something to write.
 */
final class LogBudget {

  static final int LINES_A_SECOND = 10;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier nanoTime;
  private long began;
  private int written;
  private long leftOut;

  LogBudget() {
    this(System::nanoTime);
  }

  /** For tests, which do not wait. */
  LogBudget(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.began = nanoTime.getAsLong();
  }

  /** Whether a line may be written now; if not, it is counted as left out. */
  boolean hasRoom() {
    long now = nanoTime.getAsLong();
    if (now - began >= SECOND) {
      began = now;
      written = 0;
    }
    boolean hasRoom = written < LINES_A_SECOND;
    if (!hasRoom) {
      leftOut++;
    }
    return hasRoom;
  }

  /** {@link #hasRoom}, and then the line is written. */
  boolean takes() {
    boolean hasRoom = hasRoom();
    if (hasRoom) {
      written++;
    }
    return hasRoom;
  }

  /** The end of a line that is written: how many were left out before it; empty for none. */
  String leftOut() {
    long count = leftOut;
    leftOut = 0;
    return count == 0 ? "" : " (" + count + " such lines before this one were left out)";
  }
}
