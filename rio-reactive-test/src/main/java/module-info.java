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

  exports io.rioreactive.test;
}
