/** Datagrams as files that Wireshark opens. Knows neither sockets nor Reactor. */
@NullMarked
package io.rioreactive.pcap;

import org.jspecify.annotations.NullMarked;
