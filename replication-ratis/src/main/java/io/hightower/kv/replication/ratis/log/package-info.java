/**
 * The files of a log of Ratis on a disk after power was lost: the torn end of the open one is cut off, and damage is told from
 * it.
 *
 * <pre>
 * LogFile ──► FileBytes ──► LogScan ──┬─ the open file ends torn ──► TornTail: set aside, cut off, synced
 *                                     └─ anything else ──► LogDamage ──► CorruptionException
 * </pre>
 *
 * <p>Ratis wrote the files, in the format that {@code LogScan} draws; it is read here because Ratis neither says where an entry
 * begins that it cannot read nor tells a torn one from a damaged one. Invariants: nothing is cut that was ever synced; files
 * that are closed are never changed. Threads: used by one thread, while nobody has the log open. Stands alone.
 */
@NullMarked
package io.hightower.kv.replication.ratis.log;

import org.jspecify.annotations.NullMarked;
