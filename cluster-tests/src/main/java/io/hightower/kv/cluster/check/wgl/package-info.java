/**
 * Decides whether a history is linearizable by searching for an order of its operations, as Wing and Gong described it and Lowe
 * improved it. It does not believe revisions: they only tell which write a comparison meant.
 *
 * <pre>
 * history ──► KeyGroups: operations that share keys ──► Problem: legality and effect as numbers ──► Search ──► Verdict
 * </pre>
 *
 * <p>Threads: nothing is shared; every check works on its own.
 */
@NullMarked
package io.hightower.kv.cluster.check.wgl;

import org.jspecify.annotations.NullMarked;
