/**
 * What Ratis counts, shown under the names of this project.
 *
 * <pre>
 * Ratis ──► MemberMetricRegistries (one in the process) ──► MemberRegistry (one per part of Ratis)
 *                                                       └─► RatisMeter: which instruments, under which names
 *                                                       └─► Metrics of the member that the part belongs to
 * </pre>
 *
 * <p>A member is attached before its server is built and detached after it was closed; then nothing of it is left. Instruments
 * that {@code RatisMeter} does not list cost nothing and are not shown. Threads: everything is thread-safe. Stands alone.
 */
@NullMarked
package io.hightower.kv.replication.ratis.metrics;

import org.jspecify.annotations.NullMarked;
