package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.storage.history.ChangeSource;
import io.hightower.kv.storage.history.HistoryFile;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.table.Table;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The tables, the history files and the system records that are in force together.
 *
 * <p>Level 0 holds flushed tables, newest first, whose keys overlap; every other level holds tables of disjoint keys, in key
 * order. A table of a lower number of level is newer. <b>Thread-safe.</b> <b>Lifetime.</b> Counted: the store holds one
 * count while the set is in force, each view one.
 */
final class FileSet {
    private final List<List<SharedFile<Table>>> levels;
    private final Level[] sortedLevels;
    private final Table[] flushed;
    private final List<SharedFile<HistoryFile>> history;
    private final Optional<SharedFile<SystemRecords>> system;
    private final AtomicInteger users = new AtomicInteger(1);

    /** Counts itself as a user of every file. */
    FileSet(
            List<List<SharedFile<Table>>> levels,
            List<SharedFile<HistoryFile>> history,
            Optional<SharedFile<SystemRecords>> system) {
        this.system = system;
        this.levels = levels.stream().map(List::copyOf).toList();
        this.history = List.copyOf(history);
        this.flushed = this.levels.isEmpty()
                ? new Table[0]
                : this.levels.get(0).stream().map(SharedFile::content).toArray(Table[]::new);
        this.sortedLevels = this.levels.stream()
                .skip(1)
                .filter(level -> !level.isEmpty())
                .map(level -> new Level(level.stream().map(SharedFile::content).toList()))
                .toArray(Level[]::new);
        this.levels.forEach(level -> level.forEach(SharedFile::retain));
        this.history.forEach(SharedFile::retain);
        this.system.ifPresent(SharedFile::retain);
    }

    /** Counts one more user, unless there is none left. */
    boolean tryRetain() {
        int present = users.get();
        while (present > 0) {
            if (users.compareAndSet(present, present + 1)) {
                return true;
            }
            present = users.get();
        }
        return false;
    }

    void release() {
        if (users.decrementAndGet() == 0) {
            levels.forEach(level -> level.forEach(SharedFile::release));
            history.forEach(SharedFile::release);
            system.ifPresent(SharedFile::release);
        }
    }

    /** Says of every file that is not in {@code successor} that it is in force no more. */
    void markReplacedBy(FileSet successor) {
        Set<String> kept = successor.names();
        levels.forEach(level -> level.forEach(file -> markUnlessKept(file, kept)));
        history.forEach(file -> markUnlessKept(file, kept));
        system.ifPresent(file -> markUnlessKept(file, kept));
    }

    private static void markUnlessKept(SharedFile<?> file, Set<String> kept) {
        if (!kept.contains(file.name())) {
            file.markObsolete();
        }
    }

    Set<String> names() {
        Set<String> names = new HashSet<>();
        levels.forEach(level -> level.forEach(file -> names.add(file.name())));
        history.forEach(file -> names.add(file.name()));
        system.ifPresent(file -> names.add(file.name()));
        return names;
    }

    List<List<SharedFile<Table>>> levels() {
        return levels;
    }

    List<SharedFile<HistoryFile>> history() {
        return history;
    }

    Optional<SharedFile<SystemRecords>> system() {
        return system;
    }

    /** Returns the records of the system key space as they are in the files. */
    SystemRecords systemRecords() {
        return system.map(SharedFile::content).orElse(SystemRecords.EMPTY);
    }

    /** Returns the history files as sources, in the order of their revisions. */
    List<ChangeSource> changeSources() {
        List<ChangeSource> sources = new ArrayList<>();
        history.forEach(file -> sources.add(file.content()));
        return sources;
    }

    int flushedTables() {
        return flushed.length;
    }

    /** Finds the newest version of {@code key} at main revision {@code throughMain} or before; null if there is none. */
    @Nullable
    StoredVersion find(Bytes key, long hash, long throughMain) {
        for (Table table : flushed) {
            if (table.meta().spans(key)) {
                StoredVersion found = table.find(key, hash, throughMain);
                if (found != null) {
                    return found;
                }
            }
        }
        for (Level level : sortedLevels) {
            StoredVersion found = level.find(key, hash, throughMain);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** Adds a cursor per run, newest first. */
    void addCursors(List<VersionCursor> target) {
        for (Table table : flushed) {
            target.add(table.cursor());
        }
        for (Level level : sortedLevels) {
            target.add(level.cursor());
        }
    }
}
