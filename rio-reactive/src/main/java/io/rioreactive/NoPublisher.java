package io.rioreactive;

import org.jspecify.annotations.Nullable;

/** The application's function has answered null; the message says what it should have. */
final class NoPublisher extends NullPointerException {

  private static final long serialVersionUID = 1L;

  private NoPublisher(String message) {
    super(message);
  }

  /** The same, unless it is null. */
  static <T> T unlessNull(@Nullable T publisher, String message) {
    if (publisher == null) {
      throw new NoPublisher(message);
    }
    return publisher;
  }
}
