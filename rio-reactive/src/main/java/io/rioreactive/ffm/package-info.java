/** Calls into C libraries: look-up, captured errors, layouts. Knows neither sockets nor systems. */
@NullMarked
package io.rioreactive.ffm;

import org.jspecify.annotations.NullMarked;
