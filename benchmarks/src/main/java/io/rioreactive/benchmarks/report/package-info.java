/** Statistics of the samples, and what people see of them: the table and the chart. */
@NullMarked
package io.rioreactive.benchmarks.report;

import org.jspecify.annotations.NullMarked;
