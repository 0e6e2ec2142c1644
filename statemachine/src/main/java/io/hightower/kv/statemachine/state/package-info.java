/**
 * The deterministic centre: applies entries to the store and computes the results.
 *
 * <pre>
 * Entry ──► KvState.apply ──► EntryApplication: per command
 *                │                KeyWrites          puts and deletes
 *                │                TxnApplication     conditions, then checks, then operations; TxnReading
 *                │                LeaseApplication   grants, renewals, ends
 *                │                SessionApplication commands at most once
 *                │                Upkeep             tombstones, compaction, time, system key space
 *                │                        └──► EntryEdit: revision, counts, hashes, attachments of leases
 *                ├──► StateStore.Edit.publish(AppliedState): records, scalars and position together
 *                └──► ChangeFeed: what was changed, for watchers
 *
 * ReadView ──► RangeReading     what a RangeRequest asks for
 *          ──► ReadOnlyTxn      transactions without writes
 * StoreView ──► HashKv          etcd's hash of keys and history at a revision
 * SystemRecords ──► Leases      leases and the keys that hang on them
 *               ──► Sessions    sessions, each with the answer to its last command
 * </pre>
 *
 * <p>Invariants: the result and the new state depend on the old state and the entry alone; a mutating command moves the
 * revision by one and everything else leaves it; {@code recordsHash} is the sum over the records that exist. Threads:
 * confined to the apply thread, but for {@code RangeReading}, {@code ReadOnlyTxn}, {@code HashKv}, {@code Leases} and {@code Sessions}. It
 * deliberately knows no clock, file, socket, thread or randomness.
 */
@NullMarked
package io.hightower.kv.statemachine.state;

import org.jspecify.annotations.NullMarked;
