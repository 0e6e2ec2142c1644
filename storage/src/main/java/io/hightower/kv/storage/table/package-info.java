/**
 * Sorted runs of versions in files that are written once and never changed.
 *
 * <pre>
 * VersionCursor ──► TableWriter ──► BlockBuilder, FilterBuilder, IndexBuilder ──► file "*.table"
 *
 * find:   Filter (not there?) ──► TableIndex (which block?) ──► cache or BlockReader ──► BlockSearch
 * cursor: TableCursor ──► KeyPosition (keys of a block) and VersionDecoder (versions of a key)
 * </pre>
 *
 * <p><b>Data flow.</b> A flush or a merge writes a table; {@link io.hightower.kv.storage.table.TableMeta} is what the
 * manifest remembers of it; {@link io.hightower.kv.storage.table.Table} opens it for reading. The bytes are described in
 * {@code docs/formats/table.md}. <b>Threads.</b> A writer and a cursor are used by one thread at a time, an open table by
 * any number.
 */
@NullMarked
package io.hightower.kv.storage.table;

import org.jspecify.annotations.NullMarked;
