/** What is measured: one class for each workload, and what a workload is. */
@NullMarked
package io.hightower.kv.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
