/**
 * Tells watchers of changes: at once if they keep up, from history if they do not.
 *
 * <pre>
 * apply thread ──► WatchHub, a ChangeFeed ──► RecentChanges      the last revisions, within a budget
 *                                                  │
 *                dispatcher ──► WatcherIndex ──► Watcher.pending: references, few of them
 *                                                  ▲
 *                HistoryThread ──► HistoryReading ─┘  RevisionChanges read from a view, within a budget
 *
 * Watcher.poll ──► RevisionChanges ──► KeyedEvents of its range ──► WatchMessage
 * </pre>
 *
 * <p>Invariants. What the apply thread does for a change does not depend on the number of watchers. The events of a revision
 * are made once and shared. Nobody but RecentChanges and HistoryThread decides how long they stay in memory: when they let go
 * of a revision, watchers that have not taken it yet find its references empty, and go on from history. A watcher is
 * synchronized, so that the dispatcher offers it every revision from its next on, or lagging, so that it is asked for by who
 * reads it. It changes from one to the other under the lock of the hub, where the dispatcher stands between two revisions.
 *
 * <p>Locks, in the order in which they are taken: the hub's, then that of RecentChanges or of a watcher. Threads: callers'
 * own, the dispatcher and the one that reads history; both begin with the first watch. It knows nothing of transports.
 */
@NullMarked
package io.hightower.kv.engine.watch;

import org.jspecify.annotations.NullMarked;
