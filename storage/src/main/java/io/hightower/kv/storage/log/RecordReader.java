package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import java.nio.ByteBuffer;

/**
 * Reads the records of a segment one after the other and verifies each. Memory is bounded by the window and one payload.
 * <b>Used by one thread at a time.</b>
 *
 * <p>A mark is the last record: the next group is written over it. So what stands behind a mark is never looked at as a
 * record of this log, only as a trace of one ({@link TailProof}).
 */
final class RecordReader {
    private final FileWindow window;
    private final RecordChecksum checksum;
    private final ByteBuffer header = ByteBuffer.allocate(LogFormat.RECORD_HEADER_BYTES);

    private long nextIndex;
    private long offset;
    private long end = LogFormat.HEADER_BYTES;
    private long syncedUpTo = LogFormat.HEADER_BYTES;
    private boolean marked;
    private byte[] payload = new byte[0];
    private String expected = "";
    private String found = "";

    /** What the next bytes are. */
    enum Next {
        ENTRY,
        MARK,
        /** The file ends here, or there was a mark. */
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
        if (marked) {
            return Next.END;
        }
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
        if (!entry) {
            marked = true;
            return Next.MARK;
        }
        end = newEnd;
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

    /** Returns where the valid entries end: there a mark stands, an invalid record begins, or the file ends. */
    long end() {
        return end;
    }

    /** Tells whether a mark stands at the end. */
    boolean isMarked() {
        return marked;
    }

    /** Returns up to where the valid records prove the segment to be synced. */
    long syncedUpTo() {
        return syncedUpTo;
    }

    /** Describes what is there in place of the entry that must be. */
    CorruptionException damage() {
        boolean invalid = !expected.isEmpty();
        return new CorruptionException(
                window.name(),
                end,
                invalid ? expected : "entry " + nextIndex,
                invalid ? found : "the end of the records");
    }
}
