package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.file.FileHeader;
import java.nio.ByteBuffer;

/**
 * One reading of a single segment file, whatever it is kept for and whatever its name, for people: it goes on behind what is
 * damaged. <b>Used by one thread at a time.</b>
 */
public final class SegmentScan {
    private static final byte MAGIC_FIRST_BYTE = (byte) (LogFormat.ENTRY_MAGIC >>> 24);

    /** Behind damage, candidates are read of at most so many times the rest of the file, whatever entries hold. */
    private static final long SEARCH_ROUNDS_MAX = 8;

    private final DiskFile file;
    private final FileWindow window;
    private final FileWindow search;
    private final Visitor visitor;
    private final ByteBuffer header = ByteBuffer.allocate(LogFormat.RECORD_HEADER_BYTES);

    private byte[] payload = new byte[0];
    private long lastIndex;
    /** Entries are missing, and that was said. */
    private boolean gapTold;

    /** Is told what stands in the file, in its order. */
    public interface Visitor {
        /** Says what the header says; a spare that was never used has the first index and the epoch 0. */
        void header(Bytes storeId, long firstIndex, long epoch, long fileBytes);

        /** Shows an entry whose checksum is right. */
        void entry(long offset, long index, long syncedUpTo, Bytes payload);

        /** Shows the mark that ends the entries. */
        void mark(long offset, long lastIndex, long syncedUpTo);

        /** Says that the entries end without a mark: with the file, or with what was never acknowledged as synced. */
        void end(long offset, long fileBytes);

        /** Says that an entry is damaged or missing. */
        void damage(CorruptionException damage);
    }

    private SegmentScan(DiskFile file, Visitor visitor) {
        this.file = file;
        this.window = new FileWindow(file);
        this.search = new FileWindow(file);
        this.visitor = visitor;
    }

    /**
     * Reads a file.
     *
     * @throws CorruptionException if the header is damaged: nothing else can be read without it
     * @throws io.hightower.kv.statemachine.FormatException if it is no segment, or one of another release
     */
    public static void run(Disk disk, String fileName, Visitor visitor) {
        try (DiskFile file = disk.open(fileName)) {
            new SegmentScan(file, visitor).run();
        }
    }

    private void run() {
        byte[] bytes = LogFormat.readHeader(file);
        Bytes storeId = FileHeader.read(file.name(), ByteBuffer.wrap(bytes), LogFormat.KIND, LogFormat.FORMAT_VERSION);
        long epoch = LogFormat.requireHeader(file.name(), bytes, storeId);
        long firstIndex = ByteBuffer.wrap(bytes).getLong(LogFormat.FIRST_INDEX_OFFSET);
        visitor.header(storeId, firstIndex, epoch, window.length());
        RecordChecksum checksum = new RecordChecksum(storeId, epoch);
        TailProof proof = new TailProof(new FileWindow(file), new FileWindow(file), checksum);
        lastIndex = firstIndex - 1;
        long at = LogFormat.HEADER_BYTES;
        while (at >= 0) {
            if (isRecord(window, at, checksum)) {
                at = show(at);
            } else if (at < window.length() && proof.existsFor(at)) {
                long next = nextRecord(at + 1, checksum);
                visitor.damage(new CorruptionException(
                        file.name(), at, "entry " + (lastIndex + 1), (next - at) + " bytes that are no entry"));
                gapTold = true;
                at = next;
            } else {
                visitor.end(at, window.length());
                return;
            }
        }
    }

    /** Shows the record that was just read and returns where the next one begins; -1 behind a mark. */
    private long show(long at) {
        long index = header.getLong(LogFormat.INDEX_OFFSET);
        long synced = header.getLong(LogFormat.SYNCED_OFFSET);
        if (header.getInt(0) == LogFormat.MARK_MAGIC) {
            visitor.mark(at, index, synced);
            return -1;
        }
        if (index != lastIndex + 1 && !(gapTold && index > lastIndex)) {
            visitor.damage(new CorruptionException(
                    file.name(), at + LogFormat.INDEX_OFFSET, "index " + (lastIndex + 1), "index " + index));
        }
        gapTold = false;
        lastIndex = index;
        visitor.entry(at, index, synced, Bytes.wrap(payload));
        return at + LogFormat.RECORD_HEADER_BYTES + payload.length;
    }

    private boolean isRecord(FileWindow source, long at, RecordChecksum checksum) {
        long remaining = source.length() - at - LogFormat.RECORD_HEADER_BYTES;
        if (remaining < 0) {
            return false;
        }
        source.read(at, header.array(), LogFormat.RECORD_HEADER_BYTES);
        int magic = header.getInt(0);
        int length = header.getInt(LogFormat.LENGTH_OFFSET);
        boolean plausible = magic == LogFormat.ENTRY_MAGIC || (magic == LogFormat.MARK_MAGIC && length == 0);
        if (!plausible || length < 0 || length > Math.min(remaining, LogFormat.PAYLOAD_BYTES_MAX)) {
            return false;
        }
        payload = new byte[length];
        source.read(at + LogFormat.RECORD_HEADER_BYTES, payload, length);
        int computed = checksum.begin(at, header, 0).payload(payload, 0, length).value();
        return computed == header.getInt(LogFormat.CHECKSUM_OFFSET);
    }

    /** Returns where the next readable record stands; the end of the file if there is none. */
    private long nextRecord(long from, RecordChecksum checksum) {
        long last = window.length() - LogFormat.RECORD_HEADER_BYTES;
        long budget = SEARCH_ROUNDS_MAX * (window.length() - from);
        long at = search.find(MAGIC_FIRST_BYTE, from, Math.max(from, last + 1));
        while (at <= last && budget > 0) {
            if (isRecord(window, at, checksum)) {
                return at;
            }
            budget -= payload.length;
            at = search.find(MAGIC_FIRST_BYTE, at + 1, last + 1);
        }
        return window.length();
    }
}
