/**
 * The confirmation of linearizable reads without an entry in the log.
 *
 * <pre>
 * readers ──► ReadRounds ──► ReadIndex ──┬─ leads: ConfirmationRounds ──► heartbeats ──► a majority still follows
 *                                        ├─ follows: asks the leader, which does the same
 *                                        └─ neither says so in time: an entry that changes nothing goes through the log
 * index ──► applied here ──► readers open their views
 * </pre>
 *
 * <p>The algorithm is section 6.4 of Diego Ongaro's dissertation, "Consensus: Bridging Theory and Practice" (2014): a leader
 * notes its commit index, has a majority confirm that they follow it in its term, and the index then covers everything that
 * was acknowledged before the confirmation began. No clock plays a part.
 *
 * <p>A reader belongs to a round of its member, and a member's question to a round of the leader; {@code SharedRounds} sees to
 * it that neither began before whoever shares it came.
 *
 * <p>Threads: any thread begins a round, the network threads of Ratis bring acknowledgements, callback threads of the member
 * end rounds. Nothing here blocks.
 */
@NullMarked
package io.hightower.kv.replication.ratis.read;

import org.jspecify.annotations.NullMarked;
