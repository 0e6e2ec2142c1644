package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import java.nio.ByteBuffer;

/**
 * Reads the records of a segment one after the other and verifies each. Memory is bounded by the window and one payload.
 * <b>Used by one thread at a time.</b>
 */
final class RecordReader {
    private final FileWindow window;
    private final RecordChecksum checksum;
    private final ByteBuffer header = ByteBuffer.allocate(LogFormat.RECORD_HEADER_BYTES);

    private long nextIndex;
    private long offset;
    private long end = LogFormat.HEADER_BYTES;
    private long syncedUpTo = LogFormat.HEADER_BYTES;
    private long entriesEnd = LogFormat.HEADER_BYTES;
    private byte[] payload = new byte[0];
    private String expected = "";
    private String found = "";

    /** What the next bytes are. */
    enum Next {
        ENTRY,
        MARK,
        END,
        /** No record; {@link #damage} tells why. */
        INVALID
    }

    /** Opens a segment whose header was verified. */
    RecordReader(FileWindow window, RecordChecksum checksum, long firstIndex) {
        this.window = window;
        this.checksum = checksum;
        this.nextIndex = firstIndex;
    }

    /**
     * Moves to the next record.
     *
     * @throws CorruptionException if a record is intact but does not belong here
     */
    Next next() {
        offset = end;
        long remaining = window.length() - offset;
        if (remaining == 0) {
            return Next.END;
        }
        if (remaining < LogFormat.RECORD_HEADER_BYTES) {
            return invalid("a record of " + LogFormat.RECORD_HEADER_BYTES + " bytes or more", remaining + " bytes");
        }
        window.read(offset, header.array(), LogFormat.RECORD_HEADER_BYTES);
        int magic = header.getInt(0);
        if (magic != LogFormat.ENTRY_MAGIC && magic != LogFormat.MARK_MAGIC) {
            return invalid("the magic of a record", Integer.toHexString(magic));
        }
        int length = header.getInt(LogFormat.LENGTH_OFFSET);
        long lengthMax = magic == LogFormat.MARK_MAGIC ? 0 : remaining - LogFormat.RECORD_HEADER_BYTES;
        if (length < 0 || length > Math.min(lengthMax, LogFormat.PAYLOAD_BYTES_MAX)) {
            return invalid("a payload of at most " + lengthMax + " bytes", Integer.toUnsignedString(length) + " bytes");
        }
        payload = new byte[length];
        window.read(offset + LogFormat.RECORD_HEADER_BYTES, payload, length);
        int computed =
                checksum.begin(offset, header, 0).payload(payload, 0, length).value();
        int stored = header.getInt(LogFormat.CHECKSUM_OFFSET);
        if (computed != stored) {
            return invalid(LogFormat.checksumText(computed), LogFormat.checksumText(stored));
        }
        return accept(magic, offset + LogFormat.RECORD_HEADER_BYTES + length);
    }

    private Next accept(int magic, long newEnd) {
        boolean entry = magic == LogFormat.ENTRY_MAGIC;
        long index = header.getLong(LogFormat.INDEX_OFFSET);
        long indexExpected = entry ? nextIndex : nextIndex - 1;
        if (index != indexExpected) {
            throw new CorruptionException(
                    window.name(), offset + LogFormat.INDEX_OFFSET, "index " + indexExpected, "index " + index);
        }
        long synced = header.getLong(LogFormat.SYNCED_OFFSET);
        if (synced < syncedUpTo || synced > offset) {
            throw new CorruptionException(
                    window.name(),
                    offset + LogFormat.SYNCED_OFFSET,
                    "synced up to " + syncedUpTo + " to " + offset,
                    "synced up to " + synced);
        }
        syncedUpTo = synced;
        end = newEnd;
        if (!entry) {
            return Next.MARK;
        }
        entriesEnd = newEnd;
        nextIndex++;
        return Next.ENTRY;
    }

    private Next invalid(String expectedHere, String foundHere) {
        expected = expectedHere;
        found = foundHere;
        return Next.INVALID;
    }

    /** Returns the index of the entry last read. */
    long index() {
        return nextIndex - 1;
    }

    /** Returns the payload of the entry last read. */
    Bytes payload() {
        return Bytes.wrap(payload);
    }

    /** Returns where the valid records end, which is where the segment ends or an invalid one begins. */
    long end() {
        return end;
    }

    /** Returns where the last entry ends; only marks follow. */
    long entriesEnd() {
        return entriesEnd;
    }

    /** Returns up to where the valid records prove the segment to be synced. */
    long syncedUpTo() {
        return syncedUpTo;
    }

    /** Describes the invalid record. */
    CorruptionException damage() {
        return new CorruptionException(window.name(), end, expected, found);
    }
}
