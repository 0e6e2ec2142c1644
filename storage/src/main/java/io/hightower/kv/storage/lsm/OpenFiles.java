package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.storage.cache.BlockCache;
import io.hightower.kv.storage.cache.MemoryBudget;
import io.hightower.kv.storage.cache.MemoryUse;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.history.HistoryFile;
import io.hightower.kv.storage.history.HistoryMeta;
import io.hightower.kv.storage.manifest.StoreManifest;
import io.hightower.kv.storage.system.SystemFile;
import io.hightower.kv.storage.system.SystemMeta;
import io.hightower.kv.storage.table.Table;
import io.hightower.kv.storage.table.TableMeta;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
        return open(manifest, List.of());
    }

    /**
     * Opens what none of {@code present}, which the caller holds, has open. If a file cannot be opened, none is.
     *
     * @throws io.hightower.kv.statemachine.CorruptionException if a file is damaged, or if the system records are not those
     *     of the scalars
     */
    FileSet open(StoreManifest manifest, List<FileSet> present) {
        Map<String, SharedFile<Table>> tables = new HashMap<>();
        Map<String, SharedFile<HistoryFile>> histories = new HashMap<>();
        Map<String, SharedFile<SystemRecords>> systems = new HashMap<>();
        for (FileSet files : present) {
            files.levels().forEach(level -> level.forEach(file -> tables.putIfAbsent(file.name(), file)));
            files.history().forEach(file -> histories.putIfAbsent(file.name(), file));
            files.system().ifPresent(file -> systems.putIfAbsent(file.name(), file));
        }
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
            Optional<SharedFile<SystemRecords>> system = manifest.system()
                    .map(meta -> opened(systems.computeIfAbsent(meta.fileName(), name -> system(meta)), opened));
            StateAudit.requireSystem(manifest, system.map(SharedFile::content).orElse(SystemRecords.EMPTY));
            return new FileSet(levels, history, system);
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

    private SharedFile<SystemRecords> system(SystemMeta meta) {
        return system(meta, SystemFile.read(disk, meta));
    }

    /** Returns a file of system records as open; nothing of it stays open but the records themselves. */
    SharedFile<SystemRecords> system(SystemMeta meta, SystemRecords content) {
        return new SharedFile<>(meta.fileName(), content, () -> {}, obsoleteFiles);
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
