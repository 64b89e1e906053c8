/**
 * Windows: overlapped Winsock on a completion port, and Registered I/O. What is posted belongs to
 * the system until its completion has been dequeued: slots are memory of their own, outside every
 * heap, and are given back only when nothing is outstanding.
 *
 * <p>No class that calls Windows is initialised before a kernel of this package is opened.
 */
@NullMarked
package io.rioreactive.kernel.windows;

import org.jspecify.annotations.NullMarked;
