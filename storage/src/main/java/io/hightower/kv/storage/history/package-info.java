/**
 * The changes of a store in the order in which they were made, in files that are written once.
 *
 * <pre>
 * memtable ──flush──► HistoryWriter ──► history file ──► HistoryFile ──┐
 *                                       several ──HistoryMerge──► one  ├─► ChangeSequence ──► ChangeCursor
 * memtable ────────────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>Tables are ordered by key; who asks what changed since a revision, or which tombstones are the oldest, would have to read
 * all of them. A history file answers with a binary search and sequential reading. It always holds the tombstones, because
 * they are released in the order of their revisions, and all changes if history is kept.
 *
 * <p><b>Invariants.</b> Of two files of a store one holds the earlier revisions only. A main revision lies in one file.
 * <b>Threads.</b> Files are read by any number of threads, a cursor or a writer is used by one. The bytes are described in
 * {@code docs/formats/history.md}; begin with {@code HistoryFormat}.
 */
@NullMarked
package io.hightower.kv.storage.history;

import org.jspecify.annotations.NullMarked;
