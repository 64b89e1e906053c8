package io.rioreactive.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The last events of a network: a ring whose entries are used again, and become text only when
 * somebody asks. Guarded by the kernel's lock.
 */
final class EventLog {

  /** What happens. */
  enum Kind {
    BIND("bind"),
    CLOSE("close"),
    SEND("send"),
    COPY("copy"),
    LOSE("lose"),
    DELIVER("deliver"),
    DROP("drop"),
    TELL("tell"),
    TURN("turn"),
    ADVANCE("advance"),
    SET("set"),
    BREAK("break"),
    POST("post"),
    HAND("by hand:");

    private final String verb;

    Kind(String verb) {
      this.verb = verb;
    }
  }

  private static final int SIZE = 200;

  private static final class Event {
    long time;
    Kind kind = Kind.TURN;
    @Nullable Object subject;
    @Nullable Object detail;

    /** Bytes of payload, or turns. */
    int count;

    @Override
    public String toString() {
      String what =
          switch (kind) {
            case SEND, COPY, DELIVER, DROP, LOSE, TELL -> " " + subject + " " + count + " bytes";
            case TURN -> count == 1 ? "" : " " + count + " times";
            case ADVANCE, BIND, CLOSE, SET, BREAK, POST, HAND ->
                Objects.equals(subject, "") ? "" : " " + subject;
          };
      return (time < 0 ? "" : Duration.ofNanos(time) + " ")
          + kind.verb
          + what
          + (detail == null ? "" : ": " + detail);
    }
  }

  private final Event[] events = new Event[SIZE];
  private long count;
  private boolean isVirtual;

  private boolean hasTime = true;

  /** One of a kernel that knows no time. */
  static EventLog withoutTime() {
    EventLog log = new EventLog();
    log.hasTime = false;
    return log;
  }

  EventLog() {
    for (int i = 0; i < SIZE; i++) {
      events[i] = new Event();
    }
  }

  /** From now on tells when time moves. */
  void virtual() {
    isVirtual = true;
  }

  /** Adds one about a datagram. */
  void add(long time, Kind kind, Object way, int length, @Nullable Object detail) {
    if (isVirtual && count > 0 && events[(int) ((count - 1) % SIZE)].time < time) {
      put(time, Kind.ADVANCE, "", 0, null);
    }
    put(time, kind, way, length, detail);
  }

  private void put(long time, Kind kind, Object way, int length, @Nullable Object detail) {
    Event event = events[(int) (count++ % SIZE)];
    event.time = hasTime ? time : -1;
    event.kind = kind;
    event.subject = way;
    event.count = length;
    event.detail = detail;
  }

  void add(long time, Kind kind, Object subject) {
    add(time, kind, subject, 0, null);
  }

  /** Adds what a test has done by hand, at the time of the event before. */
  void byHand(String what) {
    put(count == 0 ? 0 : events[(int) ((count - 1) % SIZE)].time, Kind.HAND, what, 0, null);
  }

  /** A turn of the pump that had something to do; several in a row are one event. */
  void turn(long time) {
    Event last = events[(int) (Math.max(0, count - 1) % SIZE)];
    if (count > 0 && last.kind == Kind.TURN && (last.time == time || !hasTime)) {
      last.count++;
    } else {
      add(time, Kind.TURN, "", 1, null);
    }
  }

  /** So many of the last ones, the oldest first. */
  List<String> last(int most) {
    List<String> texts = new ArrayList<>();
    for (long i = Math.max(0, count - Math.min(most, SIZE)); i < count; i++) {
      texts.add(events[(int) (i % SIZE)].toString());
    }
    return texts;
  }

  List<String> all() {
    return last(SIZE);
  }
}
