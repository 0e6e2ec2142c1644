package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.CorruptionException;
import java.nio.ByteBuffer;

/**
 * Tells damage from a torn tail: was the place where the records become unreadable ever synced?
 *
 * <pre>
 * | entry 7 | entry 8 | entry 9 | mark: synced up to b | zeros, or records of former epochs
 *                     a         b
 * entry 8 unreadable: the mark, or entry 9, which says "synced up to a", proves it was on disk: damage
 * entry 9 unreadable, the mark readable: damage
 * entry 9 and the mark unreadable: nothing proves that entry 9 was ever synced, so power loss explains it: torn
 * </pre>
 *
 * <p>Every record that was acknowledged is followed by such a mark or by a later group that says the same, unless power loss
 * took the mark. Records of former epochs have other checksums, so they prove nothing.
 */
final class TailProof {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final byte MAGIC_FIRST_BYTE = (byte) (LogFormat.ENTRY_MAGIC >>> 24);

    /** Checksums are computed over at most so many times the rest of the file, whatever somebody has stored in entries. */
    private static final long CHECKSUM_ROUNDS_MAX = 8;

    private final FileWindow window;
    private final RecordChecksum checksum;
    private final ByteBuffer header = ByteBuffer.allocate(LogFormat.RECORD_HEADER_BYTES);

    /** Reads candidates, so that {@link #window} stays where the search is. */
    private final FileWindow candidates;

    private long budget;

    TailProof(FileWindow window, FileWindow candidates, RecordChecksum checksum) {
        this.window = window;
        this.candidates = candidates;
        this.checksum = checksum;
    }

    /**
     * Searches behind an unreadable place for a readable record that proves the place to have been synced.
     *
     * @throws CorruptionException if the bytes are so odd that the search would take for ever
     */
    boolean existsFor(long unreadable) {
        long last = window.length() - LogFormat.RECORD_HEADER_BYTES;
        budget = CHECKSUM_ROUNDS_MAX * (window.length() - unreadable);
        long at = window.find(MAGIC_FIRST_BYTE, unreadable + 1, last + 1);
        while (at <= last) {
            if (proves(at, unreadable)) {
                return true;
            }
            at = window.find(MAGIC_FIRST_BYTE, at + 1, last + 1);
        }
        return false;
    }

    private boolean proves(long at, long unreadable) {
        candidates.read(at, header.array(), LogFormat.RECORD_HEADER_BYTES);
        int magic = header.getInt(0);
        if (magic != LogFormat.ENTRY_MAGIC && magic != LogFormat.MARK_MAGIC) {
            return false;
        }
        int length = header.getInt(LogFormat.LENGTH_OFFSET);
        long lengthMax = Math.min(LogFormat.PAYLOAD_BYTES_MAX, window.length() - at - LogFormat.RECORD_HEADER_BYTES);
        long synced = header.getLong(LogFormat.SYNCED_OFFSET);
        boolean plausible = length >= 0 && length <= lengthMax && synced > unreadable && synced <= at;
        return plausible && hasValidChecksum(at, length, unreadable);
    }

    private boolean hasValidChecksum(long at, int length, long unreadable) {
        budget -= length + LogFormat.RECORD_HEADER_BYTES;
        if (budget < 0) {
            throw new CorruptionException(
                    window.name(),
                    unreadable,
                    "a torn tail or a damaged record",
                    "too many beginnings of records to tell");
        }
        checksum.begin(at, header, 0);
        byte[] chunk = new byte[Math.min(CHUNK_BYTES, length)];
        for (int done = 0; done < length; done += CHUNK_BYTES) {
            int count = Math.min(CHUNK_BYTES, length - done);
            candidates.read(at + LogFormat.RECORD_HEADER_BYTES + done, chunk, count);
            checksum.payload(chunk, 0, count);
        }
        return checksum.value() == header.getInt(LogFormat.CHECKSUM_OFFSET);
    }
}
