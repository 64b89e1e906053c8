/**
 * First contact with Registered I/O on a real Windows: asks the system, statement by statement,
 * what the project's contract has only inferred.
 */
@NullMarked
package io.rioreactive.samples.rioprobe;

import org.jspecify.annotations.NullMarked;
