package io.rioreactive.benchmarks.report;

/**
 * What was to be measured and was not.
 *
 * @param workload its name
 * @param reason in words
 */
public record LeftOut(String workload, String reason) {}
