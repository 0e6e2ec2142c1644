package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.storage.cache.BlockCache;
import io.hightower.kv.storage.cache.MemoryBudget;
import io.hightower.kv.storage.cache.MemoryUse;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.run.Run;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionCursor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A sorted run in a file, open for reading.
 *
 * <p>Its filter and index are in memory and counted in the budget; its blocks come and go in the block cache. Every block is
 * verified when it is read from the file, so that damage is found before it influences an answer, and only by those who ask
 * for what the block holds. <b>Threads.</b> Thread-safe. <b>Lifetime.</b> Whoever uses a table holds a reference: the opener
 * has one, {@link #retain} takes another, a cursor has its own. With the last {@link #release} the file is closed. The file
 * may be deleted by name while the table is open.
 */
public final class Table implements Run {
    /** What an empty slot of the cache takes. */
    private static final int SLOT_BYTES = 4;

    private final TableMeta meta;
    private final DiskFile file;
    private final TableContent content;
    private final TableIndex index;
    private final Filter filter;
    private final BlockCache cache;
    private final MemoryBudget budget;
    private final AtomicReferenceArray<@Nullable Block> slots;
    private final AtomicInteger references = new AtomicInteger(1);

    private Table(TableMeta meta, DiskFile file, TableContent content, BlockCache cache, MemoryBudget budget) {
        this.meta = meta;
        this.file = file;
        this.content = content;
        this.index = content.index();
        this.filter = content.filter();
        this.cache = cache;
        this.budget = budget;
        this.slots = new AtomicReferenceArray<>(index.blocks());
    }

    /**
     * Opens the table that the manifest describes.
     *
     * @throws CorruptionException if the file is not that table, or what finds its blocks is damaged
     * @throws io.hightower.kv.statemachine.FormatException if another release wrote it
     */
    public static Table open(Disk disk, TableMeta meta, BlockCache cache, MemoryBudget budget) {
        DiskFile file = disk.open(meta.fileName());
        boolean isOpen = false;
        try {
            if (file.length() != meta.length()) {
                throw new CorruptionException(meta.fileName(), 0, meta.length() + " bytes", file.length() + " bytes");
            }
            TableContent content = TableContent.read(file);
            content.requireMatches(meta);
            Table table = new Table(meta, file, content, cache, budget);
            budget.charge(MemoryUse.FILTERS_AND_INDEXES, table.memoryBytes());
            isOpen = true;
            return table;
        } finally {
            if (!isOpen) {
                file.close();
            }
        }
    }

    /** Returns what the manifest says about the table. */
    public TableMeta meta() {
        return meta;
    }

    /** Returns the bytes that the table takes in memory while it is open, its blocks in the cache not counted. */
    public long memoryBytes() {
        return content.memoryBytes() + (long) index.blocks() * SLOT_BYTES;
    }

    @Override
    public @Nullable StoredVersion find(Bytes key, long hash, long throughMain) {
        if (throughMain < meta.minMain() || !filter.mayContain(hash) || !meta.spans(key)) {
            return null;
        }
        byte[] wanted = key.toByteArray();
        BlockSearch search = new BlockSearch();
        VersionDecoder decoder = new VersionDecoder();
        int number = index.find(wanted, wanted.length);
        while (true) {
            if (index.minMain(number) <= throughMain) {
                Block block = block(number);
                if (!search.find(block, wanted)) {
                    return null;
                }
                if (findVersion(block, search, decoder, throughMain)) {
                    return decoder.copy();
                }
            }
            number++;
            boolean goesOn = number < index.blocks()
                    && index.isContinued(number)
                    && index.separatorEquals(number - 1, wanted, wanted.length);
            if (!goesOn) {
                return null;
            }
        }
    }

    private static boolean findVersion(Block block, BlockSearch search, VersionDecoder decoder, long throughMain) {
        decoder.first(block, search.versionsStart());
        while (decoder.main > throughMain) {
            if (decoder.at == search.versionsEnd()) {
                return false;
            }
            decoder.next();
        }
        return true;
    }

    @Override
    public VersionCursor cursor() {
        return cursor(CacheUse.SCAN);
    }

    /** Opens a cursor that uses the cache in its own way. The caller closes it. */
    public VersionCursor cursor(CacheUse use) {
        retain();
        return new TableCursor(this, use);
    }

    /** Returns a block for a lookup: from the cache, or from the file and then in the cache. */
    Block block(int number) {
        Block block = slots.getAcquire(number);
        if (block == null) {
            return keep(number, reader().read(number), true);
        }
        block.touch();
        return block;
    }

    /** Returns a block if it is in the cache, which does not notice. */
    @Nullable
    Block cached(int number) {
        return slots.getAcquire(number);
    }

    /** Puts a block that was read into the cache, unless somebody was faster. */
    Block keep(int number, Block block, boolean asUsed) {
        return cache.insert(slots, number, block, asUsed);
    }

    BlockReader reader() {
        return new BlockReader(file, index, meta.id());
    }

    ReadAhead readAhead(boolean isLong) {
        return new ReadAhead(file, index, reader(), isLong);
    }

    TableIndex index() {
        return index;
    }

    Filter filter() {
        return filter;
    }

    TableContent content() {
        return content;
    }

    DiskFile file() {
        return file;
    }

    /**
     * Reads the whole file and checks all that can be checked: checksums, order, counts, bounds, that every key is found.
     *
     * @throws CorruptionException naming the first place that is wrong
     */
    public void verify() {
        retain();
        try {
            new TableVerification(this).run();
        } finally {
            release();
        }
    }

    /**
     * Reads the whole file and compares its checksum: the disk has what was meant to be written.
     *
     * @throws CorruptionException if it has something else
     */
    public void verifyBytes() {
        retain();
        try {
            new TableVerification(this).verifyBytes();
        } finally {
            release();
        }
    }

    /** Takes a reference. The caller knows that somebody holds one meanwhile. */
    public void retain() {
        int before = references.getAndUpdate(count -> count > 0 ? count + 1 : count);
        InvariantViolation.check(before > 0, "a table that is closed is used no more");
    }

    /** Gives a reference back; the last one closes the file. */
    public void release() {
        int left = references.decrementAndGet();
        InvariantViolation.check(left >= 0, "a table is released as often as it was retained");
        if (left == 0) {
            cache.removeAll(slots);
            budget.release(MemoryUse.FILTERS_AND_INDEXES, memoryBytes());
            file.close();
        }
    }

    @Override
    public String toString() {
        return "Table[" + meta.fileName() + "]";
    }
}
