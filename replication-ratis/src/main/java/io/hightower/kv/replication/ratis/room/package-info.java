/**
 * Whether the disks of the members have room for what the cluster writes.
 *
 * <pre>
 * owner of each member ──► DiskFloor.room ──► asked by the leader, once a second ──► MajorityRoom
 * owner of the leader  ◄── DiskFloor.majorityHas ◄───────────────────────────────────────┘
 * </pre>
 *
 * <p>A member whose disk is full cannot write its log any more, and ends. Invariant: while a majority cannot be had without members
 * that have little room, the leader's owner knows, and refuses what would fill their disks. Stands alone.
 */
@NullMarked
package io.hightower.kv.replication.ratis.room;

import org.jspecify.annotations.NullMarked;
