package io.hightower.kv.storage.history;

import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.file.FileHeader;
import io.hightower.kv.storage.run.VersionKind;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Writes one history file.
 *
 * <pre>
 * try (HistoryWriter writer = HistoryWriter.create(disk, id, ChangeSelection.ALL)) {
 *     while (changes.next()) {
 *         writer.add(changes);
 *     }
 *     if (!writer.isEmpty()) {
 *         meta = writer.finish();
 *     }
 * }                                       // closing without finishing deletes the file
 * </pre>
 *
 * <p><b>Ordering.</b> Revisions ascend strictly. <b>Durability.</b> The content is durable when {@link #finish} returns; the
 * name is not before the directory is synced. <b>Threads.</b> Used by one thread at a time. <b>Lifetime.</b> Memory for two
 * blocks and the index, 28 bytes per 8 KiB of file. <b>Failure.</b> After a {@link StorageException} only {@link #close} is
 * legal.
 */
public final class HistoryWriter implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(HistoryWriter.class.getName());
    private static final int INDEX_ENTRIES_FIRST = 16;

    private final Disk disk;
    private final HistoryId id;
    private final long completeFrom;
    private final DiskFile file;
    private final SectionChecksum checksum;
    private final CRC32C wholeChecksum = new CRC32C();
    private final Stream values = new Stream(VersionKind.VALUE);
    private final Stream tombstones = new Stream(VersionKind.TOMBSTONE);
    private long length;
    private long firstMain;
    private int firstSub;
    private long lastMain;
    private int lastSub;
    private boolean finished;
    private boolean closed;

    private HistoryWriter(Disk disk, HistoryId id, long completeFrom, DiskFile file) {
        this.disk = disk;
        this.id = id;
        this.completeFrom = completeFrom;
        this.file = file;
        this.checksum = new SectionChecksum(id);
    }

    /** The changes of one kind: the block being filled, and what the index says of those before it. */
    private static final class Stream {
        private final BlockBuilder builder;
        private ByteBuffer index = ByteBuffer.allocate(INDEX_ENTRIES_FIRST * HistoryFormat.INDEX_ENTRY_BYTES);
        private long changes;

        Stream(VersionKind kind) {
            this.builder = new BlockBuilder(kind);
        }

        void putEntry(long offset) {
            if (!index.hasRemaining()) {
                byte[] larger = Arrays.copyOf(index.array(), Math.multiplyExact(index.capacity(), 2));
                index = ByteBuffer.wrap(larger).position(index.capacity());
            }
            builder.putEntry(index, offset);
        }

        int blocks() {
            return index.position() / HistoryFormat.INDEX_ENTRY_BYTES;
        }
    }

    /**
     * Begins a file.
     *
     * @param selection what it will hold; what is added besides is left out
     */
    public static HistoryWriter create(Disk disk, HistoryId id, ChangeSelection selection) {
        return create(disk, id, selection == ChangeSelection.ALL ? 0 : HistoryMeta.TOMBSTONES_ONLY);
    }

    /** Begins a file that leaves out values before the main revision {@code completeFrom}. */
    static HistoryWriter create(Disk disk, HistoryId id, long completeFrom) {
        DiskFile file = disk.create(id.fileName());
        HistoryWriter writer = new HistoryWriter(disk, id, completeFrom, file);
        try {
            writer.append(header(id));
            return writer;
        } catch (StorageException e) {
            writer.close();
            throw e;
        }
    }

    private static ByteBuffer header(HistoryId id) {
        ByteBuffer header = ByteBuffer.allocate(HistoryFormat.HEADER_BYTES);
        FileHeader.put(header, HistoryFormat.KIND, HistoryFormat.FORMAT_VERSION, id.originStoreId());
        header.putLong(id.number());
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, HistoryFormat.HEADER_CHECKSUM_OFFSET);
        return header.putInt((int) crc.getValue()).flip();
    }

    /**
     * Adds the change on which a cursor stands, later than all before it: main revision at least 1, sub-revision at least 0,
     * a value or a tombstone, a key of 1 to {@link Limits#KEY_BYTES_MAX} bytes. Everything is copied.
     */
    public void add(ChangeCursor change) {
        long main = change.main();
        int sub = change.sub();
        InvariantViolation.check(!finished && !closed, "changes are added to an open file");
        InvariantViolation.check(main >= 1 && sub >= 0, "a change has a main revision of at least 1");
        InvariantViolation.check(isAfterLast(main, sub), "revisions of changes ascend strictly");
        InvariantViolation.check(change.kind() != VersionKind.ERASED, "releasing a tombstone is no change");
        InvariantViolation.check(
                change.keyLength() >= 1 && change.keyLength() <= Limits.KEY_BYTES_MAX,
                "a key is as long as keys may be");
        if (change.kind() == VersionKind.VALUE && main < completeFrom) {
            return;
        }
        Stream stream = change.kind() == VersionKind.VALUE ? values : tombstones;
        if (!stream.builder.hasRoomFor(change.keyLength())) {
            writeBlock(stream);
        }
        stream.builder.add(change);
        stream.changes++;
        if (isEmpty()) {
            firstMain = main;
            firstSub = sub;
        }
        lastMain = main;
        lastSub = sub;
    }

    private boolean isAfterLast(long main, int sub) {
        return main > lastMain || (main == lastMain && sub > lastSub);
    }

    /** Tells whether nothing was added, or nothing of what the file is to hold. */
    public boolean isEmpty() {
        return firstMain == 0;
    }

    /** Completes the file and syncs it. Not for an empty one. The directory is for the caller to sync. */
    public HistoryMeta finish() {
        InvariantViolation.check(!finished && !closed && !isEmpty(), "a file with changes is finished, once");
        writeBlock(values);
        writeBlock(tombstones);
        long indexOffset = length;
        ByteBuffer index = index();
        append(index.duplicate());
        HistoryFooter footer = new HistoryFooter(
                indexOffset,
                index.limit(),
                completeFrom > lastMain ? HistoryMeta.TOMBSTONES_ONLY : completeFrom,
                firstMain,
                firstSub,
                lastMain,
                lastSub,
                values.changes,
                tombstones.changes);
        append(footer.encode(length, checksum));
        file.sync();
        file.close();
        finished = true;
        return new HistoryMeta(
                id,
                length,
                wholeChecksum.getValue(),
                footer.completeFrom(),
                firstMain,
                lastMain,
                values.changes,
                tombstones.changes);
    }

    private ByteBuffer index() {
        int entriesBytes = values.index.position() + tombstones.index.position();
        ByteBuffer index = ByteBuffer.allocate(HistoryFormat.INDEX_HEADER_BYTES + entriesBytes);
        index.putInt(0).putInt(values.blocks()).putInt(tombstones.blocks());
        index.put(values.index.flip()).put(tombstones.index.flip());
        checksum.put(length, index.array(), index.capacity());
        return index.flip();
    }

    private void writeBlock(Stream stream) {
        if (!stream.builder.isEmpty()) {
            stream.putEntry(length);
            append(stream.builder.complete(length, checksum));
            stream.builder.clear();
        }
    }

    private void append(ByteBuffer bytes) {
        wholeChecksum.update(bytes.duplicate());
        int count = bytes.remaining();
        file.write(length, bytes);
        length += count;
    }

    /** Lets go of the file, and deletes it unless it was finished. A failure to delete is logged. Idempotent. */
    @Override
    public void close() {
        if (finished || closed) {
            return;
        }
        closed = true;
        try {
            file.close();
            disk.delete(id.fileName());
        } catch (StorageException e) {
            LOGGER.log(Level.WARNING, "An unfinished file stays behind: file={0} cause={1}", id, e.getMessage());
        }
    }
}
