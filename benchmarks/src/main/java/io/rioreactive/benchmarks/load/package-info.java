/**
 * What the contenders are measured under: floods, echoes asked for one by one or by the clock,
 * sockets that are filled while their owner holds. In plain system calls, so that no contender
 * meets itself. All of it runs on the driver's thread, on a core of its own, and allocates nothing
 * while it runs.
 */
@NullMarked
package io.rioreactive.benchmarks.load;

import org.jspecify.annotations.NullMarked;
