/**
 * A cluster of one: puts commands in order, logs them, applies them, answers.
 *
 * <pre>
 * caller, nothing waits ──────────────┐ (the turn)
 * callers ──► CommandQueue ──► writer thread: Entry ──► CommitLog.append, commit ──► Applier: KvState.apply ──► answers
 *                              (all that waits becomes one group,                    (on the thread of a caller
 *                               made durable by one sync)                             of the group)
 * </pre>
 *
 * <p>Invariants: a command is durable as the sync policy promises before it is applied, and applied before it is answered.
 * One thread at a time has the turn and uses the log; groups are applied in the order in which they were logged, one while
 * the next is on its way to the disk. Threads: a blocking caller that comes alone logs and applies on its own thread; others
 * wait for the writer thread, which never waits for a caller; who submits without blocking waits only for room in the queue.
 * Checkpoints run on their caller's thread. It deliberately knows no file: storage implements the log and the store.
 */
@NullMarked
package io.hightower.kv.replication.local;

import org.jspecify.annotations.NullMarked;
