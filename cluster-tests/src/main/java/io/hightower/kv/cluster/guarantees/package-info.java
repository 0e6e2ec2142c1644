/**
 * The guarantees of the store as classes that judge what was recorded of a run.
 *
 * <pre>
 * recording ──► history ──► law: Guarantee.check(History) ──► Judgement
 *                             kv     what operations were answered
 *                             watch  what watchers were given
 * </pre>
 *
 * <p>Invariant: a guarantee believes nothing but what clients saw. Threads: guarantees keep nothing and may be shared.
 */
@NullMarked
package io.hightower.kv.cluster.guarantees;

import org.jspecify.annotations.NullMarked;
