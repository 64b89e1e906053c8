/**
 * JMH on the parts that need no access to the library's inside; the others stand in its package.
 * {@code benchmarks/run jmh} runs all.
 */
@NullMarked
package io.rioreactive.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
