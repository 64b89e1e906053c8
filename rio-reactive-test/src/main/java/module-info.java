import org.jspecify.annotations.NullMarked;

/**
 * Tools to test programs that use rio-reactive without a network: a simulated kernel, and pumps
 * that are turned by hand.
 */
@NullMarked
module io.rioreactive.test {
  requires transitive io.rioreactive;
  requires static transitive org.jspecify;

  exports io.rioreactive.test;
}
