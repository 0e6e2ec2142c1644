/**
 * Judges a history by the order that the store's own revisions claim: operations are replayed in it, and it must agree with
 * their times. Linear in the length of the history, but for sorting.
 *
 * <pre>
 * history ──► Claims: who wrote which revision, who saw what ──► real time ──► Replay with KeyStates ──► Verdict
 * </pre>
 *
 * <p>Threads: nothing is shared; every check works on its own.
 */
@NullMarked
package io.hightower.kv.cluster.check.witness;

import org.jspecify.annotations.NullMarked;
