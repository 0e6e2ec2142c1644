package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.storage.cache.BlockCache;
import io.hightower.kv.storage.cache.MemoryBudget;
import io.hightower.kv.storage.cache.MemoryUse;
import io.hightower.kv.storage.file.CompleteFile;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.manifest.ManifestFile;
import io.hightower.kv.storage.manifest.StoreFiles;
import io.hightower.kv.storage.manifest.StoreManifest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Opens what a directory holds, and makes the first manifest of one that holds nothing. */
final class StoreOpening {
    private static final System.Logger LOGGER = System.getLogger(StoreOpening.class.getName());

    private StoreOpening() {}

    static LogStructuredStore open(Disk directory, Bytes storeId, StoreOptions options, BackgroundWork background) {
        Poison poison = new Poison();
        Disk disk = new WatchedDisk(directory, poison);
        StoreManifest manifest = manifest(disk, storeId);
        manifest.requireFiles(disk);
        List<String> deleted = StoreFiles.deleteUnreferenced(disk, manifest);
        if (!deleted.isEmpty()) {
            LOGGER.log(System.Logger.Level.INFO, "Files of interrupted work were deleted: count=" + deleted.size());
        }
        MemoryBudget budget = new MemoryBudget(options.memoryBytes());
        budget.charge(MemoryUse.HOT_KEYS, options.hotKeysBytes());
        ObsoleteFiles obsoleteFiles = new ObsoleteFiles(disk);
        OpenFiles files = new OpenFiles(disk, BlockCache.within(budget), budget, obsoleteFiles);
        Committer committer = new Committer(disk, storeId, files, manifest, poison);
        StoreParts parts = new StoreParts(disk, storeId, options, budget, background, files, committer, poison);
        FileSet opened = files.open(manifest);
        Root root = new Root(
                manifest.applied(),
                ActiveMemtable.emptySlice(),
                List.of(),
                opened,
                parts.newHotKeys(),
                opened.systemRecords(),
                manifest.historyFloor(),
                options.keepHistory());
        Roots roots = new Roots(root);
        committer.replaces(roots);
        registerGauges(options.metrics(), budget, roots);
        LOGGER.log(
                System.Logger.Level.INFO,
                "Store opened: position=" + manifest.applied().position() + " revision="
                        + manifest.applied().revision() + " tables="
                        + manifest.tables().size() + " keys="
                        + manifest.applied().liveKeys());
        return new LogStructuredStore(parts, roots);
    }

    private static StoreManifest manifest(Disk disk, Bytes storeId) {
        Optional<StoreManifest> found = ManifestFile.read(disk, storeId);
        if (found.isPresent()) {
            return found.get();
        }
        requireNoLog(disk);
        CompleteFile.deleteLeftovers(disk, ManifestFile.FILE);
        StoreManifest empty = StoreManifest.empty();
        ManifestFile.write(disk, storeId, empty);
        return empty;
    }

    /** The manifest is written before the first segment of a log. */
    private static void requireNoLog(Disk disk) {
        for (String name : disk.list()) {
            if (name.startsWith("log-")) {
                throw new CorruptionException(
                        ManifestFile.FILE, 0, "a manifest, since there is a log " + name, "no file");
            }
        }
    }

    private static void registerGauges(Metrics metrics, MemoryBudget budget, Roots roots) {
        metrics.gauge("store.keys", "Keys that hold a value", () -> roots.current()
                .applied()
                .liveKeys());
        metrics.gauge("store.memory.bytes", "Memory of the store, in bytes", budget::used);
        metrics.gauge("store.memory.budget.bytes", "The memory budget, in bytes", budget::total);
        for (MemoryUse use : MemoryUse.values()) {
            String name = use.name().toLowerCase(Locale.ROOT).replace('_', '.');
            metrics.gauge("store.memory." + name + ".bytes", "Memory of one use, in bytes", () -> budget.used(use));
        }
        metrics.gauge("store.memtables.sealed", "Memtables that wait to be flushed", () -> roots.current()
                .sealed()
                .size());
        metrics.gauge("store.level0.tables", "Flushed tables that wait to be merged", () -> roots.current()
                .files()
                .flushedTables());
    }
}
