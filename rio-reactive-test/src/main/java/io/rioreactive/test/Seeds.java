package io.rioreactive.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * In place of {@code @Test}: runs a {@link RioTest} with many seeds, one after the other, until one
 * fails. Each is a test of its own, and the one that failed tells its seed.
 *
 * <pre>{@code
 * @Seeds(1000)
 * void everythingArrives(SimulatedNetwork network) { … }
 *
 * @Seeds(of = {17, 4711}) // those that failed once
 * void stillArrives(SimulatedNetwork network) { … }
 * }</pre>
 *
 * <p>With the system property (or JUnit configuration parameter) {@code rio.seed} that seed runs
 * alone. Without {@link RioTest} on the method or a class, its defaults hold.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@TestTemplate
@ExtendWith(SeedsExtension.class)
@ResourceLock(providers = RioExtension.class)
public @interface Seeds {

  /** How many: the seeds 1, 2, 3, … Positive, unless {@link #of} names them. */
  int value() default 0;

  /** These seeds; not together with {@link #value}. */
  long[] of() default {};
}
