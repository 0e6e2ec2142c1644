/**
 * A cluster of one: puts commands in order, logs them, applies them, answers.
 *
 * <pre>
 * callers ──► CommandQueue ──► writer thread: Entry ──► CommitLog.append, commit ──► KvState.apply ──► futures
 *                                  (all that waits becomes one group, made durable by one sync)
 * </pre>
 *
 * <p>Invariants: a command is durable as the sync policy promises before it is applied, and applied before it is answered.
 * Threads: callers wait only for room in the queue; one writer thread logs, applies and completes futures; checkpoints run
 * on their caller's thread. It deliberately knows no file: storage implements the log and the store.
 */
@NullMarked
package io.hightower.kv.replication.local;

import org.jspecify.annotations.NullMarked;
