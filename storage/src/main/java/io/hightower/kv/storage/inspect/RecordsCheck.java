package io.hightower.kv.storage.inspect;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.state.StateHash;
import io.hightower.kv.storage.manifest.ManifestFile;
import io.hightower.kv.storage.merge.MergedCursor;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;
import io.hightower.kv.storage.table.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * All versions of all tables together: those of a key are newest first from level to level, and the newest ones are the
 * records that the scalars of the manifest count. <b>Used by one thread at a time.</b>
 */
final class RecordsCheck {
    private final StateHash stateHash = new StateHash();
    private long live;
    private long tombstones;
    private long hash;

    private RecordsCheck() {}

    /**
     * Reads everything.
     *
     * @param newestFirst all tables, each verified by itself
     * @throws CorruptionException if they do not fit together
     */
    static void run(AppliedState applied, List<Table> newestFirst) {
        RecordsCheck check = new RecordsCheck();
        check.read(newestFirst);
        check.requireCounted(applied);
    }

    private void read(List<Table> newestFirst) {
        List<VersionCursor> cursors = new ArrayList<>();
        newestFirst.forEach(table -> cursors.add(table.cursor()));
        try (MergedCursor versions = MergedCursor.of(cursors)) {
            for (boolean found = versions.first(); found; found = versions.nextKey()) {
                if (versions.kind() != VersionKind.ERASED) {
                    count(versions.current().toRecord(versions.key()));
                }
                requireDescending(versions);
            }
        }
    }

    private void count(KeyRecord newest) {
        hash += stateHash.of(newest);
        if (newest.live()) {
            live++;
        } else {
            tombstones++;
        }
    }

    private static void requireDescending(MergedCursor versions) {
        long main = versions.main();
        int sub = versions.sub();
        while (versions.nextVersion()) {
            boolean isOlder = versions.main() < main || (versions.main() == main && versions.sub() < sub);
            if (!isOlder) {
                throw new CorruptionException(
                        ManifestFile.FILE,
                        0,
                        "levels from new to old: a version of key " + versions.key() + " before " + main + "." + sub,
                        "version " + versions.main() + "." + versions.sub());
            }
            main = versions.main();
            sub = versions.sub();
        }
    }

    private void requireCounted(AppliedState applied) {
        if (live != applied.liveKeys() || tombstones != applied.tombstones() || hash != applied.recordsHash()) {
            throw new CorruptionException(
                    ManifestFile.FILE,
                    0,
                    text(applied.liveKeys(), applied.tombstones(), applied.recordsHash()),
                    text(live, tombstones, hash) + " in the tables");
        }
    }

    private static String text(long live, long tombstones, long hash) {
        return "keys=" + live + " tombstones=" + tombstones + " recordsHash=" + StateHash.toText(hash);
    }
}
