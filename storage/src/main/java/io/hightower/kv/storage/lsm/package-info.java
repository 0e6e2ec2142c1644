/**
 * The log-structured store: puts memtables, tables, history files, system records and the manifest together.
 *
 * <pre>
 * edit ─publish→ memtable ─seal→ sealed memtables ─flush→ level 0 tables + history file ─merge→ levels 1 to 6
 *                                                            └── manifest: file set and scalars, one atomic edit ──┘
 *                system records ─whole, if changed─flush→ system file ──┘
 * view = memtable below a watermark + sealed memtables + tables, newest first
 * </pre>
 *
 * <p><b>Data flow.</b> {@link io.hightower.kv.storage.lsm.LogStructuredStore} publishes one immutable {@code Root} after the
 * other; whoever reads pins one. Flushes and merges write files beside those in use, then put them into force by a manifest,
 * then publish a root that reads from them. <b>Threads.</b> Edits come from the apply thread. Flushes and merges run on the
 * executors that the store was opened with, one of each at a time; readers on their own threads, without locks.
 */
@NullMarked
package io.hightower.kv.storage.lsm;

import org.jspecify.annotations.NullMarked;
