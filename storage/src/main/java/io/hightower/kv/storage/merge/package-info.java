/**
 * Merging of runs: many runs seen as one, what of them is kept, which of them are merged next, and doing it.
 *
 * <pre>
 * LeveledTables ──MergePicker──► MergePlan ─┐
 *                                           ├─► Merge:  cursors ─MergedCursor─► versions ─Retention─► TableWriter ─► TableMeta
 * a sealed memtable ────────────────────────┘
 * </pre>
 *
 * <p>Readers use {@code MergedCursor} too. A merge reads immutable runs and writes new tables; it becomes visible when
 * somebody else installs its result, and if it fails or is cancelled nothing of it is left. <b>Threads.</b> A merge runs on
 * whatever thread calls it; picking is a pure function of the tables there are. Begin with {@code Retention}, the rule by
 * which data goes.
 */
@NullMarked
package io.hightower.kv.storage.merge;

import org.jspecify.annotations.NullMarked;
