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
 *
 * <p><b>Threads.</b> The thread of the command starts processes, one workload or member each, tells them what to do and prints. In
 * such a process one thread hears that and answers, and threads of its own load the store: those of a workload for the time of one
 * slice ({@code measure}), that of a member as long as it is open ({@code cluster}).
 */
@NullMarked
package io.hightower.kv.benchmarks;

import org.jspecify.annotations.NullMarked;
