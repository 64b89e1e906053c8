package io.rioreactive.samples.netty;

import java.net.InetSocketAddress;

/** What a sensor sends: eight bytes of time and four of value. */
record Reading(InetSocketAddress sensor, long time, int value) {}
