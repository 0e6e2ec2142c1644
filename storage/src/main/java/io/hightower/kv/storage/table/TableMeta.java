package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;

/**
 * What is known of a table without reading it. The manifest holds it; opening the table checks it. <b>Immutable.</b>
 *
 * @param id its name
 * @param length the file's length in bytes
 * @param checksum CRC32C of all bytes of the file, 0 to 2^32 - 1
 * @param firstKey the least key
 * @param lastKey the greatest key
 * @param minMain the least main revision of a version
 * @param maxMain the greatest main revision of a version
 * @param keys how many keys there are, at least 1
 * @param versions how many versions they have together
 * @param tombstones how many of these are no values: tombstones and erased tombstones
 */
public record TableMeta(
        TableId id,
        long length,
        long checksum,
        Bytes firstKey,
        Bytes lastKey,
        long minMain,
        long maxMain,
        long keys,
        long versions,
        long tombstones) {
    /** Returns the file's name. */
    public String fileName() {
        return id.fileName();
    }

    /** Tells whether {@code key} lies between the first and the last key. */
    public boolean spans(Bytes key) {
        return firstKey.compareTo(key) <= 0 && key.compareTo(lastKey) <= 0;
    }

    /** Tells whether some key may be both here and there. */
    public boolean overlaps(TableMeta other) {
        return firstKey.compareTo(other.lastKey) <= 0 && other.firstKey.compareTo(lastKey) <= 0;
    }
}
