/**
 * What a flight recording has of this library: one class for each event, and {@link
 * io.rioreactive.jfr.FlightEvents}, which makes them. Knows nothing of sockets or of Reactor.
 */
@NullMarked
package io.rioreactive.jfr;

import org.jspecify.annotations.NullMarked;
