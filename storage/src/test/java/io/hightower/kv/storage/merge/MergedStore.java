package io.hightower.kv.storage.merge;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.cache.BlockCache;
import io.hightower.kv.storage.cache.MemoryBudget;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import io.hightower.kv.storage.table.CacheUse;
import io.hightower.kv.storage.table.Table;
import io.hightower.kv.storage.table.TableId;
import io.hightower.kv.storage.table.TableMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The least store that flushes and merges: what a test needs of the real one. */
final class MergedStore {
    private final SimulatedDisk disk = SimulatedDisk.empty();
    private final MemoryBudget budget = new MemoryBudget(16 << 20);
    private final BlockCache cache = BlockCache.within(budget);
    private final MergePicker picker;
    private final Merge merge;
    private LeveledTables tables = LeveledTables.empty();
    private ListRun memtable = new ListRun();
    private long numbers;
    private long rewritten;

    MergedStore(MergeOptions options) {
        picker = new MergePicker(options);
        merge = Merge.to(disk, () -> new TableId(++numbers, Metas.STORE_ID), options);
    }

    ListRun memtable() {
        return memtable;
    }

    LeveledTables tables() {
        return tables;
    }

    SimulatedDisk disk() {
        return disk;
    }

    MergePicker picker() {
        return picker;
    }

    /** Returns how many bytes merges have written. */
    long rewrittenBytes() {
        return rewritten;
    }

    void flush(long horizon) {
        if (!memtable.isEmpty()) {
            MergeResult result = merge.flush(memtable.cursor(), horizon, tables.asOlderRuns())
                    .orElseThrow();
            memtable = new ListRun();
            result.tables().forEach(table -> tables = tables.withRun(table));
        }
    }

    /** Merges what is due, once; returns false if nothing is. */
    boolean mergeOnce(long horizon) {
        return carryOut(picker.pick(tables, horizon), horizon);
    }

    void mergeAll(long horizon) {
        long last = numbers;
        int merges = 0;
        while (carryOut(picker.pickAll(tables, horizon, last), horizon)) {
            merges++;
            if (merges > 1000) {
                throw new AssertionError("merging everything does not end");
            }
        }
    }

    private boolean carryOut(Optional<MergePlan> picked, long horizon) {
        if (picked.isEmpty()) {
            return false;
        }
        MergePlan plan = picked.get();
        if (!tables.allows(plan)) {
            throw new AssertionError("not allowed: " + plan);
        }
        if (plan.isTrivialMove()) {
            tables = tables.after(plan, plan.tables());
            return true;
        }
        MergeResult result = merge.run(plan, horizon, this::open).orElseThrow();
        rewritten += result.bytes();
        tables = tables.after(plan, result.tables());
        plan.tables().forEach(table -> disk.delete(table.fileName()));
        return true;
    }

    VersionCursor open(TableMeta meta) {
        Table table = Table.open(disk, meta, cache, budget);
        VersionCursor cursor = table.cursor(CacheUse.NONE);
        table.release();
        return cursor;
    }

    /** Returns all versions of all keys, as a reader meets them: newest first. */
    NavigableMap<Bytes, List<StoredVersion>> versions() {
        List<VersionCursor> newestFirst = new ArrayList<>();
        newestFirst.add(memtable.cursor());
        for (List<TableMeta> level : tables.levels()) {
            for (TableMeta table : level) {
                // One run per table: a table in a wrong place then shows older versions in front of newer ones.
                newestFirst.add(open(table));
            }
        }
        NavigableMap<Bytes, List<StoredVersion>> found = new TreeMap<>();
        try (MergedCursor cursor = MergedCursor.of(newestFirst)) {
            for (boolean stands = cursor.first(); stands; stands = cursor.nextKey()) {
                List<StoredVersion> versions = new ArrayList<>();
                do {
                    versions.add(cursor.current());
                } while (cursor.nextVersion());
                found.put(cursor.key(), versions);
            }
        }
        return found;
    }
}
