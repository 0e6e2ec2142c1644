/**
 * A member of a cluster: the same commands, state and answers as a single store, ordered by Apache Ratis.
 *
 * <pre>
 * submit ──► CommandQueue ──► Proposer ──┬─ leads: Batch ──► Ratis log ──► majority ──► KvStateMachine.apply
 *                                        └─ follows: ForwardRoute ──► ForwardedCommands ──► the leader's CommandQueue
 * results ◄── callback threads ◄── InFlightBatches ◄── applied here, or answered by the leader
 * readBarrier ──► ReadRounds ──► ReadIndex ──┬─ leads: ConfirmationRounds: a majority still follows
 *                                            ├─ follows: the leader is asked (PeerLinks)
 *                                            └─ neither knows: LogBarrier, an entry that changes nothing
 *             index found ──► AppliedIndex reaches it ──► local view
 * far behind ──► SnapshotCatchUp ──► transfer ◄── the leader's StateSender
 * disks: MemberRooms asks the voters ──► DiskFloor of the owner, which refuses; StallWatch: one that hangs hands over, and ends
 * members: ClusterMembership ──► MemberChanges of the leader ──► records ──► MembershipLoop: ConfigurationKeeper ──► Ratis
 * </pre>
 *
 * <p>To read: {@code RatisReplication}, {@code Proposer}, {@code KvStateMachine}, {@code InFlightBatches}.
 *
 * <p>Invariants: a command fails as not replicated only if no log can ever contain it; the log is dropped only where a durable
 * state replaces it; a directory is formatted once in the life of a member. Threads: callers wait for room in the queue, one
 * proposer thread proposes, the updater thread of Ratis applies, two callback threads complete futures, one
 * thread watches, one decides about members.
 *
 * <p>No other package of the project knows the types of Ratis, and no read goes through Ratis: its linearizable reads can be
 * stale. The settings and their reasons are in {@code docs/decisions/0010-ratis.md}.
 */
@NullMarked
package io.hightower.kv.replication.ratis;

import org.jspecify.annotations.NullMarked;
