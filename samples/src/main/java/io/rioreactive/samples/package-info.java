/** Small programs that use rio-reactive; {@code samples/run} starts them. */
@NullMarked
package io.rioreactive.samples;

import org.jspecify.annotations.NullMarked;
