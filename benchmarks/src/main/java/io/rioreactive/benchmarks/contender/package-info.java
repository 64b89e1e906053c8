/**
 * The programs that are measured, one a file: how each peer is set up, and by which of its own
 * docs. Each is a process of its own that {@link
 * io.rioreactive.benchmarks.contender.ContenderProcess} lets the driver talk to. Those in C stand
 * under {@code src/main/c}.
 */
@NullMarked
package io.rioreactive.benchmarks.contender;

import org.jspecify.annotations.NullMarked;
