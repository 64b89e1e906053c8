/**
 * An authoritative DNS server over UDP; {@code samples/run dns} starts it. Its I/O is {@link
 * io.rioreactive.samples.dns.DnsServer}; what it answers is in {@link
 * io.rioreactive.samples.dns.Responder} and {@link io.rioreactive.samples.dns.Zone}, which know
 * nothing of sockets.
 */
@NullMarked
package io.rioreactive.samples.dns;

import org.jspecify.annotations.NullMarked;
