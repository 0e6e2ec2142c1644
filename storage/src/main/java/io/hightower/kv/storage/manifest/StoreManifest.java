package io.hightower.kv.storage.manifest;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.history.HistoryMeta;
import io.hightower.kv.storage.system.SystemMeta;
import io.hightower.kv.storage.table.TableMeta;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the store consists of, after one edit of its files. <b>Immutable.</b>
 *
 * @param edits counts the edits of this store, from 0
 * @param applied the scalars that describe what is in the files
 * @param nextFileNumber greater than the number of every file, now and before
 * @param historyFloor all changes of this main revision and later are in the history files; at most one more than the
 *     revision, which says that none are
 * @param levels the tables of each level. Level 0: newest first, their keys may overlap. Others: ascending, disjoint keys
 * @param history in the order of their revisions
 * @param system the records of the system key space; nothing if it was never written to
 */
public record StoreManifest(
        long edits,
        AppliedState applied,
        long nextFileNumber,
        long historyFloor,
        List<List<TableMeta>> levels,
        List<HistoryMeta> history,
        Optional<SystemMeta> system) {
    /** Copies the lists, and checks that the parts fit together. */
    public StoreManifest {
        levels = levels.stream().map(List::copyOf).toList();
        history = List.copyOf(history);
        require(edits >= 0, "edits are counted from 0", edits);
        require(nextFileNumber >= 1, "file numbers begin with 1", nextFileNumber);
        require(
                historyFloor >= 0 && historyFloor <= applied.revision() + 1,
                "history begins behind the revision at the latest",
                historyFloor);
        for (int level = 0; level < levels.size(); level++) {
            requireTables(levels.get(level), applied.revision());
            if (level > 0) {
                requireDisjoint(levels.get(level));
            }
        }
        requireHistory(history, historyFloor, applied.revision());
        requireNumbers(levels, history, system, nextFileNumber);
        require(system.isPresent() || applied.systemHash() == 0, "system records are in a file", applied.systemHash());
    }

    /** Returns the manifest of a store that has no files yet. */
    public static StoreManifest empty() {
        return new StoreManifest(0, AppliedState.EMPTY, 1, 0, List.of(), List.of(), Optional.empty());
    }

    private static void require(boolean condition, String rule, Object found) {
        if (!condition) {
            throw new IllegalArgumentException("No manifest is like that: " + rule + ": found=" + found);
        }
    }

    private static void requireTables(List<TableMeta> tables, long revision) {
        for (TableMeta table : tables) {
            require(table.length() >= 1, "a table has bytes", table);
            require(table.checksum() >= 0 && table.checksum() <= 0xffff_ffffL, "a checksum has 32 bits", table);
            require(!table.firstKey().isEmpty(), "keys are not empty", table);
            require(table.firstKey().compareTo(table.lastKey()) <= 0, "the first key is the least", table);
            require(table.minMain() >= 0 && table.minMain() <= table.maxMain(), "revisions have bounds", table);
            require(table.maxMain() <= revision, "no version is newer than the store", table);
            require(table.keys() >= 1 && table.keys() <= table.versions(), "every key has a version", table);
            require(table.tombstones() >= 0 && table.tombstones() <= table.versions(), "counts fit", table);
        }
    }

    private static void requireDisjoint(List<TableMeta> tables) {
        for (int i = 1; i < tables.size(); i++) {
            require(
                    tables.get(i - 1).lastKey().compareTo(tables.get(i).firstKey()) < 0,
                    "tables of a level ascend and do not overlap",
                    tables.get(i));
        }
    }

    private static void requireHistory(List<HistoryMeta> history, long historyFloor, long revision) {
        long lastMain = 0;
        for (HistoryMeta file : history) {
            require(file.firstMain() > lastMain, "history files ascend", file);
            require(
                    file.lastMain() < historyFloor || file.completeFrom() <= historyFloor,
                    "history is complete from its floor on",
                    file);
            lastMain = file.lastMain();
        }
        require(lastMain <= revision, "no change is newer than the store", lastMain);
    }

    private static void requireNumbers(
            List<List<TableMeta>> levels, List<HistoryMeta> history, Optional<SystemMeta> system, long nextFileNumber) {
        List<Long> given = new ArrayList<>();
        levels.forEach(tables -> tables.forEach(table -> given.add(table.id().number())));
        history.forEach(file -> given.add(file.id().number()));
        system.ifPresent(file -> given.add(file.id().number()));
        Set<Long> numbers = new HashSet<>();
        for (long number : given) {
            require(numbers.add(number), "file numbers are not used twice", number);
            require(number < nextFileNumber, "file numbers were given", number);
        }
    }

    /** Returns all tables, level by level. */
    public List<TableMeta> tables() {
        List<TableMeta> tables = new ArrayList<>();
        levels.forEach(tables::addAll);
        return tables;
    }

    /** Returns the names of all files with their lengths in bytes, sorted by name. */
    public Map<String, Long> files() {
        Map<String, Long> files = new TreeMap<>();
        stateFiles().forEach(file -> files.put(file.name(), file.length()));
        return files;
    }

    /** Returns all files as they travel, in the order in which they do. */
    public List<StateFiles.StateFile> stateFiles() {
        List<StateFiles.StateFile> files = new ArrayList<>();
        tables().forEach(file -> files.add(stateFile(file.fileName(), file.length(), file.checksum())));
        history.forEach(file -> files.add(stateFile(file.fileName(), file.length(), file.checksum())));
        system.ifPresent(file -> files.add(stateFile(file.fileName(), file.length(), file.checksum())));
        return files;
    }

    private static StateFiles.StateFile stateFile(String name, long length, long checksum) {
        return new StateFiles.StateFile(name, length, (int) checksum);
    }

    /**
     * Checks that all files are there and have their lengths. Their content is not read.
     *
     * @throws CorruptionException naming the first file that is missing or has another length
     */
    public void requireFiles(Disk disk) {
        files().forEach((name, length) -> requireFile(disk, name, length));
    }

    private static void requireFile(Disk disk, String name, long length) {
        if (!disk.exists(name)) {
            throw new CorruptionException(name, 0, length + " bytes", "no file");
        }
        try (DiskFile file = disk.open(name)) {
            long found = file.length();
            if (found != length) {
                throw new CorruptionException(name, Math.min(found, length), length + " bytes", found + " bytes");
            }
        }
    }
}
