/**
 * What any kernel must offer to carry datagrams: a completion queue that many sockets share,
 * request queues that receives and sends are posted to, slot regions, completion batches, socket
 * addresses and the error type.
 *
 * <p>The words are those of Windows Registered I/O, since it is the interface with the most to say:
 * a kernel where a posted receive is only a number fulfils the same contract with less. This
 * package knows neither Reactor nor an operating system.
 */
@NullMarked
package io.rioreactive.kernel;

import org.jspecify.annotations.NullMarked;
