/**
 * The store as a library: state machine, storage and one replication put together.
 *
 * <pre>
 * Hightower.open(Options) ──► Assembly: lock, identity, store, log or cluster
 *                                 │
 *                                 ▼
 *                        ReplicatedEngine ──► ReplicationHandle     commands, read barrier
 *                                 │
 *                                 ├── Admission      refuses what disk or memory have no room for
 *                                 ├── Maintenance    checkpoints, releases tombstones, looks at the disk
 *                                 │      └── AutoCompaction   gives up history by the configured retention
 *                                 ├── LeaseExpiry    what has changed ──► LeaseWheel ──► what is due is proposed
 *                                 └── watch.WatchHub hears what the apply thread changes, serves watchers
 * </pre>
 *
 * <p>Threads: callers' own, the replication's, one for maintenance, one for checkpoints, one for leases, those of
 * {@code watch}, and the workers that run asynchronous reads, answers and listeners of watches. This is the only module that knows how the others fit together.
 */
@NullMarked
package io.hightower.kv.engine;

import org.jspecify.annotations.NullMarked;
