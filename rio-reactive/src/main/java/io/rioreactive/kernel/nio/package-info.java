/**
 * The provider {@code nio}: the JDK's datagram channels and selectors, for systems that have
 * nothing better. A posted receive is a number here; the system owns no slot between two calls.
 */
@NullMarked
package io.rioreactive.kernel.nio;

import org.jspecify.annotations.NullMarked;
