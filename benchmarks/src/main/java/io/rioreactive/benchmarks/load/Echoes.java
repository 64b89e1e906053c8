package io.rioreactive.benchmarks.load;

/**
 * What came of asking for echoes.
 *
 * @param sent datagrams sent
 * @param received of those, come back
 */
public record Echoes(long sent, long received) {}
