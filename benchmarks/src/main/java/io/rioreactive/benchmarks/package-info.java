/** What a datagram costs; {@code benchmarks/run} measures it. */
@NullMarked
package io.rioreactive.benchmarks;

import org.jspecify.annotations.NullMarked;
