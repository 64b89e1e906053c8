package io.rioreactive.samples.webflux;

import java.net.InetSocketAddress;

/**
 * What is shown of a datagram.
 *
 * @param from its sender
 * @param length in bytes
 * @param text the bytes as UTF-8
 */
record Received(InetSocketAddress from, int length, String text) {}
