/**
 * {@code benchmarks/run}: starts the contenders, interleaves them over rounds, collects samples.
 */
@NullMarked
package io.rioreactive.benchmarks.driver;

import org.jspecify.annotations.NullMarked;
