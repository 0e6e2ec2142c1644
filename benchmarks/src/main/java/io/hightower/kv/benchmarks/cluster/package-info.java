/**
 * Three members of a cluster under load, each in a process of its own: how many commands and reads they serve together.
 *
 * <pre>
 * BenchCluster ── a Load for each ─► Member ─► MemberLoop: so many operations outstanding, a new one for each that ends
 *       ▲                              │        (in MemberMain, the child process, or in this one)
 *       └───── LoopReports ────────────┘
 * </pre>
 *
 * <p>Threads: one thread drives a cluster; each member's loop has one that submits, and counts on the engine's threads.
 */
@NullMarked
package io.hightower.kv.benchmarks.cluster;

import org.jspecify.annotations.NullMarked;
