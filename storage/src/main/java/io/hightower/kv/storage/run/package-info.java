/**
 * What a sorted run of versions is to everybody else: the newest part of the store in memory and the tables on disk are runs
 * alike.
 *
 * <pre>
 * run      keys in ascending unsigned order; each with its versions, newest first
 * version  a value, a tombstone, or an erased tombstone, and the revision at which it was written
 * </pre>
 *
 * <p><b>Data flow.</b> Writers put versions into a {@code memtable}; flushing and merging move them through a {@link
 * io.hightower.kv.storage.run.VersionCursor} into {@code table}s; readers find them by a lookup or move over them with the
 * same cursors. Of two runs that hold versions of one key, the newer run's versions are all newer. <b>Threads.</b> Runs are
 * read by any number of threads; a cursor is used by one.
 */
@NullMarked
package io.hightower.kv.storage.run;

import org.jspecify.annotations.NullMarked;
