/**
 * Two threads at once where the pump meets others, for jcstress. Each state is a connection on a
 * simulated kernel, whose pump one of the actors turns.
 */
@NullMarked
package io.rioreactive.stress;

import org.jspecify.annotations.NullMarked;
