import org.jspecify.annotations.NullMarked;

/**
 * Tools to test programs that use rio-reactive: a network in memory, in virtual time if wanted; a
 * simulated kernel and pumps that are moved by hand.
 */
@NullMarked
module io.rioreactive.test {
  requires transitive io.rioreactive;
  requires static transitive org.jspecify;
  requires org.slf4j;
  requires reactor.test;
  requires static transitive org.assertj.core;
  requires static transitive org.junit.jupiter.api;
  requires static micrometer.core; // for its own tests, which the library's meters are part of

  exports io.rioreactive.test;
}
