package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.XxHash64;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.file.FileHeader;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/**
 * Writes a table.
 *
 * <pre>
 * try (TableWriter writer = TableWriter.create(disk, id, options)) {
 *     for (...) writer.add(cursor, newKey);
 *     meta = writer.finish();
 * }
 * disk.syncDirectory();
 * </pre>
 *
 * <p>Versions come in the order of a {@link VersionCursor}: keys ascending, the versions of a key newest first. Adding
 * allocates nothing per version. <b>Durability.</b> When {@link #finish} returns, the content is durable; the name is once
 * the caller has synced the directory. Closing a writer that is not finished deletes the file. <b>Used by one thread at a
 * time.</b> <b>Failure.</b> After an exception only {@link #close} is legal.
 */
public final class TableWriter implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(TableWriter.class.getName());

    /** A compressed block is kept if it has at most this part of the plain bytes; otherwise reading it is wasted work. */
    private static final double COMPRESSED_PART_MAX = 0.88;

    /** Blocks grow to the size in the options, except that the versions of one key stay together up to so many times it. */
    private static final int BLOCKS_PER_KEY_SPLIT = 2;

    private final Disk disk;
    private final DiskFile file;
    private final TableId id;
    private final TableOptions options;
    private final TableOutput output;
    private final PlaceChecksum place;
    private final BlockBuilder block = new BlockBuilder();
    private final IndexBuilder index = new IndexBuilder();
    private final FilterBuilder filter;
    private final SeparatorKey separator = new SeparatorKey();
    private final LZ4Compressor compressor = LZ4Factory.safeInstance().fastCompressor();
    private byte[] compressed = new byte[0];
    private boolean blockIsContinued;
    private boolean isClosed;

    private Bytes firstKey = Bytes.EMPTY;
    private long keys;
    private long versions;
    private long tombstones;
    private long plainBytes;
    private long minMain = Long.MAX_VALUE;
    private long maxMain;
    private long lastMain;
    private int lastSub;
    private VersionKind lastKind = VersionKind.VALUE;

    private TableWriter(Disk disk, DiskFile file, TableId id, TableOptions options) {
        this.disk = disk;
        this.file = file;
        this.id = id;
        this.options = options;
        this.output = new TableOutput(file, options.syncStepBytes());
        this.place = new PlaceChecksum(id);
        this.filter = new FilterBuilder(options.filterBitsPerKey());
    }

    /** Creates the file. Fails if there is one of that name. */
    public static TableWriter create(Disk disk, TableId id, TableOptions options) {
        TableWriter writer = new TableWriter(disk, disk.create(id.fileName()), id, options);
        writer.putHeader();
        return writer;
    }

    private void putHeader() {
        ByteBuffer header = ByteBuffer.allocate(FileHeader.BYTES + Long.BYTES);
        FileHeader.put(header, TableFormat.KIND, TableFormat.FORMAT_VERSION, id.originStoreId());
        header.putLong(id.number());
        output.putStored(header.flip(), place);
    }

    /**
     * Adds the version on which the cursor stands.
     *
     * @param newKey whether it is the first, that is the newest, of its key
     */
    public void add(VersionCursor at, boolean newKey) {
        int needed = TableFormat.VERSION_OVERHEAD_MAX + at.valueLength();
        if (newKey) {
            beginKey(at, needed);
        } else {
            requireOlder(at);
            if (block.bytes() + (long) needed > (long) BLOCKS_PER_KEY_SPLIT * options.blockBytes()) {
                separator.setTo(block.keyArray(), block.keyLength());
                endBlock();
                blockIsContinued = true;
                block.continueKey();
            }
        }
        block.addVersion(at);
        lastMain = at.main();
        lastSub = at.sub();
        lastKind = at.kind();
        minMain = Math.min(minMain, lastMain);
        maxMain = Math.max(maxMain, lastMain);
        versions++;
        plainBytes += at.valueLength();
        if (lastKind != VersionKind.VALUE) {
            tombstones++;
        }
    }

    private void beginKey(VersionCursor at, int versionBytes) {
        byte[] key = at.keyArray();
        int offset = at.keyOffset();
        int length = at.keyLength();
        InvariantViolation.check(length <= Limits.KEY_BYTES_MAX, "no key is longer than the limit");
        if (keys == 0) {
            firstKey = Bytes.copyOf(key, offset, length);
        } else {
            int order = Arrays.compareUnsigned(block.keyArray(), 0, block.keyLength(), key, offset, offset + length);
            InvariantViolation.check(order < 0, "keys are written to a table in ascending order");
            if (block.bytes() + (long) length + versionBytes > options.blockBytes()) {
                separator.setBetween(block.keyArray(), block.keyLength(), key, offset, length);
                endBlock();
            }
        }
        block.beginKey(key, offset, length);
        filter.add(XxHash64.hash(key, offset, length));
        keys++;
        plainBytes += length;
    }

    private void requireOlder(VersionCursor at) {
        InvariantViolation.check(keys > 0, "the first version of a table begins a key");
        boolean isOlder = at.main() < lastMain || (at.main() == lastMain && at.sub() < lastSub);
        boolean isErased = at.main() == lastMain
                && at.sub() == lastSub
                && lastKind == VersionKind.ERASED
                && at.kind() == VersionKind.TOMBSTONE;
        InvariantViolation.check(isOlder || isErased, "versions are written to a table newest first");
    }

    private void endBlock() {
        block.finish();
        long offset = output.offset();
        int plainLength = block.length();
        byte[] bytes = block.array();
        int length = plainLength;
        Compression type = Compression.NONE;
        if (options.compression() == Compression.LZ4) {
            int compressedLength = compress(bytes, plainLength);
            if (compressedLength <= plainLength * COMPRESSED_PART_MAX) {
                type = Compression.LZ4;
                bytes = compressed;
                length = compressedLength;
            }
        }
        output.put(bytes, 0, length);
        output.putByte(type.code());
        output.putInt(plainLength);
        output.putInt(place.ofBlock(offset, bytes, length, type, plainLength));
        int stored = length + TableFormat.BLOCK_TRAILER_BYTES;
        index.add(
                new IndexBuilder.Place(offset, stored, blockIsContinued, block.minMain(), block.maxMain()), separator);
        blockIsContinued = false;
        block.clear();
    }

    private int compress(byte[] plain, int plainLength) {
        int most = compressor.maxCompressedLength(plainLength);
        if (compressed.length < most) {
            compressed = new byte[most];
        }
        return compressor.compress(plain, 0, plainLength, compressed, 0, most);
    }

    /** Returns how many keys were added. */
    public long keys() {
        return keys;
    }

    /** Returns how many versions were added. */
    public long versions() {
        return versions;
    }

    /** Returns about how many bytes the file would have if it were finished now, its filter and index not counted. */
    public long bytes() {
        return output.offset() + (block.isEmpty() ? 0 : block.bytes());
    }

    /**
     * Writes what finds the versions, syncs the file and closes it. At least one version must have been added.
     *
     * @return what the manifest needs; the content is durable
     */
    public TableMeta finish() {
        InvariantViolation.check(versions > 0, "a table holds at least one version");
        Bytes lastKey = Bytes.copyOf(block.keyArray(), 0, block.keyLength());
        separator.setTo(block.keyArray(), block.keyLength());
        endBlock();
        long filterAt = output.offset();
        output.putStored(filter.build(), place);
        long indexAt = output.offset();
        output.putStored(index.build(firstKey, lastKey), place);
        long propertiesAt = output.offset();
        TableProperties properties = new TableProperties(
                minMain,
                maxMain,
                keys,
                versions,
                tombstones,
                plainBytes,
                options.blockBytes(),
                options.compression(),
                filter.probes(),
                firstKey,
                lastKey);
        output.putStored(properties.encode(), place);
        long footerAt = output.offset();
        output.putStored(new TableFooter(filterAt, indexAt, propertiesAt, footerAt).encode(), place);
        output.finish();
        file.close();
        isClosed = true;
        return properties.meta(id, output.offset(), output.checksum());
    }

    /** Deletes the file, unless it is finished. Never fails; a file that cannot be deleted is in no manifest. */
    public void abandon() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        try {
            file.close();
            disk.delete(id.fileName());
        } catch (StorageException e) {
            LOGGER.log(Level.WARNING, "An unfinished table stays behind: file={0}", id.fileName(), e);
        }
    }

    /** Does what {@link #abandon} does. */
    @Override
    public void close() {
        abandon();
    }
}
