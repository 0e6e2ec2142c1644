package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.storage.history.ChangeSequence;
import io.hightower.kv.storage.history.ChangeSource;
import io.hightower.kv.storage.hot.HotKeyIndex;
import io.hightower.kv.storage.memtable.Memtable;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionCursor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole store at one moment: what a view pins. <b>Immutable.</b>
 *
 * @param applied the scalars
 * @param memtable what was written since the last sealing, up to a watermark
 * @param sealed memtables that wait to be flushed, newest first
 * @param files everything older
 * @param hot newest values of hot keys, or nothing if none are kept
 * @param system the records of the system key space
 * @param historyFloor changes of this main revision and later are in history files or memtables, with the versions that
 *     they made, earlier ones need not be: that of the manifest in force
 * @param keepsHistory whether older versions are kept; if not, the floor follows what is flushed
 */
record Root(
        AppliedState applied,
        Memtable.Slice memtable,
        List<Sealed> sealed,
        FileSet files,
        @Nullable HotKeyIndex hot,
        SystemRecords system,
        long historyFloor,
        boolean keepsHistory) {
    /** Finds the newest version of {@code key} at main revision {@code throughMain} or before; null if there is none. */
    @Nullable
    StoredVersion find(Bytes key, long hash, long throughMain) {
        StoredVersion found = findInMemory(key, hash, throughMain);
        return found != null ? found : files.find(key, hash, throughMain);
    }

    /** As {@link #find}, but looks into memtables only. */
    @Nullable
    StoredVersion findInMemory(Bytes key, long hash, long throughMain) {
        StoredVersion found = memtable.find(key, hash, throughMain);
        for (int i = 0; found == null && i < sealed.size(); i++) {
            found = sealed.get(i).slice().find(key, hash, throughMain);
        }
        return found;
    }

    /** Opens a cursor per run, newest first. */
    List<VersionCursor> cursors() {
        List<VersionCursor> cursors = new ArrayList<>();
        cursors.add(memtable.cursor());
        for (Sealed waiting : sealed) {
            cursors.add(waiting.slice().cursor());
        }
        files.addCursors(cursors);
        return cursors;
    }

    /** Returns all changes that are kept, in their order. */
    ChangeSource changes() {
        List<ChangeSource> sources = files.changeSources();
        for (int i = sealed.size() - 1; i >= 0; i--) {
            sources.add(sealed.get(i).slice());
        }
        sources.add(memtable);
        return ChangeSequence.of(sources);
    }

    /** Returns the oldest main revision at which all keys can be read. */
    long oldestRevision() {
        if (!keepsHistory) {
            return applied.revision();
        }
        long kept = Math.max(historyFloor - 1, applied.compactRevision());
        return Math.min(applied.revision(), Math.max(Revision.EMPTY_STORE, kept));
    }

    /** Returns the oldest main revision from which on all changes can be given. */
    long oldestChange() {
        return Math.max(Revision.EMPTY_STORE, Math.max(historyFloor, applied.compactRevision()));
    }

    Root published(AppliedState after, Memtable.Slice grown, SystemRecords systemAfter) {
        return new Root(after, grown, sealed, files, hot, systemAfter, historyFloor, keepsHistory);
    }

    Root with(Memtable.Slice present, List<Sealed> waiting) {
        return new Root(applied, present, waiting, files, hot, system, historyFloor, keepsHistory);
    }

    Root with(FileSet inForce, List<Sealed> waiting) {
        return new Root(applied, memtable, waiting, inForce, hot, system, historyFloor, keepsHistory);
    }

    Root withHistoryFrom(long floor) {
        return new Root(applied, memtable, sealed, files, hot, system, floor, keepsHistory);
    }
}
