/**
 * The deterministic centre: applies entries to the store and computes the results.
 *
 * <pre>
 * Entry ──► KvState.apply ──► per command: read newest record, decide, write record, add to the hash
 *                │
 *                └──► StateStore.Edit.publish(AppliedState): records, scalars and position together
 * </pre>
 *
 * <p>Invariants: the result and the new state depend on the old state and the entry alone; a mutating command moves the
 * revision by one and everything else leaves it; {@code recordsHash} is the sum over the records that exist. Threads:
 * confined to the apply thread. It deliberately knows no clock, file, socket, thread or randomness.
 */
@NullMarked
package io.hightower.kv.statemachine.state;

import org.jspecify.annotations.NullMarked;
