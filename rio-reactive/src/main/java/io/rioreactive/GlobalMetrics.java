package io.rioreactive;

import java.lang.reflect.Constructor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way from {@code metrics(true)} to Micrometer, which need not be there: by name, so that
 * nothing of it is loaded unless asked for.
 */
final class GlobalMetrics {

  private static final Logger LOG = LoggerFactory.getLogger(GlobalMetrics.class);

  private GlobalMetrics() {}

  /**
   * What registers the meters of a connection, and never throws.
   *
   * @throws IllegalStateException if Micrometer is not there
   */
  static Consumer<RioConnection> meters() {
    Consumer<RioConnection> global = ofMicrometer();
    return connection -> {
      try {
        global.accept(connection);
      } catch (Throwable refused) { // a filter or a registry of the application, for one
        LOG.error("{}: has no meters, since they cannot be registered", connection, refused);
      }
    };
  }

  @SuppressWarnings("unchecked") // that is what it implements
  private static Consumer<RioConnection> ofMicrometer() {
    try {
      Constructor<?> constructor =
          Class.forName("io.rioreactive.micrometer.GlobalMeters").getDeclaredConstructor();
      constructor.setAccessible(true);
      return (Consumer<RioConnection>) constructor.newInstance();
    } catch (ReflectiveOperationException | LinkageError missing) {
      throw new IllegalStateException(
          "metrics(true) needs Micrometer, which is not there: add the dependency"
              + " io.micrometer:micrometer-core (on the module path with --add-modules"
              + " micrometer.core), or leave metrics out",
          missing);
    }
  }
}
