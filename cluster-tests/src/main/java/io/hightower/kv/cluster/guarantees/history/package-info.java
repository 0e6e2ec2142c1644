/**
 * What clients did and saw, and the log that it amounts to.
 *
 * <pre>
 * Operation ─┐
 * Sample ────┼─► History ──► EventLog: every change, in order ──► Moment: the keys after any revision
 * Watching ──┘                  └──► Replay: what one operation had to answer and to change
 * </pre>
 *
 * <p>Invariants: times are nanoseconds of one clock, that of the recorder. The log is the union of what the reference watcher
 * was given and of what acknowledged writes must have changed; nothing in it comes from the store's own books. Threads: all is
 * immutable once it is made.
 */
@NullMarked
package io.hightower.kv.cluster.guarantees.history;

import org.jspecify.annotations.NullMarked;
