package io.hightower.kv.storage.history;

/**
 * What is known of a finished history file without opening it. <b>Immutable.</b>
 *
 * @param id names it
 * @param length in bytes
 * @param checksum CRC32C of the whole file, as an unsigned number of 32 bits
 * @param completeFrom all changes of this main revision and later, up to the file's last, are in it; of earlier ones the
 *     tombstones only. 0: all it was ever given; {@link #TOMBSTONES_ONLY}: no values
 * @param firstMain the main revision of the first change, at least 1
 * @param lastMain the main revision of the last change
 * @param values the number of changes that left a value behind
 * @param tombstones the number of changes that left a tombstone behind
 */
public record HistoryMeta(
        HistoryId id,
        long length,
        long checksum,
        long completeFrom,
        long firstMain,
        long lastMain,
        long values,
        long tombstones) {
    /** As {@code completeFrom}: the file has tombstones only. */
    public static final long TOMBSTONES_ONLY = Long.MAX_VALUE;

    /** Checks what can be checked without the file. */
    public HistoryMeta {
        require(length >= HistoryFormat.LENGTH_MIN, "length", length);
        require(checksum >= 0 && checksum <= 0xffff_ffffL, "checksum", checksum);
        require(completeFrom >= 0, "completeFrom", completeFrom);
        require(firstMain >= 1, "firstMain", firstMain);
        require(lastMain >= firstMain, "lastMain", lastMain);
        require(values >= 0, "values", values);
        require(values == 0 || completeFrom <= lastMain, "completeFrom", completeFrom);
        require(tombstones >= 0 && values + tombstones >= 1, "tombstones", tombstones);
    }

    private static void require(boolean condition, String name, long value) {
        if (!condition) {
            throw new IllegalArgumentException("No history file is like that: " + name + "=" + value);
        }
    }

    /** Returns the file's name. */
    public String fileName() {
        return id.fileName();
    }

    /**
     * Tells whether anybody may still ask for something in the file.
     *
     * @param historyFloor changes before this main revision are not asked for
     * @param releasedRevision tombstones of this main revision and older were released
     */
    public boolean isNeeded(long historyFloor, long releasedRevision) {
        return lastMain >= historyFloor || (tombstones > 0 && lastMain > releasedRevision);
    }
}
