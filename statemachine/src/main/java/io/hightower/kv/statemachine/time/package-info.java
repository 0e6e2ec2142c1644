/**
 * The logical time that whoever orders entries stamps them with.
 *
 * <pre>
 * AppliedState.logicalTimeMillis ──► LogicalClock, begun with a leadership ──► Entry.logicalTimeMillis
 *             ▲                              ▲ monotonic clock                        │
 *             └────────────────────── applying the entry ◄────────────────────────────┘
 * </pre>
 *
 * <p>Applying never looks at this package: it knows the time of the entry alone. Nothing here reads a clock by itself; who
 * begins a logical clock hands in a monotonic one. Why it is so: {@code docs/decisions/0018-logical-time.md}.
 */
@NullMarked
package io.hightower.kv.statemachine.time;

import org.jspecify.annotations.NullMarked;
