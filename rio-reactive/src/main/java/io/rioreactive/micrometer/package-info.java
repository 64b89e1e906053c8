/**
 * Meters of Micrometer over the counters of a connection: {@link
 * io.rioreactive.micrometer.RioMeters}. Usable where Micrometer is; the rest of the library does
 * without.
 */
@NullMarked
package io.rioreactive.micrometer;

import org.jspecify.annotations.NullMarked;
