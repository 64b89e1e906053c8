/**
 * The hook for tests: pumps over a kernel of the test's own, turned by hand or on a scheduler
 * instead of by a thread.
 */
@NullMarked
package io.rioreactive.hook;

import org.jspecify.annotations.NullMarked;
