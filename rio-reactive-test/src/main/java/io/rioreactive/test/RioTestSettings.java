package io.rioreactive.test;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * What one test is to run with: from the nearest {@link RioTest}, and from properties.
 *
 * @param longestTurn zero for no limit
 */
record RioTestSettings(
    long seed, boolean virtualTime, boolean keepingPosts, boolean real, Duration longestTurn) {

  static final String SEED = "rio.seed";
  static final String REAL = "rio.real";

  @RioTest
  private static final class Defaults {}

  /**
   * @param seed the one that {@link Seeds} says; null for none
   */
  static RioTestSettings of(ExtensionContext context, @Nullable Long seed) {
    RioTest annotation = nearest(context.getRequiredTestMethod(), context.getRequiredTestClass());
    if (annotation.longestTurnMillis() < 0) {
      throw new ExtensionConfigurationException(
          "longestTurnMillis of "
              + context.getRequiredTestMethod()
              + " is "
              + annotation.longestTurnMillis()
              + ": allowed is 0 (no limit) or more");
    }
    return new RioTestSettings(
        seed == null ? seedProperty(context).orElseGet(() -> seed(annotation)) : seed,
        annotation.virtualTime(),
        annotation.keepingPosts(),
        annotation.real()
            || context.getConfigurationParameter(REAL).map(Boolean::parseBoolean).orElse(false),
        Duration.ofMillis(annotation.longestTurnMillis()));
  }

  private static long seed(RioTest annotation) {
    return annotation.seed() == RioTest.ANY_SEED
        ? ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE) // short enough to type
        : annotation.seed();
  }

  static Optional<Long> seedProperty(ExtensionContext context) {
    Optional<String> text = context.getConfigurationParameter(SEED);
    try {
      return text.map(Long::decode);
    } catch (NumberFormatException e) {
      throw new ExtensionConfigurationException(
          "the property " + SEED + " is \"" + text.get() + "\": allowed is a whole number", e);
    }
  }

  /** Of the method, its class or one that encloses it; with all defaults if there is none. */
  static RioTest nearest(Method testMethod, Class<?> testClass) {
    Optional<RioTest> found = AnnotationSupport.findAnnotation(testMethod, RioTest.class);
    Class<?> type = testClass;
    while (found.isEmpty() && type != null) {
      found = AnnotationSupport.findAnnotation(type, RioTest.class);
      type = type.getEnclosingClass();
    }
    return found.orElseGet(() -> Defaults.class.getAnnotation(RioTest.class));
  }
}
