/**
 * The command {@code hightower bench}: the engine beside RocksDB, H2's MVStore and Xodus, under stated conditions.
 *
 * <pre>
 * BenchTool ─► BenchCommand ─► ClusterCommand ─► ClusterRun: three members (cluster), in rounds (measure), rows (report)
 *                        └────► EmbeddedCommand
 *                                  │ one process for each workload (fork)
 *                                  ▼
 *              WorkloadRun: prepares a Trial for each engine (workload, candidate),
 *                           runs rounds with a probe of the disk between them (measure),
 *                           prints a row for each engine (report)
 * </pre>
 *
 * <p>The command line finds {@code BenchTool} as a service of the platform and does not depend on this module, so that no
 * native code of another store comes near a server. {@code docs/benchmarks.md} describes workloads and fields.
 */
@NullMarked
package io.hightower.kv.benchmarks;

import org.jspecify.annotations.NullMarked;
