package io.rioreactive.samples.statsd;

import java.util.HashSet;
import java.util.Set;

/** How many different ones there were since the last look. */
final class Members extends Series<Members> {

  /** Room for members of all sets of a table together: when it is full no more are told apart. */
  static final class Room {

    private int left;

    Room(int left) {
      this.left = left;
    }
  }

  private Set<String> members = new HashSet<>();
  private final Room room;

  Members(Room room) {
    this.room = room;
  }

  @Override
  void onMetric(Metric metric) {
    tellApart(metric.member());
  }

  @Override
  void onLater(Members later) {
    later.members.forEach(this::tellApart);
  }

  private void tellApart(String member) {
    if (room.left > 0 && members.add(member)) {
      room.left--;
    }
  }

  @Override
  void onBegin() {
    room.left += members.size();
    if (!members.isEmpty()) {
      members = new HashSet<>(); // one that is cleared keeps the table of its largest day
    }
  }

  @Override
  Shown show(String name, double seconds) {
    return Shown.of(Kind.SET, name, lines(), lines() / seconds, members.size());
  }
}
