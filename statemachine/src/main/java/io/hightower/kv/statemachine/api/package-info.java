/**
 * What the state machine offers upward: the doors that users and servers call, the same for every way of replicating.
 *
 * <pre>
 * user, server, auth ──► KvEngine, with Writing and Leasing / LocalEngine, with SystemSpace and Membership
 *        Session, with Writing ──┤
 *                             │ commands            │ reads
 *                             ▼                     ▼
 *                       CommandSubmitter      readBarrier, then a view of the StateStore
 *                             │
 *                       ReplicationHandle = CommandSubmitter + SnapshotProvider + life cycle
 * </pre>
 *
 * <p>Threads: every type is thread-safe. Futures complete on a thread of the replication; long work must be handed to
 * another one.
 */
@NullMarked
package io.hightower.kv.statemachine.api;

import org.jspecify.annotations.NullMarked;
