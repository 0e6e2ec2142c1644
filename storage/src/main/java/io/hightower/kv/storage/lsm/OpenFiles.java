package io.hightower.kv.storage.lsm;

import io.hightower.kv.storage.cache.BlockCache;
import io.hightower.kv.storage.cache.MemoryBudget;
import io.hightower.kv.storage.cache.MemoryUse;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.history.HistoryFile;
import io.hightower.kv.storage.history.HistoryMeta;
import io.hightower.kv.storage.manifest.StoreManifest;
import io.hightower.kv.storage.table.Table;
import io.hightower.kv.storage.table.TableMeta;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Opens the files that a manifest names, those that are open already only once. <b>Thread-safe.</b> */
final class OpenFiles {
    private final Disk disk;
    private final BlockCache cache;
    private final MemoryBudget budget;
    private final ObsoleteFiles obsoleteFiles;

    OpenFiles(Disk disk, BlockCache cache, MemoryBudget budget, ObsoleteFiles obsoleteFiles) {
        this.disk = disk;
        this.cache = cache;
        this.budget = budget;
        this.obsoleteFiles = obsoleteFiles;
    }

    ObsoleteFiles obsoleteFiles() {
        return obsoleteFiles;
    }

    /** Opens a file set with nothing open before. */
    FileSet open(StoreManifest manifest) {
        return open(manifest, new FileSet(List.of(), List.of()));
    }

    /** Opens what {@code present}, which the caller holds, does not have open. If a file cannot be opened, none is. */
    FileSet open(StoreManifest manifest, FileSet present) {
        Map<String, SharedFile<Table>> tables = new HashMap<>();
        present.levels().forEach(level -> level.forEach(file -> tables.put(file.name(), file)));
        Map<String, SharedFile<HistoryFile>> histories = new HashMap<>();
        present.history().forEach(file -> histories.put(file.name(), file));
        List<SharedFile<?>> opened = new ArrayList<>();
        try {
            List<List<SharedFile<Table>>> levels = new ArrayList<>();
            for (List<TableMeta> level : manifest.levels()) {
                List<SharedFile<Table>> files = new ArrayList<>();
                for (TableMeta meta : level) {
                    files.add(opened(tables.computeIfAbsent(meta.fileName(), name -> table(meta)), opened));
                }
                levels.add(files);
            }
            List<SharedFile<HistoryFile>> history = new ArrayList<>();
            for (HistoryMeta meta : manifest.history()) {
                history.add(opened(histories.computeIfAbsent(meta.fileName(), name -> history(meta)), opened));
            }
            return new FileSet(levels, history);
        } finally {
            opened.forEach(SharedFile::release);
        }
    }

    /** Counts as a user until the whole set is open, so that a failure in between closes what was just opened. */
    private static <T> SharedFile<T> opened(SharedFile<T> file, List<SharedFile<?>> opened) {
        file.retain();
        opened.add(file);
        return file;
    }

    private SharedFile<Table> table(TableMeta meta) {
        Table table = Table.open(disk, meta, cache, budget);
        return new SharedFile<>(meta.fileName(), table, table::release, obsoleteFiles);
    }

    private SharedFile<HistoryFile> history(HistoryMeta meta) {
        HistoryFile file = HistoryFile.open(disk, meta);
        budget.charge(MemoryUse.FILTERS_AND_INDEXES, file.memoryBytes());
        Runnable close = () -> {
            budget.release(MemoryUse.FILTERS_AND_INDEXES, file.memoryBytes());
            file.close();
        };
        return new SharedFile<>(meta.fileName(), file, close, obsoleteFiles);
    }
}
