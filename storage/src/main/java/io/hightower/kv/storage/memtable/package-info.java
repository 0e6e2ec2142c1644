/**
 * The newest part of the store: versions in memory, sorted by key, with their commit order kept beside.
 *
 * <pre>
 * writer ──add──► Memtable ─┬─ HashIndex ──► key node            find: one probe, then the versions of the key
 *                           ├─ Skiplist ───► key node ► key node  cursors: keys in order
 *                           └─ VersionLog    version, version, …  changes: commit order
 *                                  ▲ newest     │ older
 *                               key node        ▼
 *                                            version
 * readers ◄── Memtable.Slice (everything below a watermark): find, cursor, changes
 * </pre>
 *
 * <p>Everything lies in {@code byte[]} chunks and is named by its offset in them, so that a memtable of a million entries
 * is some dozens of objects to the garbage collector. Nothing is ever moved or removed: a version that is replaced stays,
 * and the memtable is dropped as a whole once a table holds its content. Because offsets ascend in commit order, one number,
 * the <em>watermark</em>, is a view of a moment.
 *
 * <p><b>Threads.</b> One thread at a time writes, any number read meanwhile without locks. The writer finishes a key node
 * or a version before it publishes the reference to it with a release fence; readers follow references with an acquire fence.
 * A watermark is handed to readers through something volatile; all below it is then seen. Begin with {@code Memtable}.
 */
@NullMarked
package io.hightower.kv.storage.memtable;

import org.jspecify.annotations.NullMarked;
