package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.cache.MemoryBudget;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.hot.HotKeyIndex;
import io.hightower.kv.storage.merge.MergeOptions;
import io.hightower.kv.storage.table.Compression;
import io.hightower.kv.storage.table.TableOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a store share.
 *
 * @param disk the directory; watched by the poison
 * @param storeId its identity
 * @param options how the store is kept
 * @param budget counts all memory
 * @param background runs flushes and merges
 * @param files opens files
 * @param committer puts file sets into force
 * @param poison whether anything may still be written
 */
record StoreParts(
        Disk disk,
        Bytes storeId,
        StoreOptions options,
        MemoryBudget budget,
        BackgroundWork background,
        OpenFiles files,
        Committer committer,
        Poison poison) {
    private static final long LEVEL_1_TABLES = 4;
    private static final int FANOUT = 10;
    private static final int GARBAGE_PERCENT = 25;

    /** Returns when tables are merged, and how they are written. */
    MergeOptions mergeOptions() {
        TableOptions plain = TableOptions.defaults();
        TableOptions table = new TableOptions(
                options.blockBytes(),
                options.compressed() ? Compression.LZ4 : Compression.NONE,
                plain.filterBitsPerKey(),
                plain.syncStepBytes());
        return new MergeOptions(
                options.level0Tables(),
                options.tableBytes(),
                LEVEL_1_TABLES * options.tableBytes(),
                FANOUT,
                GARBAGE_PERCENT,
                table,
                options.verifyMerges(),
                options.keepHistory());
    }

    /**
     * Returns the main revision below which nobody begins to read once a state with these scalars is durable. Not from later
     * scalars: power loss could take them back, and what was dropped for their sake stays dropped.
     */
    long horizon(AppliedState durable) {
        return options.keepHistory() ? durable.compactRevision() : durable.revision();
    }

    /** Deletes files that did not come into force, unless nobody knows whether they did; what fails is noted with the cause. */
    void abandon(List<String> fileNames, Throwable cause) {
        if (poison.cause().isPresent()) {
            return;
        }
        try {
            fileNames.forEach(disk::delete);
        } catch (StorageException e) {
            cause.addSuppressed(e);
        }
    }

    /** Returns an empty index of hot keys; null if none is wanted. */
    @Nullable
    HotKeyIndex newHotKeys() {
        return options.hotKeysBytes() == 0 ? null : new HotKeyIndex(options.hotKeysBytes());
    }
}
