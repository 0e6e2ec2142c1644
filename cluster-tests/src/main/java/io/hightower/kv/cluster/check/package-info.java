/**
 * Judges what clients of a key-value store saw: was it linearizable? Knows nothing else of the project, and nothing of how the
 * store is built.
 *
 * <pre>
 * history ──► witness  the order that revisions claim, replayed
 *         └─► wgl      a search for any order, which trusts no revisions
 *                └──► verdict: PASS, FAIL, UNKNOWN, VACUOUS; only PASS is good news
 * </pre>
 *
 * <p>Threads: judges keep nothing and may be shared.
 */
@NullMarked
package io.hightower.kv.cluster.check;

import org.jspecify.annotations.NullMarked;
