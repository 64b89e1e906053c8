package io.rioreactive.test.fuzz;

import io.rioreactive.RioConnection;
import io.rioreactive.test.SimulatedSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Whom a step is about: one of those to whom it applies, so that few steps of a program do not. */
final class Cast {

  private final Model model;
  private int names;

  Cast(Model model) {
    this.model = model;
  }

  /** Such a connection whose bind has been told, or null if there is none. */
  @Nullable ModelConnection connection(int which, Predicate<ModelConnection> wanted) {
    return pick(model.connections(), which, each -> each.connection() != null && wanted.test(each));
  }

  /** One of those, or null if there are none. */
  static <T> @Nullable T pick(List<T> all, int which, Predicate<? super T> wanted) {
    List<T> some = new ArrayList<>();
    for (T each : all) {
      if (wanted.test(each)) {
        some.add(each);
      }
    }
    return some.isEmpty() ? null : some.get(which % some.size());
  }

  /** The socket of one that is not gone, or null if all are. */
  @Nullable SimulatedSocket socket(int which) {
    ModelConnection open = connection(which, each -> !each.life.isGone());
    return open == null ? null : open.socket();
  }

  /** What a step calls. */
  static RioConnection api(ModelConnection connection) {
    return Objects.requireNonNull(connection.connection());
  }

  /** A name nobody has, for the report. */
  String name(String kind) {
    return kind + " " + ++names;
  }
}
