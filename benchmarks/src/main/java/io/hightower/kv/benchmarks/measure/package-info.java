/**
 * How something is measured: slices of work by several threads, latencies, a probe of the disk between them, and rounds
 * that give every engine its turn.
 */
@NullMarked
package io.hightower.kv.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
