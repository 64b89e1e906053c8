/**
 * Tests of programs that use rio-reactive.
 *
 * <p>{@link io.rioreactive.test.SimulatedNetwork} is a network in memory, in virtual time if
 * wanted, whose {@linkplain io.rioreactive.test.Link links} lose and delay what the test says.
 *
 * <p>By hand, without a network, without threads and without time: {@link
 * io.rioreactive.test.SimulatedKernel} completes receives and sends when the test says so, and
 * {@link io.rioreactive.test.ManualPump} turns the pump when the test says so.
 */
@NullMarked
package io.rioreactive.test;

import org.jspecify.annotations.NullMarked;
