/** A Spring Boot application that answers datagrams; {@code samples/run webflux} starts it. */
@NullMarked
package io.rioreactive.samples.webflux;

import org.jspecify.annotations.NullMarked;
