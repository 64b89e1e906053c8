/**
 * Tests without a network, without threads and without time: {@link
 * io.rioreactive.test.SimulatedKernel} completes receives and sends when the test says so, and
 * {@link io.rioreactive.test.ManualPump} turns the pump when the test says so.
 */
@NullMarked
package io.rioreactive.test;

import org.jspecify.annotations.NullMarked;
