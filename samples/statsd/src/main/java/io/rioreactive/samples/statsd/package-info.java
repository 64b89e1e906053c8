/**
 * Collects statsd metrics over UDP and shows them live; {@code samples/run statsd} starts it.
 *
 * <p>{@code StatsdServer} is the whole of its UDP: from there lines go through {@code StatsdParser}
 * into {@code Batch}, and by the sink into {@code Metrics}. {@code TickFeed} looks at these and at
 * the connection, for the browsers.
 */
@NullMarked
package io.rioreactive.samples.statsd;

import org.jspecify.annotations.NullMarked;
